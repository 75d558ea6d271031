import { deletedBranch, type MergeRecord } from './record.ts';

/** What git says about the branches of a merge request. */
export interface Sight {
  /** Head of the source branch; undefined when there is no such branch. */
  readonly head: string | undefined;
  /** Whether the target branch contains the commit: the head, or where the branch is gone, its last known head. */
  readonly contained: boolean;
  readonly mergeCommit: string | undefined;
}

/**
 * What became of an open merge request by plain git alone: merged when its target contains it, closed when its branch was deleted before that.
 * Gives the very same record when nothing changed; what is merged or closed stays so, whatever happens to the branch later.
 */
export function settle(record: MergeRecord, { head, contained, mergeCommit }: Sight, now: string): MergeRecord {
  if (record.state !== 'open') return record;
  const seen = atHead(record, head ?? record.commit);
  if (contained) return { ...seen, state: 'merged', ...(mergeCommit === undefined ? {} : { mergeCommit }), mergedAt: now, updatedAt: now };
  if (head === undefined) return { ...record, state: 'closed', closedAt: now, closedBy: deletedBranch, updatedAt: now };
  return seen === record ? record : { ...seen, updatedAt: now };
}

/** The very same record where that is its head already. */
export function atHead(record: MergeRecord, commit: string): MergeRecord {
  if (commit === record.commit) return record;
  const heads = [...(record.heads ?? []), record.commit].filter((head) => head !== '');
  return { ...record, commit, ...(heads.length > 0 && { heads }) };
}
