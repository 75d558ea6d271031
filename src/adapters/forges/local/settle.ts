import type { RequestEvent } from '../../../domain/pages.ts';
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
  const seen = atHead(record, head ?? record.commit, now);
  if (contained) return merged(seen, mergeCommit, now);
  if (head === undefined) return { ...record, state: 'closed', closedAt: now, closedBy: deletedBranch, updatedAt: now };
  return seen === record ? record : { ...seen, updatedAt: now };
}

/** The very same record where that is its head already. */
export function atHead(record: MergeRecord, commit: string, now: string): MergeRecord {
  if (commit === record.commit) return record;
  if (record.commit === '') return { ...record, commit }; // a person wrote the file, and nobody has looked at it yet
  return happened({ ...record, commit, heads: [...(record.heads ?? []), record.commit] }, { what: 'pushed', commit, at: now });
}

/** By whoever had begun to merge it with that commit; any other merge is of plain git. */
export function merged({ merging, ...record }: MergeRecord, mergeCommit: string | undefined, now: string): MergeRecord {
  const by = merging !== undefined && merging.commit === mergeCommit ? { mergedBy: merging.by } : {};
  return { ...record, state: 'merged', ...(mergeCommit === undefined ? {} : { mergeCommit }), mergedAt: now, ...by, updatedAt: now };
}

export const happened = (record: MergeRecord, ...events: readonly RequestEvent[]): MergeRecord => ({
  ...record,
  events: [...(record.events ?? []), ...events],
});
