import type { Call } from './call.ts';
import type { Commit } from './description/commits.ts';
import type { ListedMergeRequest, MergeRequest } from './description/merge-requests.ts';
import type { BasicProject, Project as Described } from './description/projects.ts';
import type { UserBasic } from './description/users.ts';
import { mergeStatus } from './pushes.ts';
import { groupOf, mayMerge, nameOf, type Project, type StoredRequest, type User, type World } from './world.ts';

const time = (of: Date | undefined): string | null => of?.toISOString() ?? null;

export const userEntity = (world: World, of: User): UserBasic => ({
  id: of.id,
  username: of.username,
  public_email: null,
  name: of.name,
  state: of.state,
  locked: false,
  avatar_url: null,
  web_url: `${world.url}/${of.username}`,
});

/** What a list with `simple=true` shows. */
export const basicProjectEntity = (world: World, of: Project): BasicProject => ({
  id: of.id,
  description: null,
  name: nameOf(of.path),
  name_with_namespace: of.path.replaceAll('/', ' / '),
  path: nameOf(of.path),
  path_with_namespace: of.path,
  created_at: of.createdAt.toISOString(),
  default_branch: of.defaultBranch,
  tag_list: [...of.topics],
  topics: [...of.topics],
  ssh_url_to_repo: `git@127.0.0.1:${of.path}.git`,
  http_url_to_repo: `${world.url}/${of.path}.git`,
  web_url: `${world.url}/${of.path}`,
  readme_url: null,
  forks_count: 0,
  avatar_url: null,
  star_count: 0,
  last_activity_at: of.updatedAt.toISOString(),
  visibility: of.visibility,
  namespace: {
    id: 1,
    name: nameOf(groupOf(of.path)),
    path: nameOf(groupOf(of.path)),
    kind: 'group',
    full_path: groupOf(of.path),
    parent_id: null,
    avatar_url: null,
    web_url: `${world.url}/groups/${groupOf(of.path)}`,
  },
});

export const projectEntity = (world: World, of: Project, empty: boolean): Described => ({
  ...basicProjectEntity(world, of),
  archived: of.archived,
  empty_repo: empty,
  merge_requests_enabled: true,
  merge_requests_access_level: 'enabled',
  repository_access_level: of.files,
});

export interface GitCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string; readonly date: string };
  readonly committer: { readonly name: string; readonly email: string; readonly date: string };
}

export const commitEntity = (world: World, project: Project, of: GitCommit): Commit => ({
  id: of.sha,
  short_id: of.sha.slice(0, 8),
  created_at: of.committer.date,
  parent_ids: [...of.parents],
  title: of.message.split('\n')[0] ?? '',
  message: of.message,
  author_name: of.author.name,
  author_email: of.author.email,
  authored_date: of.author.date,
  committer_name: of.committer.name,
  committer_email: of.committer.email,
  committed_date: of.committer.date,
  trailers: {},
  extended_trailers: {},
  web_url: `${world.url}/${project.path}/-/commit/${of.sha}`,
});

const isDraft = (of: StoredRequest): boolean => /^draft:/i.test(of.title);

function detailedStatus(of: StoredRequest, status: ListedMergeRequest['merge_status']): ListedMergeRequest['detailed_merge_status'] {
  if (of.state !== 'opened') return 'not_open';
  if (status === 'unchecked') return 'unchecked';
  if (status === 'checking' || status === 'cannot_be_merged_recheck') return 'checking';
  if (status === 'cannot_be_merged') return 'conflict';
  return isDraft(of) ? 'draft_status' : 'mergeable';
}

/** As the lists show it. */
export function listedEntity(world: World, of: StoredRequest): ListedMergeRequest {
  const user = (one: User | undefined) => (one === undefined ? null : userEntity(world, one));
  const status = mergeStatus(of);
  return {
    id: of.id,
    iid: of.iid,
    project_id: of.project.id,
    source_project_id: world.projects.includes(of.sourceProject) ? of.sourceProject.id : null,
    target_project_id: of.project.id,
    title: of.title,
    description: of.description,
    state: of.state,
    created_at: of.createdAt.toISOString(),
    updated_at: of.updatedAt.toISOString(),
    merged_by: user(of.mergedBy),
    merge_user: user(of.mergedBy),
    merged_at: time(of.mergedAt),
    merge_after: null,
    closed_by: user(of.closedBy),
    closed_at: time(of.closedAt),
    target_branch: of.targetBranch,
    source_branch: of.sourceBranch,
    author: userEntity(world, of.author),
    assignees: of.assignees.map((one) => userEntity(world, one)),
    assignee: user(of.assignees[0]),
    reviewers: of.reviewers.map((one) => userEntity(world, one)),
    labels: [...of.labels],
    draft: isDraft(of),
    work_in_progress: isDraft(of),
    milestone: null,
    merge_when_pipeline_succeeds: false,
    ...status,
    detailed_merge_status: detailedStatus(of, status.merge_status),
    sha: of.sha,
    merge_commit_sha: of.mergeCommitSha ?? null,
    squash_commit_sha: of.squashCommitSha ?? null,
    ...unmodelled,
    prepared_at: of.createdAt.toISOString(),
    user_notes_count: of.notes.filter(({ system }) => !system).length,
    force_remove_source_branch: of.removeSourceBranch,
    reference: `!${of.iid}`,
    references: { short: `!${of.iid}`, relative: `${of.project.path}!${of.iid}`, full: `${of.project.path}!${of.iid}` },
    web_url: `${world.url}/${of.project.path}/-/merge_requests/${of.iid}`,
  };
}

/** The same of every merge request here. */
const unmodelled = {
  upvotes: 0,
  downvotes: 0,
  imported: false,
  imported_from: 'none',
  discussion_locked: null,
  should_remove_source_branch: null,
  time_stats: { time_estimate: 0, total_time_spent: 0, human_time_estimate: null, human_total_time_spent: null },
  squash: false,
  squash_on_merge: false,
  task_completion_status: { count: 0, completed_count: 0 },
  blocking_discussions_resolved: true,
};

/** As one asked for by itself. */
export const requestEntity = ({ world, user }: Call, of: StoredRequest): MergeRequest => ({
  ...listedEntity(world, of),
  subscribed: of.author === user,
  changes_count: null,
  diff_refs: null,
  latest_build_started_at: null,
  latest_build_finished_at: null,
  first_deployed_to_production_at: null,
  pipeline: null,
  head_pipeline: null,
  merge_error: null,
  user: { can_merge: mayMerge(user, of.project, of.targetBranch) },
});
