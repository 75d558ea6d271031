import type { AccessForge } from '../../../domain/access-forge.ts';
import { AccessChanges } from './access-changes.ts';
import { AccessHands } from './access-hands.ts';
import { AccessMerging } from './access-merging.ts';
import { AccessPeople } from './access-people.ts';
import { AccessProtections } from './access-protections.ts';
import { AccessTrees } from './access-trees.ts';
import type { GitLabApi } from './api.ts';
import type { Comments } from './comments.ts';
import type { Requests } from './requests.ts';
import type { TokenUser } from './token-user.ts';
import type { Users } from './users.ts';

export interface Parts {
  readonly api: GitLabApi;
  readonly user: TokenUser;
  readonly users: Users;
  readonly requests: Requests;
  readonly comments: Comments;
}

/** See AccessForge. */
export function accessForge({ api, user, users, requests, comments }: Parts): AccessForge {
  const trees = new AccessTrees(api);
  const changes = new AccessChanges(api, trees, requests);
  const hands = new AccessHands(api, users, requests, comments);
  const merging = new AccessMerging(api, user, users, requests);
  const people = new AccessPeople(api, user, users, requests);
  const protections = new AccessProtections(api);
  return {
    gatedRequest: (path, id) => merging.gatedRequest(path, id),
    hands: (path, id) => hands.of(path, id),
    commandComments: (path, id) => comments.mayCommand({ path, kind: 'merge request', id }),
    changedPaths: (path, id) => changes.ofRequest(path, id),
    changedBy: (path, commit) => changes.ofCommit(path, commit),
    entries: (path, commit, folder) => trees.entries(path, commit, folder),
    blob: (path, id, limit) => trees.blob(path, id, limit),
    mergedWith: (path, commit) => merging.mergedWith(path, commit),
    person: (_, name) => people.person(name),
    members: (_, group) => people.members(group),
    askForReview: (path, id, wanted) => people.askForReview(path, id, wanted),
    merge: (path, id, head) => merging.merge(path, id, head),
    protections: (path, branch) => protections.of(path, branch),
    issueComment: (path, id, comment) => comments.one({ path, kind: 'issue', id }, comment),
    commentIssue: (path, id, key, text) => comments.say({ path, kind: 'issue', id }, key, text),
  };
}
