import { dirname } from 'node:path/posix';
import type { Grant } from '../../domain/access.ts';
import type { TreeEntry } from '../../domain/access-forge.ts';
import { explain, OutsideError } from '../../domain/errors.ts';
import { laterOf } from '../end/due.ts';
import { readEvidence } from '../gate/evidence.ts';
import { judge } from '../gate/gate.ts';
import { alarmEvent, endedCommentKey, endedEvent } from './entries.ts';
import { begun, giveLanded, type Landed } from './give.ts';
import type { Pass } from './ports.ts';
import { type Bringer, fileAlarm, refuse, refuseUnread } from './refuse.ts';
import { unlessAborted } from './unless-aborted.ts';
import { broughtBy, type Denial, grantId, grantOf, isDenial, type Landing, type MergedRequest, merged, misshapen } from './verify.ts';

/**
 * Finds out what gives a file of the default branch its right to be there, and gives what it grants, or refuses it. Throws OutsideError, and Superseded:
 * the next pass tries again, but what the forge does not tell for too long is refused.
 */
export async function landFile(pass: Pass, file: TreeEntry): Promise<Landed> {
  const wrong = misshapen(file);
  if (wrong !== undefined) return refuse(pass, file, wrong);
  const read = await orRefused(pass, file, undefined, () => readLanding(pass, file));
  if (read === 'settled') return read;
  const { by } = read;
  const found = await orRefused(pass, file, by, () => decide(pass, file, read));
  if (found === 'settled') return found;
  return isDenial(found) ? refuse(pass, file, found, by) : give(pass, found);
}

async function orRefused<T>(pass: Pass, file: TreeEntry, by: Bringer | undefined, work: () => Promise<T>): Promise<T | 'settled'> {
  try {
    return await unlessAborted(pass.signal, work());
  } catch (error) {
    pass.signal.throwIfAborted();
    if (!(error instanceof OutsideError)) throw error;
    if ((await refuseUnread(pass, file, explain(error), by)) === 'waits') throw error;
    return 'settled';
  }
}

interface Read {
  readonly landing: Landing;
  readonly by: Bringer;
}

async function decide(pass: Pass, file: TreeEntry, { landing, by }: Read): Promise<Grant | Denial | 'settled'> {
  const { ports, place, defaultBranch } = pass;
  if (await wasRefused(pass, file, by)) return { reason: 'it was refused before', maybeYet: false };
  const number = broughtBy(landing);
  if (typeof number !== 'number') return number;
  const request = merged(await ports.forge.gatedRequest(place.path, number), defaultBranch);
  if (isDenial(request)) return request;
  if (await hasEnded(pass, request, file)) return 'settled';
  return judged(pass, file, request);
}

async function judged({ ports, place }: Pass, file: TreeEntry, request: MergedRequest): Promise<Grant | Denial> {
  const { environment, repository, settings, path } = place;
  const evidence = await readEvidence(ports.forge, path, request.id, settings, environment);
  const { grants, closed } = await ports.book();
  const now = laterOf(ports.now(), grants);
  const held = grants.flatMap(({ grant, state }) =>
    (state === 'granting' || state === 'active') && grant.file !== file.path ? [grant] : [],
  );
  const judgement = judge(evidence, { settings, environment, held, now, moment: 'after-merge', closedAt: closed[request.id] });
  return grantOf({ repository, environment, file, request, evidence, judgement, now });
}

async function give(pass: Pass, grant: Grant): Promise<Landed> {
  const { ports } = pass;
  if (Date.parse(grant.until) > laterOf(ports.now(), (await ports.book()).grants).getTime()) return giveLanded(pass, grant);
  // Its end takes it away, whatever of it there may be, and its file.
  await ports.change((book) => begun(book, grant));
  return 'settled';
}

/** How git and the forge say that the file came to the branch. */
async function readLanding({ ports: { forge }, place, commit: head }: Pass, file: TreeEntry): Promise<Read> {
  const { path } = place;
  const [newest] = (await forge.line(path, head, [file.path], 1)).commits;
  if (newest === undefined)
    throw new OutsideError(place.repository, `${place.repository}: no commit of ${head} says how ${file.path} came there`);
  const { sha, url } = newest;
  const [changed, requests, there] = await Promise.all([
    forge.changedBy(path, sha),
    forge.mergedWith(path, sha),
    sha === head ? [file] : forge.entries(path, sha, dirname(file.path)),
  ]);
  const brought = there.find((one) => one.path === file.path);
  return { landing: { file, commit: sha, brought, changed, requests }, by: { commit: sha, url } };
}

/** Whatever the forge says now: what was reported as nobody's is given to nobody. */
async function wasRefused({ ports, place }: Pass, file: TreeEntry, by: Bringer): Promise<boolean> {
  return (await ports.journal.events()).actor(alarmEvent(place.repository, fileAlarm(file, by))) !== undefined;
}

/** Ids are used once. The comment is there for an end before its hour, should store and journal be lost. */
async function hasEnded({ ports, place, signal }: Pass, request: MergedRequest, file: TreeEntry): Promise<boolean> {
  const id = grantId(place.repository, request, file);
  const record = (await ports.book()).grants.find(({ grant }) => grant.id === id);
  if (record?.state === 'ending' || record?.state === 'ended') return true;
  if ((await ports.journal.events()).actor(endedEvent(id)) !== undefined) return true;
  return unlessAborted(signal, ports.forge.hasCommented(place.path, request.id, endedCommentKey));
}
