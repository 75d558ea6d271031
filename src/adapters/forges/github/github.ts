import type { Forge } from '../../../domain/forge.ts';
import type { Store } from '../../../domain/store.ts';
import type { HttpClient } from '../../http/client.ts';
import { understood } from '../understood.ts';
import { accessForge } from './access.ts';
import { type Credentials, createAccount } from './account.ts';
import { addressOf } from './address.ts';
import { GitHubApi } from './api.ts';
import { Comments } from './comments.ts';
import { Commits } from './commits.ts';
import { discover } from './discovery.ts';
import { Finishing } from './finishing.ts';
import { line } from './line.ts';
import { Proposals } from './proposals.ts';
import { toPublic } from './pull-request.ts';
import { PullRequestLists } from './pull-request-lists.ts';
import { Repositories } from './repositories.ts';
import { Requests } from './requests.ts';
import { reviewsOf } from './reviews.ts';
import { Sources } from './sources.ts';
import { Statuses } from './statuses.ts';
import { Writer } from './writer.ts';

export interface GitHubOptions {
  /** Name of the forge in app.yml, for errors and traits. */
  readonly name: string;
  /** `https://github.com`, or an Enterprise Server: `https://host`. */
  readonly url: string;
  readonly credentials: Credentials;
  readonly http: HttpClient;
  /** Keeps pull requests, so that a later run asks only for what has changed. */
  readonly store: Store;
}

/** A GitHub, and who may read there. */
export interface GitHub extends Forge {
  /** The header `authorization` for what belongs to the owner, for requests beside the forge's own; undefined where only anybody's may be made. */
  reading(owner: string): Promise<string | undefined>;
}

/** Characters; GitHub answers a longer one with 422 `body is too long (maximum is 65536 characters)`. */
const descriptionLimit = 65_536;

/** A GitHub as a forge. Nothing is asked, and Octokit not even loaded, before the first call. Throws UsageError for an unusable address. */
export function createGitHub({ name, url: given, credentials, http, store }: GitHubOptions): GitHub {
  const { url, api: base } = addressOf(name, given);
  const account = createAccount({ name, api: base, credentials, http });
  const api = new GitHubApi({ name, url, api: base, account, http });
  const writer = new Writer(api, store);
  const repositories = new Repositories(api, writer);
  const commits = new Commits(api, repositories, writer);
  const head = (path: string, branch: string) => repositories.seenHead(path, branch);
  const lists = new PullRequestLists(api, store, { head, baseOf: (commit) => commits.baseOf(commit) });
  const finishing = new Finishing(api);
  const proposals = new Proposals(api, finishing);
  const sources = new Sources(api);
  const statuses = new Statuses(api);
  const requests = new Requests(api);
  const comments = new Comments(api, writer);

  return understood(
    {
      ...accessForge(api, { requests, comments, writer }),
      traits: { name, type: 'github', descriptionLimit, url },
      discover: (group, topic) => discover(api, group, topic),
      state: (path) => repositories.state(path),
      archive: (path, commit) => repositories.archive(path, commit),
      mergeRequests: async (path) => (await lists.of(path)).map(toPublic),
      endedBy: (path, request) => proposals.endedBy(path, request),
      branchCommits: (path, branch, target) => repositories.branchCommits(path, branch, target),
      line: (path, commit, files, limit) => line(api, path, commit, files, limit),
      branchHead: (path, branch) => repositories.branchHead(path, branch),
      commit: (path, change) => commits.commit(path, change),
      open: (path, request) => proposals.open(path, request),
      finish: (path, id, of) => finishing.finish(path, id, of),
      edit: (path, id, change) => proposals.edit(path, id, change),
      close: async (path, id, { description, branch, commit }) => {
        await proposals.close(path, id, description);
        if (branch !== undefined) await commits.deleteBranch(path, branch, commit);
      },
      comment: (path, id, key, text) => comments.write(path, id, key, text),
      hasCommented: (path, id, key) => comments.has(path, id, key),
      projectUrl: (path) => sources.projectUrl(path),
      exists: (path) => sources.exists(path),
      tags: (path, containing) => sources.tags(path, containing),
      createTag: (path, tag) => sources.createTag(path, tag),
      history: (path, from, to) => sources.history(path, from, to),
      mergedSince: (path, since) => sources.mergedSince(path, since),
      releaseNotes: (path) => sources.releaseNotes(path),
      file: (path, revision, file, limit) => sources.file(path, revision, file, limit),
      setStatus: (path, { commit }, status) => statuses.set(path, commit, status),
      statuses: (path, commit) => statuses.of(path, commit),
      reviews: (path, id) => reviewsOf(api, path, id),
      openRequests: (path, target) => requests.openRequests(path, target),
      request: (path, id) => requests.request(path, id),
      requestComment: (path, id, comment) => comments.read(path, id, comment),
      mayWrite: (path, of) => requests.mayWrite(path, of),
      mayRead: (path, of) => requests.mayRead(path, of),
      reading: (owner) => account.reading(owner),
    },
    url,
  );
}
