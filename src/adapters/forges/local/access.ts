import type { AccessForge, GatedRequest, Person, Protection } from '../../../domain/access-forge.ts';
import { mayHoldCommand } from '../../../domain/command-comment.ts';
import { RefusedError } from '../../../domain/errors.ts';
import { hands } from './hands.ts';
import { merge, mergedWith } from './merging.ts';
import { type Looking, said, toRequestNow, toUser } from './persons.ts';
import { ourName } from './record.ts';
import type { Repository } from './repository.ts';
import { lookAt, lookAtAll } from './requests.ts';
import { blob, changedBy, changedPaths, entries } from './trees.ts';

/** See AccessForge. `at` finds a repository by its path, or throws RefusedError. */
export function accessForge(at: (path: string) => Repository, looking: () => Looking): AccessForge {
  return {
    gatedRequest: async (path, id) => gatedRequest(at(path), id, looking()),
    hands: async (path, id) => hands(at(path), await lookAt(at(path), id, looking().now)),
    commandComments: async (path, id) => (await said(at(path), id)).filter(({ text, author }) => !author.bot && mayHoldCommand(text)),
    changedPaths: async (path, id) => changedPaths(at(path), await lookAt(at(path), id, looking().now)),
    changedBy: async (path, commit) => changedBy(at(path), commit),
    entries: async (path, commit, folder) => entries(at(path), commit, folder),
    blob: async (path, id, limit) => blob(at(path), id, limit),
    async mergedWith(path, commit) {
      const { now, warn } = looking();
      return mergedWith(at(path), await lookAtAll(at(path), now, warn), commit);
    },
    person: (_, name) => Promise.resolve(person(name)),
    members: () => Promise.resolve(undefined), // the local forge has no groups
    askForReview: () => Promise.resolve(), // nor anybody to tell
    merge: async (path, id, head) => merge(at(path), id, head, ourName, looking().now),
    protections: (_, branch) => Promise.resolve(protections(branch)),
    issueComment: () => Promise.resolve(undefined),
    async commentIssue(path) {
      const { scope } = at(path);
      throw new RefusedError(scope, `${scope}: the local forge has no issues`);
    },
  };
}

async function gatedRequest(repository: Repository, id: number, { links, now }: Looking): Promise<GatedRequest> {
  const record = await lookAt(repository, id, now);
  const { state, createdAt, mergedAt, mergedBy, mergeCommit, commit } = record;
  const by = mergedBy === undefined ? {} : { by: toUser(mergedBy) };
  return {
    ...(await toRequestNow(repository, links, record)),
    createdAt: utc(createdAt),
    ...(record.author === ourName && { ours: true }),
    ...(state === 'merged' && mergedAt !== undefined && { merged: { at: utc(mergedAt), ...by, commit: mergeCommit ?? commit } }),
  };
}

const utc = (time: string): string => new Date(time).toISOString();

/** There are no accounts: every name is somebody's, written so that it can stand in app.yml and in a RoleBinding. */
function person(name: string): Person | undefined {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,199}$/u.test(name)) return undefined;
  return { ...toUser(name), active: true, emails: [] };
}

const protections = (branch: string): readonly Protection[] =>
  (
    [
      ['push', `whoever may write the folder may push to ${branch}`],
      ['self-approval', 'an approval is a line in a file, which whoever may write the folder can write'],
      ['reset-on-push', 'an approval names a commit and stays in the file when another one is pushed'],
      ['who-merges', `whoever may write the folder may merge into ${branch}`],
    ] as const
  ).map(([rule, detail]) => ({
    rule,
    enforced: false,
    detail: `${detail}; the local forge enforces nothing: use GitLab or GitHub where that matters`,
  }));
