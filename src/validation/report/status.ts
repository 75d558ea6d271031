import type { Finding } from '../../domain/finding.ts';
import type { Annotation, NewStatus, StatusState } from '../../domain/forge.ts';
import { measured, type Outcome, outcomeOf, tally, type Verdict } from '../outcome.ts';
import { inRepository, remark } from './where.ts';

export const statusName = 'lockkeeper/validate';

const states: Readonly<Record<Outcome, StatusState>> = { accepted: 'success', rejected: 'failure', unknown: 'error' };

/** The last word about a head; `url` is the page that says more. */
export function statusOf(verdict: Verdict, url: string): NewStatus {
  const outcome = outcomeOf(verdict);
  const said = outcome === 'unknown' ? 'no verdict: not everything could be read' : tally(verdict.findings);
  return {
    name: statusName,
    state: states[outcome],
    description: `${said} · ${measured(verdict)}`,
    url,
    annotations: annotationsOf(verdict),
  };
}

/** Errors first, as forges show so many and no more; what is in a bundle stands at the line that names the bundle. */
function annotationsOf({ findings, bundles }: Verdict): Annotation[] {
  const shown = findings.filter(({ severity }) => severity !== 'waived').toSorted((one, other) => rank(one) - rank(other));
  return shown.map((finding) => ({
    ...inRepository(finding, bundles),
    severity: finding.severity === 'error' ? 'error' : 'warning',
    message: remark(finding),
  }));
}

const rank = ({ severity }: Finding): number => (severity === 'error' ? 0 : 1);
