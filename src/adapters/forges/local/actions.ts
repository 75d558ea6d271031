import { resolve } from 'node:path';
import { ConflictError, RefusedError } from '../../../domain/errors.ts';
import type { LocalForgeActions } from '../../../domain/local-forge.ts';
import { containedIn, heads } from './branches.ts';
import { historyOf } from './history.ts';
import type { LocalForge } from './local.ts';
import { merge } from './merging.ts';
import { isDraft, propose, refuseNobody, say } from './persons.ts';
import type { MergeRecord } from './record.ts';
import { locate, type Place, type Repository, refuseArchived } from './repository.ts';
import { lookAtForGood, openOne, withBase } from './requests.ts';
import { approve } from './reviews.ts';
import { atHead, happened } from './settle.ts';
import { alone, putRecord, readShelf } from './shelf.ts';

/** See LocalForgeActions. */
export function createLocalActions({
  name,
  path: root,
  now = () => new Date(),
}: Pick<LocalForge, 'name' | 'path' | 'now'>): LocalForgeActions {
  const place: Place = { name, root: resolve(root) };
  const time = () => now().toISOString();
  const at = (path: string): Repository => locate(place, path);
  return {
    propose: async (path, wanted, user) => (await propose(at(path), wanted, user, time())).id,
    say: async (path, id, user, text) => say(at(path), id, user, text, time()),
    approve: async (path, id, user, commit) => {
      refuseNobody(at(path), user);
      await approve(at(path), id, user, commit, time());
    },
    withdraw: (path, id, user) => change(at(path), id, user, time(), withdrawn),
    setDraft: (path, id, user, draft) => change(at(path), id, user, time(), (record, act) => drafted(record, act, draft)),
    merge: async (path, id, user, head) => {
      refuseNobody(at(path), user);
      return merge(at(path), id, head, user, time());
    },
    close: (path, id, user) => change(at(path), id, user, time(), closed),
    reopen: (path, id, user) => change(at(path), id, user, time(), reopened),
  };
}

/** Who does it, and when. */
interface Act {
  readonly repository: Repository;
  readonly by: string;
  readonly at: string;
}

/** Gives the very same record where all is so already. */
type Change = (record: MergeRecord, act: Act) => MergeRecord | Promise<MergeRecord>;

async function change(repository: Repository, id: number, by: string, at: string, to: Change): Promise<void> {
  await refuseArchived(repository);
  refuseNobody(repository, by);
  await alone(repository, async () => {
    const record = await lookAtForGood(repository, id, at);
    const next = await to(record, { repository, by, at });
    if (next !== record) await putRecord(repository, { ...next, updatedAt: at });
  });
}

function withdrawn(record: MergeRecord, { repository, by, at }: Act): MergeRecord {
  refuseEnded(record, repository);
  const theirs = record.approvals.filter(({ user }) => user === by);
  if (theirs.length === 0) return record;
  const approvals = record.approvals.filter(({ user }) => user !== by);
  return happened({ ...record, approvals }, ...theirs.map(given), { what: 'withdrew', by, at });
}

const given = ({ user, commit, at }: MergeRecord['approvals'][number]) => ({ what: 'approved' as const, by: user, commit, at });

function drafted(record: MergeRecord, { repository, by, at }: Act, draft: boolean): MergeRecord {
  refuseEnded(record, repository);
  if (isDraft(record) === draft) return record;
  const title = draft ? `Draft: ${record.title}` : ready(record.title);
  return happened({ ...record, title }, { what: draft ? 'draft' : 'ready', by, at });
}

/** Whatever stands there of a draft, however often. */
function ready(title: string): string {
  const rest = title.replace(/^(?:(?:draft:|\[draft\]|\(draft\))\s*)+/i, '');
  return rest === '' ? 'Ready' : rest;
}

function closed(record: MergeRecord, { repository, by, at }: Act): MergeRecord {
  if (record.state === 'closed') return record;
  refuseEnded(record, repository);
  return { ...record, state: 'closed', closedAt: at, closedBy: by };
}

/** What was approved before it was closed is not approved any more: whoever closed it may have meant no. */
async function reopened(record: MergeRecord, { repository, by, at }: Act): Promise<MergeRecord> {
  if (record.state === 'open') return record;
  if (record.state === 'merged') refuseEnded(record, repository);
  const head = await headToOpen(repository, record, at);
  const { closedAt: _at, closedBy: _by, ...rest } = record;
  const before = historyOf(record).filter(({ what }) => what !== 'opened');
  const open = atHead({ ...rest, state: 'open', approvals: [], events: [...before, { what: 'reopened', by, at }] }, head, at);
  return withBase(repository, open);
}

async function headToOpen(repository: Repository, { id, sourceBranch, targetBranch }: MergeRecord, now: string): Promise<string> {
  const { scope } = repository;
  const refuse = (why: string) => new RefusedError(scope, `${scope}: opening merge request ${id} again: ${why}`);
  const other = await openOne(repository, await readShelf(repository), sourceBranch, now);
  if (other !== undefined) throw refuse(`merge request ${other.id} of ${sourceBranch} is open`);
  const all = await heads(repository);
  const [head, target] = [all.get(sourceBranch), all.get(targetBranch)];
  if (head === undefined || target === undefined)
    throw refuse(`there is no branch ${head === undefined ? sourceBranch : targetBranch}; push it first`);
  if ((await containedIn(repository, target, [head])).has(head)) throw refuse(`${targetBranch} contains all of it already`);
  return head;
}

function refuseEnded({ id, state }: MergeRecord, { scope }: Repository): void {
  if (state !== 'open') throw new ConflictError(scope, `${scope}: merge request ${id} is ${state} by now`);
}
