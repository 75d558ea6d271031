import { type Finding, idOf } from '../../domain/finding.ts';
import { outcomeOf, type Verdict } from '../outcome.ts';

/** What `validate --json` prints of one environment. */
export interface VerdictJson {
  /** No error, and everything could be looked at. */
  readonly ok: boolean;
  readonly environment: string;
  /** null for a folder. */
  readonly commit: string | null;
  /** null where no server had to be asked. */
  readonly kubernetes: string | null;
  /** How many. */
  readonly objects: number;
  readonly complete: boolean;
  readonly seconds: number;
  readonly findings: readonly Finding[];
}

export const verdictJson = (verdict: Verdict): VerdictJson => ({
  ok: outcomeOf(verdict) === 'accepted',
  environment: verdict.environment,
  commit: verdict.commit ?? null,
  kubernetes: verdict.kubernetes ?? null,
  objects: verdict.objects.length,
  complete: verdict.complete,
  seconds: Number(verdict.seconds.toFixed(3)),
  findings: verdict.findings.map(findingJson),
});

/** Named one by one: what else a finding may carry inside is nobody's business. */
function findingJson({ severity, rule, file, line, bundle, object, message, help, reason }: Finding): Finding {
  return {
    severity,
    rule,
    file,
    line,
    ...(bundle !== undefined && { bundle }),
    ...(object !== undefined && { object: idOf(object) }),
    message,
    ...(help !== undefined && { help }),
    ...(reason !== undefined && { reason }),
  };
}
