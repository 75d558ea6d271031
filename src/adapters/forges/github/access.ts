import type { AccessForge } from '../../../domain/access-forge.ts';
import { handsIn } from './access-hands.ts';
import { mergedWith, mergePull } from './access-merging.ts';
import { changedBy, changedPaths } from './access-paths.ts';
import { AccessPeople } from './access-people.ts';
import { branchProtections } from './access-protections.ts';
import { blob, entries } from './access-trees.ts';
import type { GitHubApi } from './api.ts';
import type { Comments } from './comments.ts';
import type { Requests } from './requests.ts';
import type { Writer } from './writer.ts';

/** See AccessForge. */
export function accessForge(
  api: GitHubApi,
  { requests, comments, writer }: { readonly requests: Requests; readonly comments: Comments; readonly writer: Writer },
): AccessForge {
  const people = new AccessPeople(api, writer);
  return {
    async gatedRequest(path, id) {
      const [found, isOurs] = await Promise.all([requests.gatedRequest(path, id), writer.isUs()]);
      return { ...found, ...(isOurs(found.author.name) && { ours: true }) };
    },
    hands: (path, id) => handsIn(api, path, id),
    commandComments: (path, id) => comments.commands(path, id),
    changedPaths: (path, id) => changedPaths(api, path, id),
    changedBy: (path, commit) => changedBy(api, path, commit),
    entries: (path, commit, folder) => entries(api, path, commit, folder),
    blob: (path, id, limit) => blob(api, path, id, limit),
    mergedWith: (path, commit) => mergedWith(api, path, commit),
    person: (path, name) => people.person(path, name),
    members: (path, group) => people.members(path, group),
    askForReview: (path, id, users) => people.askForReview(path, id, users),
    merge: (path, id, head) => mergePull(api, path, id, head),
    protections: (path, branch) => branchProtections(api, path, branch),
    issueComment: (path, issue, comment) => comments.read(path, issue, comment),
    commentIssue: (path, issue, key, text) => comments.write(path, issue, key, text, 'issue'),
  };
}
