import { git, gitText } from '../git-repository.ts';
import {
  type Call,
  exists,
  filled,
  headOf,
  links,
  notFound,
  ok,
  page,
  pullOf,
  Refused,
  type Reply,
  repositoryOf,
  resolve,
} from './call.ts';
import { commitEntity, log, pullEntity } from './entities.ts';
import { type Pull, pathOf, type Repository, type World } from './world.ts';

const statuses: Readonly<Record<string, string>> = { A: 'added', M: 'modified', D: 'removed', R: 'renamed', C: 'copied', T: 'changed' };

/** Files between two commits, as `/files`, comparisons and commits list them. */
export async function changedFiles(world: World, repository: Repository, from: string, to: string): Promise<readonly unknown[]> {
  const listed = await git(repository.directory, ['diff-tree', '-r', '-z', '-M', '--raw', '--no-abbrev', from, to]);
  const parts = listed.toString().split('\0');
  const files: unknown[] = [];
  for (let at = 0; parts[at]?.startsWith(':') === true; ) {
    const [, , , blob = '', letter = ''] = (parts[at] ?? '').split(' ');
    const isMoved = /^[RC]/.test(letter);
    const [first = '', second = ''] = parts.slice(at + 1, at + 3);
    const filename = isMoved ? second : first;
    const status = statuses[letter.charAt(0)] ?? 'unchanged';
    const url = `${world.api}/repos/${pathOf(repository)}/contents/${filename.split('/').map(encodeURIComponent).join('/')}`;
    const contents_url = `${url}?ref=${status === 'removed' ? from : to}`;
    const moved = isMoved ? { previous_filename: first } : {};
    files.push({ sha: blob, filename, status, additions: 0, deletions: 0, changes: 0, contents_url, ...moved });
    at += isMoved ? 3 : 2;
  }
  return files;
}

/** Where the head left its target: as it was when it was merged, or as it is. */
async function leftAt({ repository, base, baseSha, sha, mergedAt }: Pull): Promise<string> {
  const target = mergedAt === undefined ? await headOf(repository, base) : baseSha;
  return gitText(repository.directory, ['merge-base', target ?? baseSha, sha]);
}

export async function listFiles(call: Call): Promise<Reply> {
  const pull = pullOf(call, repositoryOf(call));
  return page(call, await changedFiles(call.world, pull.repository, await leftAt(pull), pull.sha));
}

/** The oldest first, and no more than that. */
export async function listPullCommits(call: Call): Promise<Reply> {
  const pull = pullOf(call, repositoryOf(call));
  const commits = await log(pull.repository, [`${await leftAt(pull)}..${pull.sha}`]);
  return page(
    call,
    commits.slice(0, 250).map((commit) => commitEntity(call.world, pull.repository, commit)),
  );
}

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const mostFiles = 300;

/** With its files, compared with the first parent. */
export async function showCommit(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const revision = call.at['ref'] ?? '';
  const sha = (await headOf(repository, revision)) ?? (await resolve(repository, revision));
  if (sha === undefined) throw new Refused(422, `No commit found for SHA: ${revision}`);
  const [commit] = await log(repository, ['--max-count=1', sha]);
  if (commit === undefined) throw notFound();
  const files = await changedFiles(call.world, repository, commit.parents[0] ?? emptyTree, sha);
  const number = Math.max(1, Number(call.query.get('page') ?? 1));
  return {
    status: 200,
    body: { ...commitEntity(call.world, repository, commit), files: files.slice((number - 1) * mostFiles, number * mostFiles) },
    headers: links(call, number, Math.ceil(files.length / mostFiles)),
  };
}

/** Of a commit of the default branch what brought it there; of another one the merged and open ones that hold it. */
export async function listPullsOfCommit(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const sha = (await headOf(repository, call.at['commit_sha'] ?? '')) ?? call.at['commit_sha'] ?? '';
  if (!(await exists(repository, sha, 'commit'))) throw new Refused(422, `No commit found for SHA: ${sha}`);
  const merged = repository.pulls.filter(({ brought }) => brought?.includes(sha) === true);
  const isThere = await git(repository.directory, ['merge-base', '--is-ancestor', sha, `refs/heads/${repository.defaultBranch}`]).then(
    () => true,
    () => false,
  );
  const open = isThere ? [] : await holding(repository, sha);
  return page(
    call,
    [...merged, ...open].map((pull) => pullEntity(call.world, pull)),
  );
}

async function holding(repository: Repository, sha: string): Promise<readonly Pull[]> {
  const open = repository.pulls.filter(({ state }) => state === 'open');
  const held = await Promise.all(
    open.map(async (pull) => (await gitText(repository.directory, ['rev-list', `${await leftAt(pull)}..${pull.sha}`])).includes(sha)),
  );
  return open.filter((_, at) => held[at]);
}

export async function getBlob(call: Call): Promise<Reply> {
  const repository = await filled(repositoryOf(call));
  const sha = call.at['file_sha'] ?? '';
  if (!(await exists(repository, sha, 'blob'))) throw notFound();
  const raw = await git(repository.directory, ['cat-file', 'blob', sha]);
  if (call.accept.includes('raw')) return { status: 200, raw };
  return ok({ sha, size: raw.length, encoding: 'base64', content: raw.toString('base64'), url: `${call.world.api}/x`, node_id: '' });
}
