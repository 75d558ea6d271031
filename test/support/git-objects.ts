import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { git, gitText, type Identity } from './git-repository.ts';

/**
 * Commits into a bare repository without starting a process for each: a server that stands in for a forge must not be what a measurement
 * measures. Trees are read through git once and remembered; objects are written as git's loose objects, which git reads like any other.
 * https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export class GitObjects {
  readonly #directory: string;
  readonly #trees = new Map<string, Promise<Tree>>();
  readonly #roots = new Map<string, Promise<string>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Mode of the file (or `40000` of a folder) in the commit; undefined when there is none. Throws GitFailed for an unknown commit. */
  async modeOf(commit: string, path: string): Promise<string | undefined> {
    let tree = await this.#root(commit);
    const folders = path.split('/');
    const name = folders.pop() ?? '';
    for (const folder of folders) {
      const entry = (await this.#tree(tree)).get(folder);
      if (entry?.mode !== folderMode) return undefined;
      tree = entry.sha;
    }
    return (await this.#tree(tree)).get(name)?.mode;
  }

  /** Writes a commit with these files changed (undefined removes one) on top of `parent`; no ref moves. */
  async commit({ parent, files, ...of }: NewCommitObject): Promise<string> {
    return this.commitTree({ ...of, tree: await this.change(await this.#root(parent), files), parents: [parent] });
  }

  /** Writes a commit of a tree that is there already; no ref moves. */
  commitTree(of: NewTreeCommit): string {
    const when = `${of.time} +0000`;
    const lines = [
      `tree ${of.tree}`,
      ...of.parents.map((parent) => `parent ${parent}`),
      `author ${of.author.name} <${of.author.email}> ${when}`,
      `committer ${of.committer.name} <${of.committer.email}> ${when}`,
    ];
    const sha = this.#write('commit', Buffer.from(`${lines.join('\n')}\n\n${of.message}`));
    this.#roots.set(sha, Promise.resolve(of.tree));
    return sha;
  }

  /** Points the branch at the commit, whatever it was before. */
  setBranch(branch: string, sha: string): void {
    const path = join(this.#directory, 'refs/heads', branch);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.lock`, `${sha}\n`);
    renameSync(`${path}.lock`, path);
  }

  blob(content: Buffer): string {
    return this.#write('blob', content);
  }

  /** Writes the tree with these files changed (undefined removes one). */
  async change(tree: string, files: ReadonlyMap<string, TreeFile | undefined>): Promise<string> {
    const entries = new Map(await this.#tree(tree));
    const inside = new Map<string, Map<string, TreeFile | undefined>>();
    for (const [path, file] of files) {
      const [folder = '', ...rest] = path.split('/');
      if (rest.length > 0) inside.set(folder, (inside.get(folder) ?? new Map<string, TreeFile | undefined>()).set(rest.join('/'), file));
      else if (file === undefined) entries.delete(path);
      else entries.set(path, { mode: file.mode, sha: 'sha' in file ? file.sha : this.blob(file.content) });
    }
    for (const [folder, below] of inside) {
      const known = entries.get(folder);
      const sha = await this.change(known?.mode === folderMode ? known.sha : emptyTree, below);
      if (sha === emptyTree) entries.delete(folder);
      else entries.set(folder, { mode: folderMode, sha });
    }
    const sha = this.#write('tree', serialize(entries));
    this.#trees.set(sha, Promise.resolve(entries));
    return sha;
  }

  #root(commit: string): Promise<string> {
    return remember(this.#roots, commit, () => gitText(this.#directory, ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`]));
  }

  #tree(sha: string): Promise<Tree> {
    if (sha === emptyTree) return Promise.resolve(new Map());
    return remember(this.#trees, sha, async () => parse(await git(this.#directory, ['cat-file', 'tree', sha])));
  }

  #write(type: 'blob' | 'tree' | 'commit', content: Buffer): string {
    const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
    const sha = createHash('sha1').update(bytes).digest('hex');
    const path = join(this.#directory, 'objects', sha.slice(0, 2), sha.slice(2));
    if (existsSync(path)) return sha;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.tmp`, deflateSync(bytes, { level: 1 }));
    renameSync(`${path}.tmp`, path);
    return sha;
  }
}

/** With its content, or as a blob that is there already. */
export type TreeFile = { readonly mode: string; readonly content: Buffer } | { readonly mode: string; readonly sha: string };

interface Written {
  readonly message: string;
  readonly author: Identity;
  readonly committer: Identity;
  /** Seconds since 1970. */
  readonly time: number;
}

export interface NewCommitObject extends Written {
  readonly parent: string;
  readonly files: ReadonlyMap<string, TreeFile | undefined>;
}

export interface NewTreeCommit extends Written {
  readonly tree: string;
  readonly parents: readonly string[];
}

interface Entry {
  readonly mode: string;
  readonly sha: string;
}
type Tree = ReadonlyMap<string, Entry>;

const folderMode = '40000';
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  found.catch(() => known.delete(key));
  return found;
}

/** `mode SP name NUL sha` again and again, the sha as 20 bytes. */
function parse(bytes: Buffer): Tree {
  const entries = new Map<string, Entry>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    const name = bytes.toString('utf8', space + 1, end);
    entries.set(name, { mode: bytes.toString('latin1', at, space), sha: bytes.toString('hex', end + 1, end + 21) });
    at = end + 21;
  }
  return entries;
}

/** git sorts by bytes, a folder as if its name ended with a slash. */
function serialize(entries: Tree): Buffer {
  const key = (name: string, { mode }: Entry) => Buffer.from(mode === folderMode ? `${name}/` : name);
  const sorted = [...entries].sort((one, other) => Buffer.compare(key(...one), key(...other)));
  return Buffer.concat(sorted.flatMap(([name, { mode, sha }]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(sha, 'hex')]));
}
