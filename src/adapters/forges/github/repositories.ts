import type { Readable } from 'node:stream';
import { RefusedError } from '../../../domain/errors.ts';
import type { BranchCommit, RepositoryState } from '../../../domain/forge.ts';
import { branchPrefix } from '../../../domain/identifiers.ts';
import type { GitHubApi } from './api.ts';
import { compare } from './compare.ts';
import { emptyRepository } from './refusals.ts';
import type { Writer } from './writer.ts';

const mostCommits = 500;

/** Branches, commits and archives of repositories. */
export class Repositories {
  readonly #api: GitHubApi;
  readonly #writer: Writer;
  readonly #heads = new Map<string, ReadonlyMap<string, string>>();

  constructor(api: GitHubApi, writer: Writer) {
    this.#api = api;
    this.#writer = writer;
  }

  /** Two requests at once; GitHub answers both from their ETag, and counts them for nothing, while nothing has changed. */
  async state(path: string): Promise<RepositoryState> {
    const request = this.#api.conditional;
    const [{ data: repository }, heads] = await Promise.all([
      this.#api.ask('looking at', path, (rest, at) => rest.repos.get({ ...at, request })),
      // An archived repository is refused as one, whatever its branches say.
      this.#listHeads(path).catch((error: unknown) => error as Error),
    ]);
    if (repository.archived) throw this.#refused(path, 'the repository is archived; unarchive it, or take it out of app.yml');
    if (Error.isError(heads)) throw heads;
    this.#heads.set(path, heads);
    const { default_branch: defaultBranch } = repository;
    const commit = heads.get(defaultBranch);
    if (heads.size === 0) throw emptyRepository(`${this.#api.name}:${path}`, `${path} at ${this.#api.host}`);
    if (commit === undefined) throw this.#refused(path, 'its default branch does not exist; choose one that does (Settings › General)');
    return { defaultBranch, commit, branches: Object.fromEntries([...heads].filter(([name]) => name.startsWith(branchPrefix))) };
  }

  /** Every branch at once: GitHub has no pages here. */
  async #listHeads(path: string): Promise<ReadonlyMap<string, string>> {
    const request = this.#api.conditional;
    const { data } = await this.#api.ask('listing the branches of', path, (rest, at) =>
      rest.git.listMatchingRefs({ ...at, ref: 'heads', request }),
    );
    return new Map(
      data.flatMap(({ ref, object }) => (ref.startsWith(headPrefix) ? [[ref.slice(headPrefix.length), object.sha] as const] : [])),
    );
  }

  /** Head of the branch as `state` last saw it. */
  seenHead(path: string, branch: string): string | undefined {
    return this.#heads.get(path)?.get(branch);
  }

  #refused(path: string, why: string): RefusedError {
    return new RefusedError(`${this.#api.name}:${path}`, `${path} at ${this.#api.host}: ${why}`);
  }

  async archive(path: string, commit: string): Promise<Readable> {
    const { data } = await this.#api.ask(`reading the archive of commit ${commit} of`, path, (rest, at) =>
      rest.repos.downloadTarballArchive({ ...at, ref: commit, request: this.#api.streamed }),
    );
    return data as Readable;
  }

  async branchHead(path: string, name: string): Promise<string | undefined> {
    const found = await this.#api.find(`looking at branch ${name} of`, path, (rest, at) =>
      rest.git.getRef({ ...at, ref: `heads/${name}` }),
    );
    return found?.data.ref === `${headPrefix}${name}` ? found.data.object.sha : undefined;
  }

  async branchCommits(path: string, branch: string, target: string): Promise<readonly BranchCommit[]> {
    const [{ commits }, isOwn] = await Promise.all([
      this.#api.ask(`listing the commits on branch ${branch} of`, path, (rest, at) => compare(rest, at, target, branch, mostCommits)),
      this.#writer.recognizer(),
    ]);
    return commits.map(({ sha, commit, author, committer }) => {
      const own = isOwn({ author, committer, commit });
      const named = own.author ? (commit.committer?.name ?? '') : (commit.author?.name ?? '');
      const byBot = own.author && own.committer;
      return { sha, message: commit.message, byBot, person: byBot ? (commit.author?.name ?? '') : named };
    });
  }
}

const headPrefix = 'refs/heads/';
