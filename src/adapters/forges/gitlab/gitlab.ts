import type { Forge } from '../../../domain/forge.ts';
import type { Store } from '../../../domain/store.ts';
import type { HttpClient } from '../../http/client.ts';
import { understood } from '../understood.ts';
import { accessForge } from './access.ts';
import { addressOf } from './address.ts';
import { GitLabApi } from './api.ts';
import { Comments } from './comments.ts';
import { discover } from './discovery.ts';
import { toPublic } from './merge-request.ts';
import { MergeRequestLists, type Readings } from './merge-request-lists.ts';
import { Proposals } from './proposals.ts';
import { Repositories } from './repositories.ts';
import { Requests } from './requests.ts';
import { MergeRequestReviews } from './reviews.ts';
import { Sources } from './sources.ts';
import { Statuses } from './statuses.ts';
import { TokenUser } from './token-user.ts';
import { Users } from './users.ts';

export interface GitLabOptions {
  /** Name of the forge in app.yml, for errors and traits. */
  readonly name: string;
  /** `https://gitlab.com` or a self-managed GitLab, with its path where it has one: `https://host/gitlab`. */
  readonly url: string;
  /** Personal, group or project access token with the scope `api`. */
  readonly token: string;
  readonly http: HttpClient;
  /** Keeps merge requests, so that a later run asks only for what has changed. */
  readonly store: Store;
}

/** Asked directly, a GitLab tells what is so now. */
export interface GitLab extends Forge {
  /** The same for one scan, to be forgotten with it: the merge requests of a group are read once for all of its projects. */
  forScan(): Forge;
}

/** https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics */
const descriptionLimit = 1_048_576;

/** A GitLab as a forge. Nothing is asked, and @gitbeaker not even loaded, before the first call. Throws UsageError for an unusable address. */
export function createGitLab(options: GitLabOptions): GitLab {
  const url = addressOf(options);
  const api = new GitLabApi({ ...options, url });
  const user = new TokenUser(api, options.store);
  const repositories = new Repositories(api, options.store, user);
  const lists = new MergeRequestLists(api, options.store);
  const proposals = new Proposals(api, user);
  const sources = new Sources(api);
  const statuses = new Statuses(api);
  const users = new Users(api, user);
  const comments = new Comments(api, users, user);
  const reviews = new MergeRequestReviews(api, users, comments);
  const requests = new Requests(api, comments);
  const access = accessForge({ api, users, user, requests, comments });
  const sharing = (readings: () => Readings): Forge =>
    understood<Forge>(
      {
        ...access,
        traits: { name: options.name, type: 'gitlab', descriptionLimit, url },
        discover: (group, topic) => discover(api, group, topic),
        ...reading(repositories, lists, readings),
        archive: (path, commit) => repositories.archive(path, commit),
        endedBy: (path, request) => proposals.endedBy(path, request),
        branchCommits: (path, branch, target) => repositories.branchCommits(path, branch, target),
        line: (path, commit, files, limit) => sources.line(path, commit, files, limit),
        branchHead: async (path, branch) => (await repositories.branch(path, branch))?.commit.id,
        commit: (path, change) => repositories.commit(path, change),
        open: (path, request) => proposals.open(path, request),
        finish: () => Promise.resolve(), // the opening leaves nothing out
        edit: (path, id, change) => proposals.edit(path, id, change),
        close: async (path, id, { description, branch, commit }) => {
          await proposals.close(path, id, description);
          if (branch !== undefined) await repositories.deleteBranch(path, branch, commit);
        },
        comment: (path, id, key, text) => comments.say({ path, kind: 'merge request', id }, key, text),
        hasCommented: (path, id, key) => comments.has({ path, kind: 'merge request', id }, key),
        projectUrl: (path) => sources.projectUrl(path),
        exists: (path) => sources.exists(path),
        tags: (path, containing) => sources.tags(path, containing),
        createTag: (path, tag) => sources.createTag(path, tag),
        history: (path, from, to) => sources.history(path, from, to),
        mergedSince: (path, since) => sources.mergedSince(path, since),
        releaseNotes: (path) => sources.releaseNotes(path),
        file: (path, revision, name, limit) => sources.file(path, revision, name, limit),
        setStatus: (path, target, status) => statuses.set(path, target, status),
        statuses: (path, commit) => statuses.of(path, commit),
        reviews: (path, id) => reviews.of(path, id),
        openRequests: (path, target) => requests.openRequests(path, target),
        request: (path, id) => requests.request(path, id),
        requestComment: (path, id, comment) => requests.requestComment(path, id, comment),
        mayWrite: (path, of) => requests.mayWrite(path, of),
        mayRead: (path, of) => requests.mayRead(path, of),
      },
      url,
    );
  const forScan = (): Forge => {
    const readings: Readings = new Map();
    return sharing(() => readings);
  };
  return { ...sharing(() => new Map()), forScan };
}

/** The lists want to know where the target stands: only then may a conflict have come or gone. */
function reading(repositories: Repositories, lists: MergeRequestLists, readings: () => Readings): Pick<Forge, 'state' | 'mergeRequests'> {
  const heads = new Map<string, string>();
  return {
    state: async (path) => {
      const state = await repositories.state(path);
      heads.set(path, state.commit);
      return state;
    },
    mergeRequests: async (path) => (await lists.of(path, heads.get(path), readings())).map(toPublic),
  };
}
