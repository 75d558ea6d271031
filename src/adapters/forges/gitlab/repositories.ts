import type { Readable } from 'node:stream';
import type { BranchSchema, CommitSchema } from '@gitbeaker/rest';
import { ConflictError, RefusedError } from '../../../domain/errors.ts';
import type { BranchChange, BranchCommit, RepositoryState } from '../../../domain/forge.ts';
import { branchPrefix } from '../../../domain/identifiers.ts';
import type { Store } from '../../../domain/store.ts';
import { writeOnce } from '../write-once.ts';
import type { GitLabApi } from './api.ts';
import type { TokenUser } from './token-user.ts';

const mostBranchPages = 100;
const mostCommitPages = 5;
const space = 'gitlab-writable';
/** How long a project that was found not to be archived is taken for one; a write to an archived one is refused by name anyway. */
const writableForMs = 24 * 3_600_000;

/** When this process has last asked for a project's branches with which page size: GitLab's cache does not know our adapters apart. */
const asked = new Map<string, Map<number, number>>();
const pageSizes = { most: 100, kinds: 40 };
/** Milliseconds for which GitLab gives the same answer, and a little more. */
const sameAnswerMs = 31_000;

/** Branches, commits and archives of projects. */
export class Repositories {
  readonly #api: GitLabApi;
  readonly #store: Store;
  readonly #user: TokenUser;

  constructor(api: GitLabApi, store: Store, user: TokenUser) {
    this.#api = api;
    this.#store = store;
    this.#user = user;
  }

  async state(path: string): Promise<RepositoryState> {
    const perPage = this.#freshPageSize(path);
    const items = await this.#api.ask('listing the branches of', path, ({ branches }) =>
      this.#api.listRefs<BranchSchema>((paging) => branches.all(path, paging), { maxPages: mostBranchPages, perPage }),
    );
    const main = items.find((branch) => branch.default);
    const ours = items.filter(({ name }) => name.startsWith(branchPrefix));
    // An archived project can be read like any other; but nobody may push to any of its branches.
    const pushable = (ours.length > 0 ? ours : items).some((branch) => branch.can_push);
    if (main === undefined || !pushable) await this.#checkWritable(path, main !== undefined && ours.length === 0);
    if (main === undefined) throw this.#refused(path, 'its default branch does not exist; choose one that does (Settings › Repository)');
    const heads = Object.fromEntries(ours.map(({ name, commit }) => [name, commit.id]));
    return { defaultBranch: main.name, commit: main.commit.id, branches: heads };
  }

  /**
   * GitLab keeps its answer to one and the same list of branches for half a minute (`expires_in: 30.seconds` in its lib/api/branches.rb):
   * right after a push or a merge it would tell yesterday's news. Another page size is another question: each second has its own, in every process,
   * and what was asked for already is passed over.
   */
  #freshPageSize(path: string): number {
    const key = `${this.#api.url} ${path}`;
    const now = Date.now();
    const used = asked.get(key) ?? new Map<number, number>();
    asked.set(key, used);
    const age = (size: number): number => now - (used.get(size) ?? 0);
    const { most, kinds } = pageSizes;
    const inTurn = Array.from({ length: kinds }, (_, at) => most - ((Math.floor(now / 1000) + at) % kinds));
    const fresh = inTurn.find((size) => age(size) > sameAnswerMs) ?? inTurn.reduce((one, other) => (age(other) > age(one) ? other : one));
    used.set(fresh, now);
    return fresh;
  }

  /** `remembered`: that the default branch alone is protected is so common that the answer is kept for a day. */
  async #checkWritable(path: string, remembered: boolean): Promise<void> {
    const key = `${this.#api.url} ${path}`;
    const checked = await this.#store.get<number>(space, key);
    if (remembered && checked !== undefined && Date.now() - checked < writableForMs) return;
    const project = await this.#api.ask('looking at', path, ({ projects }) => projects.show(path));
    if (project.archived) throw this.#refused(path, 'the project is archived; unarchive it, or take it out of app.yml');
    if (project.empty_repo) throw this.#refused(path, 'the repository is empty; push a first commit, for example of `lockkeeper init`');
    await this.#store.put(space, key, Date.now());
  }

  #refused(path: string, why: string): RefusedError {
    return new RefusedError(`${this.#api.name}:${path}`, `${path} at ${this.#api.host}: ${why}`);
  }

  async archive(path: string, commit: string): Promise<Readable> {
    const stream = await this.#api.ask(`reading the archive of commit ${commit} of`, path, ({ repositories }) =>
      repositories.showArchive(path, { fileType: 'tar.gz', sha: commit, asStream: true }),
    );
    return stream as unknown as Readable;
  }

  async branch(path: string, name: string): Promise<BranchSchema | undefined> {
    return this.#api.find(`looking at branch ${name} of`, path, ({ branches }) => branches.show(path, name));
  }

  async branchCommits(path: string, branch: string, target: string): Promise<readonly BranchCommit[]> {
    const [{ items }, isOwn] = await Promise.all([
      this.#api.ask(`listing the commits on branch ${branch} of`, path, ({ commits }) =>
        this.#api.list<CommitSchema>((paging) => commits.all(path, { refName: `${target}..${branch}`, ...paging }), {
          maxPages: mostCommitPages,
        }),
      ),
      this.#user.recognizer(),
    ]);
    return items.map((commit) => {
      const byBot = isOwn(commit);
      const authored = byBot || !isOwn({ ...commit, committer_email: commit.author_email });
      const person = authored ? commit.author_name : (commit.committer_name ?? commit.author_name);
      return { sha: commit.id, message: commit.message, byBot, person };
    });
  }

  /** GitLab cannot compare and swap, so the branch is looked at right before it is replaced; a new one it refuses by itself. */
  async commit(path: string, change: BranchChange): Promise<string> {
    if (change.expected !== undefined) {
      const current = await this.branch(path, change.branch);
      if (current?.commit.id !== change.expected) throw this.#moved(path, change.branch);
    }
    try {
      const made = await writeOnce(
        () => this.#write(path, change),
        () => this.#written(path, change),
      );
      await this.#user.learn(made);
      return made.id;
    } catch (error) {
      const refused = error instanceof RefusedError && error.status === 400 && change.expected === undefined;
      if (refused && (await this.branch(path, change.branch)) !== undefined) throw this.#moved(path, change.branch);
      throw error;
    }
  }

  #write(path: string, { branch, base, expected, files, removed = [], message }: BranchChange) {
    const changes = files.map((file) => ({
      action: file.isNew === true ? ('create' as const) : ('update' as const),
      filePath: file.path,
      content: Buffer.from(file.content).toString('base64'),
      encoding: 'base64',
    }));
    const actions = [...changes, ...removed.map((filePath) => ({ action: 'delete' as const, filePath }))];
    return this.#api.ask(`committing to branch ${branch} of`, path, ({ commits }) =>
      commits.create(path, branch, message, actions, { startSha: base, force: expected !== undefined, stats: false }),
    );
  }

  /** Our commit, where it stands on the branch although GitLab did not say so. */
  async #written(path: string, { branch, base, expected, message }: BranchChange): Promise<BranchSchema['commit'] | undefined> {
    const head = (await this.branch(path, branch))?.commit;
    if (head === undefined || head.id === expected) return undefined;
    const parents = head.parent_ids ?? [];
    return parents.length === 1 && parents[0] === base && head.message.trim() === message.trim() ? head : undefined;
  }

  #moved(path: string, branch: string): ConflictError {
    const where = `branch ${branch} of ${path} at ${this.#api.host}`;
    return new ConflictError(`${this.#api.name}:${path}`, `${where} is no longer what it was a moment ago; the next run looks again`);
  }

  /** Deletes the branch where it still is at the commit; one that moved belongs to somebody else now. */
  async deleteBranch(path: string, name: string, commit: string): Promise<void> {
    if ((await this.branch(path, name))?.commit.id !== commit) return;
    await writeOnce(
      () => this.#api.find(`deleting branch ${name} of`, path, ({ branches }) => branches.remove(path, name)),
      async () => ((await this.branch(path, name)) === undefined ? null : undefined),
    );
  }
}
