import type { Project, StoredRequest, User, World } from './world.ts';

export const time = (of: Date | undefined): string | null => of?.toISOString() ?? null;

export const userEntity = (world: World, of: User) => ({
  id: of.id,
  username: of.username,
  public_email: null,
  name: of.name,
  state: 'active',
  locked: false,
  avatar_url: null,
  web_url: `${world.url}/${of.username}`,
});

export const projectEntity = (world: World, of: Project, empty: boolean) => ({
  id: of.id,
  name: of.path.slice(of.path.lastIndexOf('/') + 1),
  path: of.path.slice(of.path.lastIndexOf('/') + 1),
  path_with_namespace: of.path,
  default_branch: of.defaultBranch,
  topics: of.topics,
  web_url: `${world.url}/${of.path}`,
  archived: of.archived,
  empty_repo: empty,
  repository_access_level: 'enabled',
});

export interface GitCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string; readonly date: string };
  readonly committer: { readonly name: string; readonly email: string; readonly date: string };
}

export const commitEntity = (world: World, project: Project, of: GitCommit) => ({
  id: of.sha,
  short_id: of.sha.slice(0, 8),
  created_at: of.committer.date,
  parent_ids: of.parents,
  title: of.message.split('\n')[0],
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

/** `group` asks for the reference relative to a group, `project` to the project itself. */
export function requestEntity(world: World, of: StoredRequest, status: { readonly merge_status: string; readonly has_conflicts: boolean }) {
  const user = (one: User | undefined) => (one === undefined ? null : userEntity(world, one));
  return {
    id: of.id,
    iid: of.iid,
    project_id: of.project.id,
    source_project_id: of.sourceProject.id,
    target_project_id: of.project.id,
    title: of.title,
    description: of.description,
    state: of.state,
    created_at: time(of.createdAt),
    updated_at: time(of.updatedAt),
    merged_by: user(of.mergedBy),
    merge_user: user(of.mergedBy),
    merged_at: time(of.mergedAt),
    closed_by: user(of.closedBy),
    closed_at: time(of.closedAt),
    target_branch: of.targetBranch,
    source_branch: of.sourceBranch,
    author: userEntity(world, of.author),
    assignees: of.assignees.map((one) => userEntity(world, one)),
    assignee: user(of.assignees[0]),
    reviewers: [],
    labels: of.labels,
    draft: /^draft:/i.test(of.title),
    ...status,
    sha: of.sha,
    merge_commit_sha: of.mergeCommitSha ?? null,
    squash_commit_sha: null,
    user_notes_count: of.notes.filter(({ system }) => !system).length,
    force_remove_source_branch: of.removeSourceBranch,
    reference: `!${of.iid}`,
    references: { short: `!${of.iid}`, relative: `${of.project.path}!${of.iid}`, full: `${of.project.path}!${of.iid}` },
    web_url: `${world.url}/${of.project.path}/-/merge_requests/${of.iid}`,
  };
}
