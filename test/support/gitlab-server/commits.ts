import type { TreeFile } from '../git-objects.ts';
import { GitFailed, git, gitText } from '../git-repository.ts';
import { type Call, ok, pageOfCommits, projectOf, type Reply } from './call.ts';
import { commitEntity, type GitCommit } from './entities.ts';
import { message, notFound, optional, type Parameters, Refused, text } from './parameters.ts';
import { pushed } from './pushes.ts';
import { headOf, isProtected, mayPush, type Project } from './world.ts';

const format = ['%H', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x1f');

/** Of sha, parents, author's name, mail and date, committer's, and the message. */
export function toCommit([sha = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', body = '']: string[]): GitCommit {
  return {
    sha,
    parents: parents.split(' ').filter(Boolean),
    message: body.replace(/\n$/, ''),
    author: { name: an, email: ae, date: ad },
    committer: { name: cn, email: ce, date: cd },
  };
}

/** Commits of a revision or range, newest first; none for a revision that does not exist, as GitLab does. */
export async function log(
  project: Project,
  revision: string,
  most = 10_000,
  { file, firstParent }: { readonly file?: string | undefined; readonly firstParent?: boolean } = {},
): Promise<readonly GitCommit[]> {
  try {
    const options = [`--format=${format}`, `--max-count=${most}`, ...(firstParent === true ? ['--first-parent'] : [])];
    const args = ['log', '-z', ...options, '--end-of-options', revision, '--', ...(file === undefined ? [] : [`:(literal)${file}`])];
    const listed = await git(project.directory, args);
    return listed
      .toString()
      .split('\0')
      .filter(Boolean)
      .map((line) => toCommit(line.split('\x1f')));
  } catch (error) {
    if (error instanceof GitFailed) return [];
    throw error;
  }
}

export async function listCommits(call: Call): Promise<Reply> {
  const project = projectOf(call);
  const { given } = call;
  const which = { file: optional(given, 'path'), firstParent: given['first_parent'] === true };
  const commits = await log(project, optional(given, 'ref_name') ?? project.defaultBranch, undefined, which);
  return pageOfCommits(
    call,
    commits.map((commit) => commitEntity(call.world, project, commit)),
  );
}

export async function showCommit(call: Call): Promise<Reply> {
  const project = projectOf(call);
  const revision = call.parts[1] ?? '';
  const [commit] = /\.\.|^-|\s/.test(revision) ? [] : await log(project, revision, 1);
  if (commit === undefined) throw notFound('Commit');
  return ok({ ...commitEntity(call.world, project, commit), status: null, project_id: project.id, last_pipeline: null });
}

/** https://docs.gitlab.com/api/commits/#create-a-commit-with-multiple-files-and-actions */
export async function createCommit(call: Call): Promise<Reply> {
  const project = projectOf(call);
  const { given } = call;
  const actions = given['actions'] as readonly Parameters[];
  actions.forEach(checkContent);
  if (given['start_branch'] !== undefined && given['start_sha'] !== undefined) {
    throw new Refused(400, { error: 'start_branch, start_sha are mutually exclusive' });
  }
  const branch = text(given, 'branch');
  if (!mayPush(call.user, project, branch)) throw message(403, '403 Forbidden - You are not allowed to push into this branch');
  const parent = await startOf(project, given, branch);
  const files = await changes(project, parent, actions);
  const author = {
    name: optional(given, 'author_name') ?? call.user.name,
    email: optional(given, 'author_email') ?? call.user.commitEmail,
  };
  const committer = call.world.signingCommitter ?? { name: call.user.name, email: call.user.commitEmail };
  const now = call.world.now();
  const body = text(given, 'commit_message');
  const sha = await project.objects.commit({ parent, files, message: body, author, committer, time: Math.floor(now.getTime() / 1000) });
  project.objects.setBranch(branch, sha);
  project.parents.set(sha, parent);
  pushed(call.world, project, branch, sha, call.user);
  const date = now.toISOString();
  const commit = { sha, parents: [parent], message: body, author: { ...author, date }, committer: { ...committer, date } };
  return ok({ ...commitEntity(call.world, project, commit), status: null, project_id: project.id, last_pipeline: null }, 201);
}

function checkContent({ action, content }: Parameters, at: number): void {
  if ((action === 'update' || action === 'create') && content === undefined)
    throw new Refused(400, { error: `actions[${at}][content] is missing` });
}

const badName = /^[-/.]|\/\/|\.\.|@\{|\.lock(\/|$)|\/\.|[\s~^:?*[\\\p{Cc}]|[/.]$/u;

/** Parent of the new commit; the refusals of GitLab's Commits::CreateService in its order. */
async function startOf(project: Project, given: Parameters, branch: string): Promise<string> {
  const current = headOf(project, branch);
  const sha = optional(given, 'start_sha');
  const from = optional(given, 'start_branch') ?? (sha === undefined ? branch : undefined);
  if (sha !== undefined && !/^[0-9a-f]{40}$/.test(sha)) throw message(400, `Invalid start_sha '${sha}'`);
  const start = sha ?? headOf(project, from ?? '');
  if (start === undefined) throw message(400, 'You can only create or edit files when you are on a branch');
  await project.objects.modeOf(start, '.').catch(() => {
    throw message(400, `Cannot find start_sha '${start}'`);
  });
  if (from === branch) return start;
  if (current !== undefined && given['force'] !== true) {
    throw message(400, `A branch called '${branch}' already exists. Switch to that branch in order to make changes`);
  }
  if (current === undefined && badName.test(branch)) {
    throw message(400, `Something went wrong when we tried to create '${branch}' for you: Branch name is invalid`);
  }
  if (current !== undefined && isProtected(project, branch)) throw message(400, 'You are not allowed to push into this branch');
  return start;
}

async function changes(project: Project, parent: string, actions: readonly Parameters[]): Promise<Map<string, TreeFile | undefined>> {
  const files = new Map<string, TreeFile | undefined>();
  for (const action of actions) {
    const path = text(action, 'file_path');
    files.set(path, change(action, await project.objects.modeOf(parent, path)));
  }
  return files;
}

function change(action: Parameters, mode: string | undefined): TreeFile | undefined {
  const path = text(action, 'file_path');
  if (path === '') throw message(400, 'You must specify a file_path.');
  if (/(^|\/)\.\.?(\/|$)/.test(path)) throw message(400, 'Path cannot include directory traversal');
  const content = Buffer.from(optional(action, 'content') ?? '', action['encoding'] === 'base64' ? 'base64' : 'utf8');
  switch (action['action']) {
    case 'create':
      if (mode !== undefined) throw message(400, 'A file with this name already exists');
      return { mode: '100644', content };
    case 'delete':
      if (mode === undefined) throw message(400, "A file with this name doesn't exist");
      return undefined;
    case 'update':
      if (mode === undefined || mode === '40000') throw message(400, "A file with this name doesn't exist");
      return { mode, content };
    default:
      throw message(400, `this stand-in does not know the action ${String(action['action'])}`);
  }
}

/** The head of any revision as a full commit, or a refusal. */
export async function resolve(project: Project, revision: string, what: string): Promise<string> {
  try {
    return await gitText(project.directory, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  } catch {
    throw notFound(what);
  }
}
