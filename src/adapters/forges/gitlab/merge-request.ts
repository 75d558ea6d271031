import type { MergeRequestSchema } from '@gitbeaker/rest';
import type { MergeRequest } from '../../../domain/forge.ts';
import { branchPrefix } from '../../../domain/identifiers.ts';

/** A merge request as it is kept between runs. */
export interface KnownRequest extends MergeRequest {
  /**
   * Whether GitLab had worked out if it can be merged. It does so later and on demand, and says "no conflicts" until then
   * (https://docs.gitlab.com/api/merge_requests/#merge-status).
   */
  readonly checked: boolean;
}

export function toMergeRequest(of: MergeRequestSchema): KnownRequest {
  return {
    id: of.iid,
    url: of.web_url,
    title: of.title,
    description: of.description ?? '',
    state: toState(of.state),
    branch: of.source_branch,
    target: of.target_branch,
    commit: of.sha,
    labels: labelsOf(of),
    createdAt: utc(of.created_at),
    updatedAt: utc(of.updated_at),
    conflicts: of.has_conflicts === true && of.merge_status === 'cannot_be_merged',
    ...endOf(of),
    checked: of.merge_status === 'can_be_merged' || of.merge_status === 'cannot_be_merged',
  };
}

function endOf({ state, ...of }: MergeRequestSchema): Pick<MergeRequest, 'endedAt' | 'endedBy'> {
  const merged = { at: of.merged_at, user: of['merge_user'] as { readonly username: string } | null | undefined };
  const end = state === 'merged' ? merged : state === 'closed' ? { at: of.closed_at, user: of.closed_by } : undefined;
  return { ...(end?.at ? { endedAt: utc(end.at) } : {}), ...(end?.user ? { endedBy: end.user.username } : {}) };
}

export function toPublic({ checked, ...request }: KnownRequest): MergeRequest {
  return { ...request, conflicts: checked && request.conflicts };
}

/** `locked` is the moment while GitLab merges. */
export const toState = (state: string): MergeRequest['state'] => (state === 'merged' || state === 'closed' ? state : 'open');

export const labelsOf = (of: MergeRequestSchema): readonly string[] =>
  of.labels.map((label) => (typeof label === 'string' ? label : label.name));

export const utc = (time: string): string => new Date(time).toISOString();

/** Of this very project and from a branch of ours; anybody can open one from a fork with the same branch name. */
export const isOurs = (of: MergeRequestSchema): boolean => isOwn(of) && of.source_branch.startsWith(branchPrefix);

export const isOwn = (of: MergeRequestSchema): boolean => of.source_project_id === of.project_id;

/** Path of the project that the merge request belongs to, in lower case; GitLab's paths are the same in any case. */
export function projectOf(of: MergeRequestSchema): string {
  const full = of.references.full;
  return pathKey(full.slice(0, full.lastIndexOf('!')));
}

export const pathKey = (path: string): string => path.toLowerCase();
