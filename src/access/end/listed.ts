import type { Grant, GrantRecord } from '../../domain/access.ts';
import { strangers } from './due.ts';
import type { Live } from './ports.ts';

/** One grant, as `access list --json` says it. */
export interface ListedGrant
  extends Pick<Grant, 'id' | 'environment' | 'namespace' | 'level' | 'from' | 'until' | 'approvedBy' | 'reason'> {
  /** Name of the user or of the group. */
  readonly subject: string;
  readonly subjectKind: Grant['subject']['kind'];
  readonly breakGlass: boolean;
  /** Page of the merge request that gave it. */
  readonly mergeRequest: string;
  readonly state: GrantRecord['state'];
  /** Only of one that ended: when it was seen to be gone, why, and who ended it. */
  readonly endedAt?: string;
  readonly because?: string;
  readonly by?: string;
  /** What the cluster says otherwise. */
  readonly cluster?: string;
}

export interface Looked {
  readonly live: readonly Live[];
  differs(live: Live, grant: Grant): string | undefined;
}

/** Those that are open, or all that are remembered; the next to end first. Without `looked` the cluster was not asked. */
export function listed(records: readonly GrantRecord[], all: boolean, looked: Looked | undefined): readonly ListedGrant[] {
  return records
    .filter(({ state }) => all || state !== 'ended')
    .toSorted((one, other) => Date.parse(one.grant.until) - Date.parse(other.grant.until))
    .map((record) => rowOf(record, looked));
}

/** What is in the cluster, and nothing that is remembered explains. */
export const unexplained = (records: readonly GrantRecord[], { live }: Looked): readonly Pick<Live, 'id' | 'namespace'>[] =>
  strangers(live, records).map(({ id, namespace }) => ({ id, namespace }));

function rowOf(record: GrantRecord, looked: Looked | undefined): ListedGrant {
  const { grant, state, because, by, goneAt } = record;
  const { id, environment, namespace, subject, level, from, until, approvedBy, reason, url, breakGlass } = grant;
  const cluster = looked && otherwise(record, looked);
  return {
    id,
    environment,
    namespace,
    subject: subject.name,
    subjectKind: subject.kind,
    level,
    from,
    until,
    approvedBy,
    reason,
    mergeRequest: url,
    breakGlass,
    state,
    ...(goneAt !== undefined && { endedAt: goneAt }),
    ...(because !== undefined && { because }),
    ...(by !== undefined && { by }),
    ...(cluster !== undefined && { cluster }),
  };
}

function otherwise({ grant, state }: GrantRecord, looked: Looked): string | undefined {
  if (state === 'ended') return undefined;
  const found = looked.live.find(({ id, namespace }) => id === grant.id && namespace === grant.namespace);
  if (found?.binding === undefined) return state === 'active' ? 'is not there' : undefined;
  return looked.differs(found, grant);
}
