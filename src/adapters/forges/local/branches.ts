import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RefusedError } from '../../../domain/errors.ts';
import type { BranchCommit, RepositoryState } from '../../../domain/forge.ts';
import { branchPrefix } from '../../../domain/identifiers.ts';
import { identity } from '../../git.ts';
import { isFullId, isRefName } from './names.ts';
import { message, objects, rows } from './objects.ts';
import { type Repository, refuseArchived } from './repository.ts';

/** Head commits by branch. */
export type Heads = ReadonlyMap<string, string>;

const commitLimit = 1000;

/** Of the branches named, of those in a folder of branches named, or of all. */
export async function heads(repository: Repository, names: readonly string[] = ['']): Promise<Heads> {
  const args = ['for-each-ref', '--format=%(refname:strip=2)%00%(objectname)', ...names.map((name) => `refs/heads/${name}`)];
  const { out } = await repository.git.run('reading branches', args);
  return new Map(lines(out).map((line) => line.split('\0') as [branch: string, commit: string]));
}

/** See Forge. */
export async function state(repository: Repository): Promise<RepositoryState> {
  await refuseArchived(repository);
  const args = ['for-each-ref', '--format=%(HEAD)%00%(refname:strip=2)%00%(objectname)', 'refs/heads/'];
  const all = lines((await repository.git.run('reading branches', args)).out).map((line) => line.split('\0'));
  const [, defaultBranch, commit] = all.find(([mark]) => mark === '*') ?? [];
  if (defaultBranch === undefined || commit === undefined)
    throw await noDefaultBranch(
      repository,
      all.flatMap(([, branch]) => branch ?? []),
    );
  const ours = all.flatMap(([, branch = '', head = '']) => (branch.startsWith(branchPrefix) ? [[branch, head] as const] : []));
  return { defaultBranch, commit, branches: Object.fromEntries(ours) };
}

async function noDefaultBranch({ git, scope, folder }: Repository, branches: readonly string[]): Promise<RefusedError> {
  if (branches.length === 0) return new RefusedError(scope, `${scope}: the repository is empty; push a first commit`);
  const { code, out } = await git.run('reading HEAD', ['symbolic-ref', '-q', '--short', 'HEAD'], { codes: [0, 1] });
  const problem = code === 0 ? `HEAD names the branch ${out.toString().trim()}, which does not exist` : 'HEAD is detached';
  const example = branches.find((branch) => !branch.startsWith(branchPrefix)) ?? 'main';
  return new RefusedError(
    scope,
    `${scope}: ${problem}; name the default branch with git -C ${folder} symbolic-ref HEAD refs/heads/${example}`,
  );
}

/** See Forge. */
export async function branchHead(repository: Repository, branch: string): Promise<string | undefined> {
  return isRefName(branch) ? (await heads(repository, [branch])).get(branch) : undefined;
}

/** Those of the commits that the target commit contains. One that the repository no longer has is not among them. */
export async function containedIn(repository: Repository, target: string, commits: Iterable<string>): Promise<ReadonlySet<string>> {
  const asked = [...new Set(commits)].filter(isFullId);
  const found = await objects(repository, asked);
  const known = asked.filter((_, index) => found[index]?.type === 'commit');
  if (known.length === 0) return new Set();
  const { out } = await repository.git.run('comparing branches', ['rev-list', '--stdin'], { input: `${known.join('\n')}\n^${target}\n` });
  const missing = new Set(lines(out));
  return new Set(known.filter((commit) => !missing.has(commit)));
}

/** Those of the commits that contain the commit, which may be one of them. The repository has that one; of the others, what it no longer has contains nothing. */
export async function containing(repository: Repository, commit: string, commits: Iterable<string>): Promise<ReadonlySet<string>> {
  const all = [...new Set(commits)];
  const found = await objects(repository, all);
  const asked = all.filter((_, index) => found[index]?.type === 'commit');
  const input = `${[...asked, `^${commit}`].join('\n')}\n`;
  const { out } = await repository.git.run('looking for what came later', ['rev-list', '--ancestry-path', '--stdin'], { input });
  const later = new Set([commit, ...lines(out)]);
  return new Set(asked.filter((one) => later.has(one)));
}

/** The commit that brought the head to the target, which contains it; undefined when the target was only moved forward. */
export async function mergeCommit(repository: Repository, target: string, head: string): Promise<string | undefined> {
  const log = (args: readonly string[]) => repository.git.run('looking for a merge commit', ['log', ...args, target, `^${head}`, '--']);
  const [mainLine, after] = await Promise.all([log(['--first-parent', '--format=%H %P']), log(['--ancestry-path', '--format=%H'])]);
  const descendants = new Set(lines(after.out));
  const [commit, firstParent] =
    lines(mainLine.out)
      .map((line) => line.split(' '))
      .findLast(([id = '']) => descendants.has(id)) ?? [];
  return firstParent === head ? undefined : commit;
}

/** See Forge; at most the newest thousand. */
export async function branchCommits(repository: Repository, branch: string, target: string): Promise<readonly BranchCommit[]> {
  const [head, onto] = await Promise.all([branchHead(repository, branch), branchHead(repository, target)]);
  if (head === undefined || onto === undefined) {
    throw new RefusedError(repository.scope, `${repository.scope}: there is no branch ${head === undefined ? branch : target}`);
  }
  const args = ['log', '-z', '--format=%H%x00%an%x00%ae%x00%cn%x00%ce%x00%B', `--max-count=${commitLimit}`, head, `^${onto}`, '--'];
  const { out } = await repository.git.run(`reading the commits of ${branch}`, args);
  return rows(out, 6).map(([sha = '', author = '', authorEmail = '', committer = '', committerEmail = '', body = '']) => {
    const authored = isBot(author, authorEmail);
    return { sha, message: message(body), byBot: authored && isBot(committer, committerEmail), person: authored ? committer : author };
  });
}

const isBot = (name: string, email: string): boolean => name === identity.name && email === identity.email;

/** Merges that were tried; what two commits give never changes. */
const tried = new Map<string, boolean>();
const triedLimit = 10_000;

/** Whether merging the head into the target conflicts, for each pair, in one go and without leaving an object in the repository; false where git cannot tell. */
export async function conflicts(
  repository: Repository,
  pairs: readonly (readonly [target: string, head: string])[],
): Promise<readonly boolean[]> {
  const keys = pairs.map((pair) => pair.join(' '));
  const untried = [...new Set(keys)].filter((key) => !tried.has(key));
  if (tried.size + untried.length > triedLimit) tried.clear();
  const results = untried.length === 0 ? [] : await tryMerges(repository, untried);
  for (const [index, key] of untried.entries()) {
    const conflict = results[index];
    if (conflict !== undefined) tried.set(key, conflict);
  }
  return keys.map((key) => tried.get(key) ?? false);
}

async function tryMerges(repository: Repository, pairs: readonly string[]): Promise<boolean[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'lockkeeper-merge-'));
  try {
    const args = ['merge-tree', '--write-tree', '--stdin', '-z', '--name-only', '--no-messages', '--allow-unrelated-histories'];
    const { out } = await repository.git.run('trying to merge', args, {
      input: `${pairs.join('\n')}\n`,
      env: { GIT_OBJECT_DIRECTORY: scratch, GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(join(repository.folder, 'objects')) },
      codes: [0, 1, 128, 129], // a git that cannot (before 2.39), or one object that is damaged: unknown, which is not a conflict
    });
    return mergeResults(out.toString());
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Per merge: 1 or 0 (conflicts), the tree, the files in conflict, and an empty one as the end: https://git-scm.com/docs/git-merge-tree */
function mergeResults(text: string): boolean[] {
  const results: boolean[] = [];
  const fields = text.split('\0');
  for (let at = 0; at + 2 < fields.length; at += 1) {
    results.push(fields[at] === '0');
    while (at < fields.length && fields[at] !== '') at += 1;
  }
  return results;
}

const lines = (out: Buffer): string[] =>
  out
    .toString()
    .split('\n')
    .filter((line) => line !== '');
