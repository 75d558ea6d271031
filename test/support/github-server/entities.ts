import { gitText } from '../git-repository.ts';
import type { Comment, ForcedPush, Issue, LabelEvent, Pull, Repository, Retarget, User, World } from './world.ts';
import { pathOf } from './world.ts';

/** GitHub tells whole seconds. */
export const time = (of: Date | undefined): string | null => (of === undefined ? null : `${of.toISOString().slice(0, 19)}Z`);

export const userEntity = (world: World, of: User) => ({
  login: of.login,
  id: of.id,
  type: of.type,
  html_url: `${world.url}/${of.login}`,
  site_admin: false,
});

export const repositoryEntity = (world: World, of: Repository) => ({
  id: of.id,
  name: of.name,
  full_name: pathOf(of),
  private: true,
  owner: { login: of.owner, id: 1, type: 'Organization' },
  html_url: `${world.url}/${pathOf(of)}`,
  default_branch: of.defaultBranch,
  archived: of.archived,
  topics: of.topics,
});

/** A person whose name it is, or an organisation. */
const ownerEntity = (world: World, { owner }: Repository) => {
  const user = world.users.find(({ login }) => login === owner);
  return user === undefined ? { login: owner, id: 1, type: 'Organization' } : userEntity(world, user);
};

export const refEntity = (world: World, repository: Repository, ref: string, sha: string, type: string) => ({
  ref,
  node_id: 'x',
  url: `${world.api}/repos/${pathOf(repository)}/git/${ref}`,
  object: { type, sha, url: `${world.api}/repos/${pathOf(repository)}/git/${type}s/${sha}` },
});

export interface GitCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string; readonly date: string };
  readonly committer: { readonly name: string; readonly email: string; readonly date: string };
}

const format = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x1f');

function toCommit(line: string): GitCommit {
  const [sha = '', tree = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', body = ''] = line.split('\x1f');
  const date = (of: string) => time(new Date(of)) ?? '';
  return {
    sha,
    tree,
    parents: parents.split(' ').filter(Boolean),
    message: body.trimEnd(),
    author: { name: an, email: ae, date: date(ad) },
    committer: { name: cn, email: ce, date: date(cd) },
  };
}

/** Commits of revisions or ranges, oldest first. */
export async function log(repository: Repository, args: readonly string[]): Promise<readonly GitCommit[]> {
  const listed = await gitText(repository.directory, ['log', '-z', '--reverse', '--topo-order', `--format=${format}`, ...args, '--']);
  return listed.split('\0').filter(Boolean).map(toCommit);
}

const accountOf = (world: World, email: string) => {
  if (email === 'noreply@github.com') return { login: 'web-flow', id: 19_864_447, type: 'User', site_admin: false };
  const found = world.users.find((user) => user.email === email) ?? (world.app?.bot.email === email ? world.app.bot : undefined);
  return found === undefined ? null : userEntity(world, found);
};

/** As lists and comparisons show it. */
export const commitEntity = (world: World, repository: Repository, of: GitCommit) => ({
  sha: of.sha,
  html_url: `${world.url}/${pathOf(repository)}/commit/${of.sha}`,
  commit: {
    message: of.message,
    author: of.author,
    committer: of.committer,
    tree: { sha: of.tree, url: `${world.api}/repos/${pathOf(repository)}/git/trees/${of.tree}` },
    comment_count: 0,
  },
  author: accountOf(world, of.author.email),
  committer: accountOf(world, of.committer.email),
  parents: of.parents.map((sha) => ({ sha, url: `${world.api}/repos/${pathOf(repository)}/commits/${sha}` })),
});

/** As the Git data API shows it. */
export const gitCommitEntity = (world: World, repository: Repository, of: GitCommit) => ({
  sha: of.sha,
  html_url: `${world.url}/${pathOf(repository)}/commit/${of.sha}`,
  author: of.author,
  committer: of.committer,
  message: of.message,
  tree: { sha: of.tree },
  parents: of.parents.map((sha) => ({ sha })),
});

export const commentEntity = (world: World, repository: Repository, { number }: Pull | Issue, of: Comment) => ({
  id: of.id,
  body: of.body,
  user: userEntity(world, of.author),
  issue_url: `${world.api}/repos/${pathOf(repository)}/issues/${number}`,
  html_url: `${world.url}/${pathOf(repository)}/issues/${number}#issuecomment-${of.id}`,
  created_at: time(of.createdAt),
  updated_at: time(of.updatedAt),
});

export const eventEntity = (world: World, pull: Pull, of: LabelEvent) => ({
  id: of.id,
  node_id: '',
  url: `${world.api}/repos/${pathOf(pull.repository)}/issues/events/${of.id}`,
  actor: userEntity(world, of.by),
  event: of.event,
  commit_id: null,
  commit_url: null,
  created_at: time(of.at),
  performed_via_github_app: null,
  label: { name: of.label, color: 'ededed' },
});

export const forcedEntity = (world: World, pull: Pull, of: ForcedPush) => ({
  id: of.id,
  node_id: '',
  url: `${world.api}/repos/${pathOf(pull.repository)}/issues/events/${of.id}`,
  actor: userEntity(world, of.by),
  event: 'head_ref_force_pushed',
  commit_id: of.after,
  commit_url: `${world.api}/repos/${pathOf(pull.repository)}/commits/${of.after}`,
  created_at: time(of.at),
  performed_via_github_app: null,
});

/** Told among the events of an issue, and not in its timeline. */
export const retargetEntity = (world: World, pull: Pull, of: Retarget) => ({
  id: of.id,
  node_id: '',
  url: `${world.api}/repos/${pathOf(pull.repository)}/issues/events/${of.id}`,
  actor: userEntity(world, of.by),
  event: 'base_ref_changed',
  commit_id: null,
  commit_url: null,
  created_at: time(of.at),
  performed_via_github_app: null,
});

export const labelEntity = (name: string) => ({ id: 1, name, color: 'ededed', description: '', default: false });

/** As lists show it: without whether it can be merged. */
export const pullEntity = (world: World, of: Pull) => {
  const side = (repository: Repository, ref: string, sha: string) => ({
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: ownerEntity(world, repository),
    repo: repositoryEntity(world, repository),
  });
  return {
    id: of.id,
    number: of.number,
    html_url: `${world.url}/${pathOf(of.repository)}/pull/${of.number}`,
    state: of.state,
    locked: false,
    title: of.title,
    user: userEntity(world, of.author),
    body: of.body === '' ? null : of.body,
    labels: of.labels.map(labelEntity),
    assignees: of.assignees.map((user) => userEntity(world, user)),
    requested_reviewers: of.requested.map((user) => userEntity(world, user)),
    created_at: time(of.createdAt),
    updated_at: time(of.updatedAt),
    closed_at: time(of.closedAt),
    merged_at: time(of.mergedAt),
    merge_commit_sha: of.mergeCommit ?? null,
    head: side(of.headRepository, of.head, of.sha),
    base: side(of.repository, of.base, of.baseSha),
    draft: of.draft,
  };
};

export const shownPullEntity = (world: World, of: Pull, mergeable: boolean | null) => ({
  ...pullEntity(world, of),
  merged: of.mergedAt !== undefined,
  merged_by: of.mergedAt === undefined || of.closedBy === undefined ? null : userEntity(world, of.closedBy),
  mergeable,
  mergeable_state: mergeable === null ? 'unknown' : mergeable ? 'clean' : 'dirty',
});
