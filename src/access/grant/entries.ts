import type { Grant } from '../../domain/access.ts';
import type { NewEntry } from '../../domain/journal.ts';
import { instant } from '../../domain/time.ts';

/** What the journal calls it when a grant begins, once for each. */
export const grantEvent = (id: string): string => `access grant ${id}`;

/** And when it ends: who records a revocation gives it that name, and what has it is never given again. */
export const endedEvent = (id: string): string => `access end ${id}`;

/** Of the comment of ours below a merge request that says that its grant ended before its hour: it does not come back, should store and journal be lost. */
export const endedCommentKey = 'access-ended';

/** Before it takes effect. */
export const grantEntry = (grant: Grant): NewEntry => ({
  kind: 'grant',
  actor: 'lockkeeper',
  environment: grant.environment,
  what: `gives ${grant.subject.kind} ${grant.subject.name} ${grant.level} of ${grant.namespace} until ${instant(new Date(grant.until))}`,
  why: grant.breakGlass
    ? `break-glass, without an approval: ${grant.reason}`
    : `merged with the approval of ${grant.approvedBy.join(', ')}: ${grant.reason}`,
  links: [grant.url],
  facts: {
    grant: grant.id,
    repository: grant.repository,
    request: grant.request,
    file: grant.file,
    blob: grant.blob,
    namespace: grant.namespace,
    subject: `${grant.subject.kind}:${grant.subject.name}`,
    level: grant.level,
    role: grant.role,
    from: grant.from,
    until: grant.until,
    approvedBy: grant.approvedBy.join(' '),
    breakGlass: grant.breakGlass,
  },
});

/** What the journal calls an alarm, once for each key. */
export const alarmEvent = (repository: string, key: string): string => `alarm ${repository} ${key}`;
