import { access, constants } from 'node:fs/promises';
import { RefusedError } from '../../../domain/errors.ts';
import type { ForgeUser } from '../../../domain/forge-user.ts';
import type { PersonsRequest } from '../../../domain/local-forge.ts';
import type { ListedRequest, RequestComment, RequestNow } from '../../../domain/request-forge.ts';
import { state } from './branches.ts';
import type { Links } from './links.ts';
import { startOf } from './patch.ts';
import { type MergeRecord, ourName } from './record.ts';
import { type Repository, readSettings, refuseArchived } from './repository.ts';
import { lookAtAll, open, refuseLong } from './requests.ts';
import { alone, putRecord, requireRecord } from './shelf.ts';

export interface Looking {
  readonly links: Links;
  readonly now: string;
  readonly warn: (text: string) => void;
}

/** See RequestForge. */
export async function openRequests(repository: Repository, target: string, looking: Looking): Promise<readonly ListedRequest[]> {
  const records = await lookAtAll(repository, looking.now, looking.warn);
  return records
    .filter((record) => record.state === 'open' && record.targetBranch === target)
    .map((record) => toListed(repository, looking.links, record))
    .reverse();
}

/** See RequestForge. */
export async function request(repository: Repository, id: number, { links, now, warn }: Looking): Promise<RequestNow> {
  const records = await lookAtAll(repository, now, warn);
  return toRequestNow(repository, links, records.find((one) => one.id === id) ?? (await requireRecord(repository, id)));
}

export async function toRequestNow(repository: Repository, links: Links, record: MergeRecord): Promise<RequestNow> {
  const base = await startOf(repository, record);
  return { ...toListed(repository, links, record), state: record.state, ...(base === undefined ? {} : { base }) };
}

/** A title says that it is a draft as GitLab's do: https://docs.gitlab.com/user/project/merge_requests/drafts/ */
export const isDraft = ({ title }: Pick<MergeRecord, 'title'>): boolean => /^(?:draft:|\[draft\]|\(draft\))/i.test(title);

const toListed = (repository: Repository, links: Links, record: MergeRecord): ListedRequest => ({
  id: record.id,
  url: links.mergeRequest(repository, record.id),
  title: record.title,
  branch: record.sourceBranch,
  target: record.targetBranch,
  commit: record.commit,
  labels: record.labels,
  fork: false,
  author: { id: record.author, name: record.author },
  draft: isDraft(record),
});

/** Oldest first; the number of one is its place, from 1. */
export async function said(repository: Repository, id: number): Promise<readonly RequestComment[]> {
  const { comments } = await requireRecord(repository, id);
  return comments.map(({ text, author, createdAt, updatedAt }, at) => ({
    id: at + 1,
    text,
    author: toUser(author),
    createdAt: new Date(createdAt).toISOString(),
    edited: updatedAt !== createdAt,
  }));
}

/** Whoever may write the folder can do all that there is to do, and can write any name into a file. */
export async function mayWrite(repository: Repository, { name }: Pick<ForgeUser, 'name'>): Promise<boolean> {
  if (toUser(name).bot || (await readSettings(repository)).archived) return false;
  return access(repository.folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Whoever may read the folder may read all that there is. A repository that is not there is refused before. */
export const isPerson = (_: Repository, name: string): boolean => !toUser(name).bot;

/** One without a name is nobody. */
export const toUser = (name: string): ForgeUser => ({ id: name, name, bot: name === ourName || name === '' });

/** A person's merge request for a branch that they pushed; the caller knows who it is. Gives the open one where there is one. */
export async function propose(repository: Repository, wanted: PersonsRequest, user: string, now: string): Promise<MergeRecord> {
  refuseNobody(repository, user);
  const { branch, title, description = '' } = wanted;
  const target = wanted.target ?? (await state(repository)).defaultBranch;
  return open(repository, { branch, title, description, target, labels: [] }, now, user);
}

/** A person writes below a merge request; the caller knows who it is. Gives the comment's number. */
export async function say(repository: Repository, id: number, user: string, text: string, now: string): Promise<number> {
  await refuseArchived(repository);
  refuseNobody(repository, user);
  refuseLong(repository, text);
  return alone(repository, async () => {
    const record = await requireRecord(repository, id);
    const comments = [...record.comments, { author: user, text, createdAt: now, updatedAt: now }];
    await putRecord(repository, { ...record, comments, updatedAt: now });
    return comments.length;
  });
}

export function refuseNobody({ scope }: Repository, user: string): void {
  if (toUser(user).bot) throw new RefusedError(scope, `${scope}: a person needs a name of their own, and "${user}" is none`);
}
