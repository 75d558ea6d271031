import { ConflictError, explain, RefusedError } from '../../../domain/errors.ts';
import type { BranchChange, MergeRequestChange, NewMergeRequest } from '../../../domain/forge.ts';
import { containedIn, type Heads, heads, mergeCommit } from './branches.ts';
import { deleteBranch, moveBranch, writeCommit } from './commit.ts';
import { startOf } from './patch.ts';
import { deletedBranch, type MergeRecord, ourName } from './record.ts';
import { type Repository, refuseArchived } from './repository.ts';
import { atHead, settle } from './settle.ts';
import { alone, nextId, putRecord, readShelf, requireRecord, type Shelf, unreadable } from './shelf.ts';

/** Characters; GitLab's limit, so that what fits here fits there. */
export const descriptionLimit = 1_000_000;

/** The records as git says they are now; the very same ones where nothing changed. */
async function settled(repository: Repository, records: readonly MergeRecord[], now: string): Promise<readonly MergeRecord[]> {
  const open = records.filter((record) => record.state === 'open');
  if (open.length === 0) return records;
  const all = await heads(repository);
  const merged = new Set(await containedInTargets(repository, open, all));
  const after = async (record: MergeRecord): Promise<MergeRecord> => {
    const contained = merged.has(record);
    const found = contained ? await mergeCommit(repository, all.get(record.targetBranch) ?? '', lastHead(record, all)) : undefined;
    const next = settle(record, { head: all.get(record.sourceBranch), contained, mergeCommit: found }, now);
    return next.state === 'open' && next !== record ? withBase(repository, next) : next;
  };
  return Promise.all(records.map(after));
}

/** The very same record where that is its base already, or the two branches have nothing in common. */
export async function withBase(repository: Repository, record: MergeRecord): Promise<MergeRecord> {
  const base = await startOf(repository, record);
  return base === undefined || base === record.base ? record : { ...record, base };
}

const lastHead = (record: MergeRecord, all: Heads): string => all.get(record.sourceBranch) ?? record.commit;

/** Those whose target contains the last head of their branch: one question per target. */
async function containedInTargets(repository: Repository, open: readonly MergeRecord[], all: Heads): Promise<readonly MergeRecord[]> {
  const byTarget = [...Map.groupBy(open, (record) => all.get(record.targetBranch))];
  const found = byTarget.map(async ([target, records]) => {
    if (target === undefined) return [];
    const contained = await containedIn(
      repository,
      target,
      records.map((record) => lastHead(record, all)),
    );
    return records.filter((record) => contained.has(lastHead(record, all)));
  });
  return (await Promise.all(found)).flat();
}

/** Only under `alone`: settles these merge requests and writes down what changed. */
async function settleForGood(repository: Repository, records: readonly MergeRecord[], now: string): Promise<readonly MergeRecord[]> {
  const after = await settled(repository, records, now);
  for (const [at, record] of after.entries()) if (record !== records[at]) await putRecord(repository, record);
  return after;
}

/**
 * All merge requests as they are now. There is no server that notices a merge or a deleted branch: whoever looks first writes it down, so that
 * it stays true when the branch is made again. `warn` hears of every file that cannot be read, and when nothing could be written down.
 */
export async function lookAtAll(repository: Repository, now: string, warn: (text: string) => void): Promise<readonly MergeRecord[]> {
  const shelf = await readShelf(repository);
  for (const broken of shelf.broken) warn(`${repository.scope}: ${unreadable(broken)}`);
  const seen = await settled(repository, shelf.records, now);
  if (seen.every((record, at) => record === shelf.records[at])) return seen;
  try {
    return await alone(repository, async () => settleForGood(repository, (await readShelf(repository)).records, now));
  } catch (error) {
    warn(explain(error));
    return seen;
  }
}

/** One as it is now. Unlike with all of them, it is an error where that cannot be written down: when it was merged must not be another time at the next look. */
export async function lookAt(repository: Repository, id: number, now: string): Promise<MergeRecord> {
  const record = await requireRecord(repository, id);
  const [seen] = await settled(repository, [record], now);
  return seen === record ? record : alone(repository, () => lookAtForGood(repository, id, now));
}

/** Only under `alone`. */
export async function lookAtForGood(repository: Repository, id: number, now: string): Promise<MergeRecord> {
  const before = await requireRecord(repository, id);
  const [record = before] = await settleForGood(repository, [before], now);
  return record;
}

/** Only under `alone`. The open merge request of the branch, settled; throws RefusedError where a file that cannot be read may be it. */
export async function openOne(repository: Repository, shelf: Shelf, branch: string, now: string): Promise<MergeRecord | undefined> {
  const ofBranch = shelf.records.filter((record) => record.sourceBranch === branch);
  const open = (await settleForGood(repository, ofBranch, now)).find((record) => record.state === 'open');
  const unknown = shelf.broken.find((broken) => (broken.sourceBranch ?? branch) === branch);
  if (open === undefined && unknown !== undefined) {
    const text = `${repository.scope}: ${unreadable(unknown)}: it may be the merge request of ${branch}, and there must not be two`;
    throw new RefusedError(repository.scope, text);
  }
  return open;
}

/** See Forge. Before a branch is moved, what has become of its merge requests until now is written down. */
export async function commit(repository: Repository, change: BranchChange, now: string): Promise<string> {
  await refuseArchived(repository);
  const made = await writeCommit(repository, change);
  return alone(repository, async () => {
    const open = await openOne(repository, await readShelf(repository), change.branch, now);
    await moveBranch(repository, change.branch, made, change.expected);
    if (open !== undefined) await putRecord(repository, { ...atHead(open, made, now), updatedAt: now });
    return made;
  });
}

/** See Forge. */
export async function open(repository: Repository, request: NewMergeRequest, now: string, author = ourName): Promise<MergeRecord> {
  await refuseArchived(repository);
  refuseLong(repository, request.description);
  return alone(repository, async () => {
    const existing = await openOne(repository, await readShelf(repository), request.branch, now);
    if (existing !== undefined) return existing;
    const made = newRecord(request, await nextId(repository), await headToMerge(repository, request), now);
    const record = await withBase(repository, { ...made, author });
    await putRecord(repository, record);
    return record;
  });
}

async function headToMerge(repository: Repository, { branch, target }: NewMergeRequest): Promise<string> {
  const all = await heads(repository);
  const [head, onto] = [all.get(branch), all.get(target)];
  const missing = head === undefined ? branch : target;
  const doing = `${repository.scope}: opening a merge request from ${branch}`;
  if (head === undefined || onto === undefined) throw new RefusedError(repository.scope, `${doing}: there is no branch ${missing}`);
  const contained = await containedIn(repository, onto, [head]);
  if (contained.has(head)) throw new RefusedError(repository.scope, `${doing}: ${target} contains all of it already`);
  return head;
}

function newRecord(
  { branch, target, title, description, labels, owner }: NewMergeRequest,
  id: number,
  head: string,
  now: string,
): MergeRecord {
  return {
    id,
    state: 'open',
    sourceBranch: branch,
    targetBranch: target,
    title,
    author: ourName,
    labels: [...labels],
    ...(owner === undefined ? {} : { owner }),
    commit: head,
    createdAt: now,
    updatedAt: now,
    approvals: [],
    comments: [],
    description,
  };
}

/** See Forge. */
export async function edit(repository: Repository, id: number, change: MergeRequestChange, now: string): Promise<void> {
  await refuseArchived(repository);
  refuseLong(repository, change.description ?? '');
  await alone(repository, async () => {
    const record = await lookAtForGood(repository, id, now);
    const { title = record.title, description = record.description, target: targetBranch = record.targetBranch } = change;
    if (title === record.title && description === record.description && targetBranch === record.targetBranch) return;
    if (record.state !== 'open') {
      throw new ConflictError(
        repository.scope,
        `${repository.scope}: merge request ${id} is ${record.state} by now; the next run looks again`,
      );
    }
    await putRecord(repository, { ...record, title, description, targetBranch, updatedAt: now });
  });
}

interface Closing {
  readonly description?: string;
  readonly branch?: string;
  readonly commit: string;
}

/** See Forge. A merge by plain git has the name of nobody whom this forge knows. */
export async function endedBy(repository: Repository, id: number): Promise<string | undefined> {
  const { state, closedBy, mergedBy } = await requireRecord(repository, id);
  if (state === 'merged') return mergedBy;
  return state === 'closed' && closedBy !== deletedBranch ? closedBy : undefined;
}

/** See Forge. The file first: a branch that is gone while its merge request is open would read as a person's no. */
export async function close(
  repository: Repository,
  id: number,
  { description: given, branch, commit: at }: Closing,
  now: string,
): Promise<void> {
  await refuseArchived(repository);
  refuseLong(repository, given ?? '');
  await alone(repository, async () => {
    const record = await lookAtForGood(repository, id, now);
    if (record.state === 'merged') {
      throw new ConflictError(repository.scope, `${repository.scope}: merge request ${id} was merged meanwhile and cannot be closed`);
    }
    const description = given ?? record.description;
    if (record.state === 'open')
      await putRecord(repository, { ...record, description, state: 'closed', closedAt: now, closedBy: ourName, updatedAt: now });
    else if (record.description !== description) await putRecord(repository, { ...record, description, updatedAt: now });
    if (branch !== undefined) await deleteBranch(repository, branch, at);
  });
}

/** See Forge. */
export async function comment(repository: Repository, id: number, key: string, text: string, now: string): Promise<void> {
  await refuseArchived(repository);
  refuseLong(repository, text);
  await alone(repository, async () => {
    const record = await requireRecord(repository, id);
    const before = record.comments.find((each) => each.key === key);
    if (before?.text === text) return;
    const after = { ...(before ?? { key, author: ourName, createdAt: now }), text, updatedAt: now };
    const comments = before === undefined ? [...record.comments, after] : record.comments.map((each) => (each === before ? after : each));
    await putRecord(repository, { ...record, comments, updatedAt: now });
  });
}

/** See Forge. */
export async function hasCommented(repository: Repository, id: number, key: string): Promise<boolean> {
  const { comments } = await requireRecord(repository, id);
  return comments.some((one) => one.key === key && one.author === ourName);
}

export function refuseLong({ scope }: Repository, text: string): void {
  if (text.length > descriptionLimit)
    throw new RefusedError(scope, `${scope}: the text has ${text.length} characters, and ${descriptionLimit} are allowed`);
}
