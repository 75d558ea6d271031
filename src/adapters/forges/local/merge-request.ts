import type { MergeRequest } from '../../../domain/forge.ts';
import { conflicts, heads } from './branches.ts';
import type { Links } from './links.ts';
import type { MergeRecord } from './record.ts';
import type { Repository } from './repository.ts';

/** As the forge shows them, in the same order; of the open ones it is tried whether they conflict. */
export async function toMergeRequests(
  repository: Repository,
  links: Links,
  records: readonly MergeRecord[],
): Promise<readonly MergeRequest[]> {
  const open = records.filter((record) => record.state === 'open');
  const targets =
    open.length === 0 ? new Map<string, string>() : await heads(repository, [...new Set(open.map((record) => record.targetBranch))]);
  const mergeable = open.filter((record) => targets.has(record.targetBranch));
  const found = await conflicts(
    repository,
    mergeable.map((record) => [targets.get(record.targetBranch) ?? '', record.commit] as const),
  );
  const conflicting = new Set(mergeable.filter((_, index) => found[index]).map((record) => record.id));
  return records.map((record) => toMergeRequest(repository, links, record, conflicting.has(record.id)));
}

export function toMergeRequest(repository: Repository, links: Links, record: MergeRecord, conflicting: boolean): MergeRequest {
  const { id, title, description, state, sourceBranch, targetBranch, commit, labels, createdAt, updatedAt } = record;
  const endedAt = { open: undefined, merged: record.mergedAt, closed: record.closedAt }[state];
  const url = links.mergeRequest(repository, id);
  return {
    id,
    url,
    title,
    description,
    state,
    branch: sourceBranch,
    target: targetBranch,
    commit,
    labels,
    createdAt,
    updatedAt,
    conflicts: conflicting,
    ...(endedAt !== undefined && { endedAt }),
  };
}
