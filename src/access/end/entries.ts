import type { Grant } from '../../domain/access.ts';
import type { NewEntry } from '../../domain/journal.ts';
import { durationText } from '../../domain/time.ts';
import { type Due, timeIsUp } from './due.ts';

/** What the journal calls it when a grant was seen to be gone, once for each. */
export const goneEvent = (id: string): string => `access gone ${id}`;

const whose = ({ subject, level, namespace }: Grant): string => `${level} of ${namespace} from ${subject.kind} ${subject.name}`;

/** Before it is taken away. */
export const revocationEntry = (grant: Grant, { because, by }: Due): NewEntry => ({
  kind: 'revocation',
  actor: by,
  environment: grant.environment,
  what: `takes ${whose(grant)}`,
  why: because,
  links: [grant.url],
  facts: { ...factsOf(grant), phase: 'begin', early: because !== timeIsUp },
});

/** After it was seen to be gone. Times are RFC 3339; seconds from its hour on, negative where it ended before. */
export function goneEntry(grant: Grant, because: string, goneAt: string): NewEntry {
  const held = Date.parse(goneAt) - Date.parse(grant.from);
  const late = (Date.parse(goneAt) - Date.parse(grant.until)) / 1000;
  return {
    kind: 'revocation',
    actor: 'lockkeeper',
    environment: grant.environment,
    what: `${whose(grant)} is gone, after ${durationText(held)}`,
    why: because,
    links: [grant.url],
    facts: { ...factsOf(grant), phase: 'end', goneAt, heldSeconds: held / 1000, secondsAfterExpiry: late },
  };
}

const factsOf = ({ id, repository, request, file, namespace, subject, level, from, until, approvedBy, reason }: Grant) => ({
  grant: id,
  repository,
  request,
  file,
  namespace,
  subject: `${subject.kind}:${subject.name}`,
  level,
  from,
  until,
  approvedBy: approvedBy.join(' '),
  reason,
});
