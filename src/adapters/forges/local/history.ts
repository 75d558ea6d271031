import type { RequestEvent } from '../../../domain/pages.ts';
import type { MergeRecord } from './record.ts';

/** All that happened to a merge request but for comments, oldest first: what its file says was noted, and what it says by being as it is. */
export function historyOf(record: MergeRecord): readonly RequestEvent[] {
  const { author, createdAt, approvals, events = [] } = record;
  const opened: RequestEvent = { what: 'opened', ...byOf(author), at: createdAt };
  const standing = approvals.map(({ user, commit, at }): RequestEvent => ({ what: 'approved', ...byOf(user), commit, at }));
  return [opened, ...events, ...standing, ...endOf(record)].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function endOf({ state, mergedAt, mergedBy, mergeCommit, closedAt, closedBy, updatedAt }: MergeRecord): readonly RequestEvent[] {
  if (state === 'closed') return [{ what: 'closed', ...byOf(closedBy), at: closedAt ?? updatedAt }];
  if (state === 'open') return [];
  return [{ what: 'merged', ...byOf(mergedBy), ...(mergeCommit !== undefined && { commit: mergeCommit }), at: mergedAt ?? updatedAt }];
}

const byOf = (name: string | undefined) => (name === undefined || name === '' ? {} : { by: name });
