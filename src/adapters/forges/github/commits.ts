import { isUtf8 } from 'node:buffer';
import { ConflictError } from '../../../domain/errors.ts';
import type { BranchChange } from '../../../domain/forge.ts';
import { writeOnce } from '../write-once.ts';
import type { GitHubApi } from './api.ts';
import type { Repositories } from './repositories.ts';
import { Trees } from './trees.ts';
import type { Writer } from './writer.ts';

type FileMode = '100644' | '100755' | '120000';

interface TreeEntry {
  readonly path: string;
  readonly mode: FileMode;
  readonly type: 'blob';
  readonly content?: string;
  readonly sha?: string;
}

/** Writes commits and branches, object by object: https://docs.github.com/en/rest/git */
export class Commits {
  readonly #api: GitHubApi;
  readonly #repositories: Repositories;
  readonly #writer: Writer;
  readonly #trees: Trees;
  /** Commits of ours and what they were built on: these two cannot conflict. */
  readonly #bases = new Map<string, string>();

  constructor(api: GitHubApi, repositories: Repositories, writer: Writer) {
    this.#api = api;
    this.#repositories = repositories;
    this.#writer = writer;
    this.#trees = new Trees(api);
  }

  /** What a commit that this process made was built on. */
  baseOf(commit: string): string | undefined {
    return this.#bases.get(commit);
  }

  /** GitHub cannot compare and swap: the branch is looked at right before it is replaced, and a new one it refuses by itself. */
  async commit(path: string, change: BranchChange): Promise<string> {
    const { branch, base, expected } = change;
    const sha = await this.#write(path, change);
    if (expected === undefined) await this.#create(path, branch, sha);
    else await this.#replace(path, branch, expected, sha);
    this.#bases.set(sha, base);
    return sha;
  }

  /** Objects that nothing points to; who dies here, or makes them twice, leaves no trace. No author: GitHub then signs what an App writes. */
  async #write(path: string, { branch, base, files, removed = [], message }: BranchChange): Promise<string> {
    const request = this.#api.repeatable;
    const baseTree = await this.#trees.at(path, base);
    const changed = await Promise.all(files.map(async (file) => this.#entry(path, file, await baseTree.modeOf(file.path))));
    const tree = [...changed, ...removed.map((gone) => ({ path: gone, mode: '100644', type: 'blob', sha: null }) as const)];
    return this.#api.ask(`committing to branch ${branch} of`, path, async (rest, at) => {
      const made = await rest.git.createTree({ ...at, base_tree: baseTree.sha, tree, request });
      const { data } = await rest.git.createCommit({ ...at, message, tree: made.data.sha, parents: [base], request });
      await this.#writer.learn(data);
      return data.sha;
    });
  }

  /** Text goes along in the tree; anything else needs an object of its own first. */
  async #entry(path: string, file: BranchChange['files'][number], mode: FileMode): Promise<TreeEntry> {
    const bytes = Buffer.from(file.content);
    const entry = { path: file.path, mode, type: 'blob' } as const;
    if (isUtf8(bytes) && !bytes.includes(0)) return { ...entry, content: bytes.toString() };
    const { data } = await this.#api.ask(`writing ${file.path} of`, path, (rest, at) =>
      rest.git.createBlob({ ...at, content: bytes.toString('base64'), encoding: 'base64', request: this.#api.repeatable }),
    );
    return { ...entry, sha: data.sha };
  }

  async #create(path: string, branch: string, sha: string): Promise<void> {
    const create = () =>
      this.#api.ask(`creating branch ${branch} of`, path, (rest, at) => rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha }));
    await writeOnce<unknown>(create, () => this.#isAt(path, branch, sha)).catch(async (error: unknown) => {
      throw error instanceof ConflictError ? this.#moved(path, branch) : error;
    });
  }

  async #replace(path: string, branch: string, expected: string, sha: string): Promise<void> {
    if ((await this.#repositories.branchHead(path, branch)) !== expected) throw this.#moved(path, branch);
    const update = () =>
      this.#api.ask(`replacing branch ${branch} of`, path, (rest, at) =>
        rest.git.updateRef({ ...at, ref: `heads/${branch}`, sha, force: true }),
      );
    await writeOnce<unknown>(update, () => this.#isAt(path, branch, sha));
  }

  async #isAt(path: string, branch: string, sha: string): Promise<true | undefined> {
    return (await this.#repositories.branchHead(path, branch)) === sha ? true : undefined;
  }

  #moved(path: string, branch: string): ConflictError {
    const where = `branch ${branch} of ${path} at ${this.#api.host}`;
    return new ConflictError(`${this.#api.name}:${path}`, `${where} is no longer what it was a moment ago; the next run looks again`);
  }

  /** Deletes the branch where it still is at the commit; one that moved belongs to somebody else now. */
  async deleteBranch(path: string, name: string, commit: string): Promise<void> {
    if ((await this.#repositories.branchHead(path, name)) !== commit) return;
    await writeOnce<unknown>(
      () => this.#api.ask(`deleting branch ${name} of`, path, (rest, at) => rest.git.deleteRef({ ...at, ref: `heads/${name}` })),
      async () => ((await this.#repositories.branchHead(path, name)) === undefined ? true : undefined),
    ).catch((error: unknown) => {
      // Somebody else deleted it in the same moment.
      if (!(error instanceof ConflictError)) throw error;
    });
  }
}
