import { RefusedError } from '../../../domain/errors.ts';
import type { BranchLine, ReleaseNote, SourceCommit, SourceHistory, Tag } from '../../../domain/forge.ts';
import { state } from './branches.ts';
import type { Links } from './links.ts';
import { isFilePath, isFullId, isId, isRefName } from './names.ts';
import { message, objects, rows } from './objects.ts';
import type { Repository } from './repository.ts';

const commitLimit = 1000;
const noteLimit = 1000;

/** See Forge. */
export async function tags(repository: Repository, containing: string): Promise<readonly Tag[]> {
  const format = '--format=%(refname:strip=2)%00%(objecttype)%00%(objectname)';
  const { out } = await repository.git.run('reading tags', ['for-each-ref', format, 'refs/tags/']);
  const found = out
    .toString()
    .split('\n')
    .map((line) => line.split('\0') as [name: string, type?: string, id?: string])
    .filter(([name, type]) => type !== undefined && name.includes(containing));
  const peeled = await objects(
    repository,
    found.map(([, , id = '']) => `${id}^{commit}`),
  );
  return found.flatMap(([name], at) => {
    const commit = peeled[at]?.id;
    return commit === undefined ? [] : [{ name, commit }];
  });
}

/** See Forge. */
export async function createTag(repository: Repository, name: string): Promise<void> {
  const { git, scope } = repository;
  if (!isRefName(name)) throw new RefusedError(scope, `${scope}: ${name} is not a name of a tag`);
  const { commit } = await state(repository);
  const isThere = async () => (await git.run('reading tags', ['for-each-ref', `refs/tags/${name}`])).out.length > 0;
  try {
    await git.run(`making tag ${name}`, ['update-ref', `refs/tags/${name}`, commit, '0'.repeat(commit.length)]);
  } catch (error) {
    if (!(await isThere())) throw error;
  }
}

/** See Forge; at most the newest thousand commits. */
export async function history(repository: Repository, links: Links, from: string, to: string): Promise<SourceHistory | undefined> {
  const [start, end] = await commitsOf(repository, [from, to], ['refs/tags/']);
  if (start === undefined || end === undefined) return undefined;
  const args = ['log', '-z', '--format=%H%x00%an%x00%at%x00%B', `--max-count=${commitLimit + 1}`, end, `^${start}`, '--'];
  const all = commitsIn(repository, links, (await repository.git.run(`reading commits from ${from} to ${to}`, args)).out);
  return {
    commits: all.slice(0, commitLimit),
    truncated: all.length > commitLimit,
    compareUrl: links.compare(repository, from, to),
  };
}

/** Of a log of id, author, seconds and message. */
const commitsIn = (repository: Repository, links: Links, out: Buffer): SourceCommit[] =>
  rows(out, 4).map(([sha = '', author = '', seconds = '', body = '']) => ({
    sha,
    message: message(body),
    author,
    date: new Date(Number(seconds) * 1000).toISOString(),
    url: links.commit(repository, sha),
  }));

/** See Forge. */
export async function line(
  repository: Repository,
  links: Links,
  commit: string,
  files: readonly string[],
  limit: number,
): Promise<BranchLine> {
  const { scope } = repository;
  if (!isFullId(commit)) throw new RefusedError(scope, `${scope}: ${commit} is not a commit's full id`);
  const args = ['log', '-z', '--first-parent', '--format=%H%x00%an%x00%ct%x00%B', `--max-count=${limit + 1}`, commit, '--', ...files];
  const { out } = await repository.git.run(`reading the commits up to ${commit}`, args, { env: { GIT_LITERAL_PATHSPECS: '1' } });
  const all = commitsIn(repository, links, out);
  return { commits: all.slice(0, limit), complete: all.length <= limit };
}

/** Annotated tags, newest first: the first line of the message is the title, the rest the text. */
export async function releaseNotes(repository: Repository, links: Links): Promise<readonly ReleaseNote[]> {
  return (await newestTags(repository, noteLimit)).flatMap(({ name, message: notes, date }) => {
    if (notes === undefined) return [];
    const [title = '', ...text] = notes.split('\n');
    return [
      { tag: name, title, text: text.join('\n').trim(), url: links.tag(repository, name), ...(date !== '' && { publishedAt: date }) },
    ];
  });
}

export interface DatedTag {
  readonly name: string;
  /** Of the annotation, else of the commit; RFC 3339, '' where there is none. */
  readonly date: string;
  /** Of an annotated tag, without its signature. */
  readonly message?: string;
}

/** Newest first. */
export async function newestTags(repository: Repository, limit: number): Promise<readonly DatedTag[]> {
  const fields = ['objecttype', 'refname:strip=2', 'creatordate:unix', 'contents', 'contents:signature'];
  const format = `--format=${fields.map((field) => `%(${field})%00`).join('')}`;
  const args = ['for-each-ref', '--sort=-creatordate', `--count=${limit}`, format, 'refs/tags/'];
  const { out } = await repository.git.run('reading tag messages', args);
  return rows(out, fields.length).map(([type = '', name = '', seconds = '', contents = '', signature = '']) => ({
    name,
    date: seconds === '' ? '' : new Date(Number(seconds) * 1000).toISOString(),
    // trimmed: git ends each line behind our last NUL
    ...(type.trim() === 'tag' && { message: contents.slice(0, contents.length - signature.length).trim() }),
  }));
}

/** See Forge; the revision may also be a branch, or HEAD. */
export async function file(repository: Repository, revision: string, name: string, limit: number): Promise<string | undefined> {
  const [commit] = await commitsOf(repository, [revision], ['refs/tags/', 'refs/heads/', ...(revision === 'HEAD' ? [''] : [])]);
  if (commit === undefined || !isFilePath(name)) return undefined;
  const [found] = await objects(repository, [`${commit}:${name}`]);
  if (found?.type !== 'blob' || found.size > limit) return undefined;
  return (await repository.git.run(`reading ${name}`, ['cat-file', 'blob', found.id])).out.toString();
}

/** Of each revision: what the first of these kinds of refs says, else the commit with that id. */
export async function commitsOf(
  repository: Repository,
  revisions: readonly string[],
  kinds: readonly string[],
): Promise<(string | undefined)[]> {
  const asked = revisions.flatMap((revision, at) => {
    const names = isRefName(revision) ? kinds.map((kind) => `${kind}${revision}`) : [];
    return [...names, ...(isId(revision) ? [revision] : [])].map((name) => ({ at, name: `${name}^{commit}` }));
  });
  const found = await objects(
    repository,
    asked.map(({ name }) => name),
  );
  return revisions.map((_, at) => asked.flatMap((each, index) => (each.at === at ? (found[index]?.id ?? []) : []))[0]);
}
