import { identity } from '../../git.ts';
import { objects, rows } from './objects.ts';
import type { MergeRecord } from './record.ts';
import type { Repository } from './repository.ts';

/** Bytes of a diff that are read; nobody reads more of it on a page. */
const diffLimit = 2 * 1024 * 1024;
/** Commits that people are believed to have put on top of ours. */
const onTop = 50;

/** What the second commit has that the first has not, unified; without a first one, what the commit changed of its parent. Cut at a line's end where it is long. */
export async function changes(repository: Repository, from: string | undefined, to: string): Promise<string> {
  const options = ['--patch', '--find-renames', '--no-color', '--no-ext-diff', '--no-textconv', '--no-commit-id'];
  const which = from === undefined ? ['--root', '--diff-merges=first-parent', to] : [from, to];
  const body = await repository.git.stream('comparing commits', ['diff-tree', ...options, ...which, '--']);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > diffLimit) break; // which ends git as well
  }
  const text = Buffer.concat(chunks).toString();
  return size > diffLimit ? text.slice(0, text.lastIndexOf('\n', diffLimit) + 1) : text;
}

/** undefined where the two have nothing in common. */
export async function mergeBase(repository: Repository, one: string, other: string): Promise<string | undefined> {
  const { code, out } = await repository.git.run('comparing branches', ['merge-base', one, other], { codes: [0, 1] });
  return code === 0 ? out.toString().trim() : undefined;
}

/** The commit that a merge request's own commits stand on; undefined when git has thrown them away since. */
export async function startOf(repository: Repository, record: MergeRecord): Promise<string | undefined> {
  const [head, onto] = await Promise.all([headOf(repository, record), targetBefore(repository, record)]);
  if (head === undefined) return undefined;
  if (onto !== undefined) return mergeBase(repository, onto, head);
  return record.state === 'merged' ? belowOurs(repository, head) : undefined;
}

/** The same, and undefined too where it can only be guessed. */
export async function knownStart(repository: Repository, record: MergeRecord): Promise<string | undefined> {
  const [head, onto] = await Promise.all([headOf(repository, record), targetBefore(repository, record)]);
  return head === undefined || onto === undefined ? undefined : mergeBase(repository, onto, head);
}

const headOf = async (repository: Repository, { commit }: MergeRecord): Promise<string | undefined> =>
  (await objects(repository, [`${commit}^{commit}`]))[0]?.id;

/** What the target stands at without the merge request; undefined where nobody looked before it was only moved forward. */
export async function targetBefore(repository: Repository, record: MergeRecord): Promise<string | undefined> {
  return (await targetsBefore(repository, [record]))[0];
}

/** In the same order. */
export async function targetsBefore(repository: Repository, records: readonly MergeRecord[]): Promise<readonly (string | undefined)[]> {
  const names = records.map(({ state, mergeCommit, base = '', targetBranch }) =>
    state !== 'merged' ? `refs/heads/${targetBranch}` : mergeCommit === undefined ? base : `${mergeCommit}^1`,
  );
  const found = await objects(
    repository,
    names.map((name) => `${name}^{commit}`),
  );
  return found.map((commit) => commit?.id);
}

/** A target that was only moved forward tells nothing of where the branch began; but all that is ours on a branch is one commit, below those of people. */
async function belowOurs(repository: Repository, head: string): Promise<string | undefined> {
  const args = ['log', '-z', '--first-parent', `--max-count=${onTop}`, '--format=%ae%x00%P', head, '--'];
  const commits = rows((await repository.git.run('reading commits', args)).out, 2);
  const [, parents = ''] = commits.find(([email]) => email === identity.email) ?? commits[0] ?? [];
  return parents.split(' ')[0] || undefined;
}
