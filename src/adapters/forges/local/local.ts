import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { Forge, MergedRequest, MergeRequest } from '../../../domain/forge.ts';
import type { PersonsRequest } from '../../../domain/local-forge.ts';
import type { RequestComment } from '../../../domain/request-forge.ts';
import { accessForge } from './access.ts';
import { branchCommits, branchHead, state } from './branches.ts';
import { discover } from './discover.ts';
import { fileLinks, type Links, pageLinks } from './links.ts';
import { toMergeRequest, toMergeRequests } from './merge-request.ts';
import { isFullId } from './names.ts';
import { isPerson, mayWrite, openRequests, propose, request, said, say } from './persons.ts';
import { isOurs } from './record.ts';
import { locate, type Place, type Repository } from './repository.ts';
import { close, comment, commit, descriptionLimit, edit, endedBy, hasCommented, lookAtAll, open } from './requests.ts';
import { approve, reviews } from './reviews.ts';
import { createTag, file, history, line, releaseNotes, tags } from './source.ts';
import { setStatus, statuses } from './statuses.ts';

export interface LocalForge {
  /** The forge's name in app.yml. */
  readonly name: string;
  /** The folder of bare repositories. */
  readonly path: string;
  /** Base URL of pages that show them; without it links lead to the files themselves. */
  readonly url?: string;
  readonly now?: () => Date;
  /** Hears of files that cannot be read as a merge request, by name; the rest goes on. */
  readonly warn?: (text: string) => void;
}

export interface Local extends Forge {
  /** A person's approval of the merge request as it is at the commit; the caller knows who it is. Throws ConflictError when it has changed. */
  approve(path: string, id: number, user: string, commit: string): Promise<void>;
  /** A person's merge request for a branch that they pushed; the open one where there is one. */
  propose(path: string, request: PersonsRequest, user: string): Promise<MergeRequest>;
  /** A person's comment; gives its number. */
  say(path: string, id: number, user: string, text: string): Promise<number>;
  /** Every comment, oldest first. */
  said(path: string, id: number): Promise<readonly RequestComment[]>;
}

/** The embedded forge: bare git repositories in a folder of this machine, and their merge requests in files beside them (docs/local-forge.md). */
export function createLocal({ name, path, url, now = () => new Date(), warn = () => {} }: LocalForge): Local {
  const place: Place = { name, root: resolve(path) };
  const links = url === undefined ? fileLinks(place) : pageLinks(url.replace(/(?<!\/)\/+$/, ''));
  const time = () => now().toISOString();
  const at = (repository: string) => locate(place, repository);
  return {
    ...accessForge(at, () => ({ links, now: time(), warn })),
    traits: { name, type: 'local', descriptionLimit, url: links.base },
    discover: async (group, topic) => discover(place, group, topic),
    state: async (repository) => state(at(repository)),
    archive: async (repository, commitId) => archive(at(repository), commitId),
    async mergeRequests(repository) {
      const found = at(repository);
      return toMergeRequests(found, links, (await lookAtAll(found, time(), warn)).filter(isOurs));
    },
    endedBy: async (repository, { id }) => endedBy(at(repository), id),
    branchCommits: async (repository, branch, target) => branchCommits(at(repository), branch, target),
    line: async (repository, head, files, limit) => line(at(repository), links, head, files, limit),
    branchHead: async (repository, branch) => branchHead(at(repository), branch),
    commit: async (repository, change) => commit(at(repository), change, time()),
    async open(repository, request) {
      const found = at(repository);
      return toMergeRequest(found, links, await open(found, request, time()), false);
    },
    finish: () => Promise.resolve(), // the opening leaves nothing out
    edit: async (repository, id, change) => edit(at(repository), id, change, time()),
    close: async (repository, id, change) => close(at(repository), id, change, time()),
    comment: async (repository, id, key, text) => comment(at(repository), id, key, text, time()),
    hasCommented: async (repository, id, key) => hasCommented(at(repository), id, key),
    projectUrl: (repository) => links.project(repository),
    exists: async (repository) => exists(place, repository),
    tags: async (repository, containing) => tags(at(repository), containing),
    createTag: async (repository, tag) => createTag(at(repository), tag),
    history: async (repository, from, to) => history(at(repository), links, from, to),
    mergedSince: async (repository, since) => mergedSince(at(repository), links, since, time(), warn),
    releaseNotes: async (repository) => releaseNotes(at(repository), links),
    file: async (repository, revision, file_, limit) => file(at(repository), revision, file_, limit),
    setStatus: async (repository, { commit: head }, status) => setStatus(at(repository), head, status),
    statuses: async (repository, head) => statuses(at(repository), head),
    reviews: async (repository, id) => reviews(at(repository), id),
    openRequests: async (repository, target) => openRequests(at(repository), target, { links, now: time(), warn }),
    request: async (repository, id) => request(at(repository), id, { links, now: time(), warn }),
    requestComment: async (repository, id, comment_) => (await said(at(repository), id)).find((one) => one.id === comment_),
    mayWrite: async (repository, user) => mayWrite(at(repository), user),
    mayRead: async (repository, { name }) => isPerson(at(repository), name),
    async propose(repository, wanted, user) {
      const found = at(repository);
      return toMergeRequest(found, links, await propose(found, wanted, user, time()), false);
    },
    say: async (repository, id, user, text) => say(at(repository), id, user, text, time()),
    said: async (repository, id) => said(at(repository), id),
    approve: async (repository, id, user, head) => approve(at(repository), id, user, head, time()),
  };
}

/** The bytes of the files as they are committed: no export-ignore, no line ends changed by .gitattributes, which edits could not give back. */
async function archive(repository: Repository, commitId: string): Promise<Readable> {
  if (!isFullId(commitId)) throw new OutsideError(repository.scope, `${repository.scope}: ${commitId} is not a commit's full id`);
  return repository.git.stream(`reading ${commitId}`, ['archive', '--format=tar', '--worktree-attributes', '--prefix=x/', commitId]);
}

async function mergedSince(
  repository: Repository,
  links: Links,
  since: string,
  now: string,
  warn: (text: string) => void,
): Promise<readonly MergedRequest[]> {
  const merged = (await lookAtAll(repository, now, warn)).filter((record) => record.state === 'merged');
  return merged
    .filter((record) => Date.parse(record.mergedAt ?? record.updatedAt) >= Date.parse(since))
    .map(({ id, title, author, labels, commit: head, mergeCommit = '' }) => ({
      id,
      title,
      author,
      labels,
      url: links.mergeRequest(repository, id),
      commits: [head, mergeCommit].filter((sha) => sha !== ''),
    }));
}

async function exists(place: Place, path: string): Promise<boolean> {
  try {
    locate(place, path);
    return true;
  } catch (error) {
    if (error instanceof RefusedError) return false;
    throw error;
  }
}
