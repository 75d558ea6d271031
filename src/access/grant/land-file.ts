import { dirname } from 'node:path/posix';
import type { TreeEntry } from '../../domain/access-forge.ts';
import { OutsideError } from '../../domain/errors.ts';
import { laterOf } from '../end/due.ts';
import { readEvidence } from '../gate/evidence.ts';
import { judge } from '../gate/gate.ts';
import { alarmEvent, endedCommentKey, endedEvent } from './entries.ts';
import { begun, giveLanded, type Landed } from './give.ts';
import type { Pass } from './ports.ts';
import { type Bringer, fileAlarm, refuse } from './refuse.ts';
import { unlessAborted } from './unless-aborted.ts';
import { broughtBy, grantId, grantOf, isDenial, type Landing, type MergedRequest, merged, misshapen } from './verify.ts';

/** Finds out what gives a file of the default branch its right to be there, and gives what it grants, or refuses it. Throws OutsideError, and Superseded. */
export async function landFile(pass: Pass, file: TreeEntry): Promise<Landed> {
  const { ports, place, defaultBranch, signal } = pass;
  const wrong = misshapen(file);
  if (wrong !== undefined) return refuse(pass, file, wrong);
  const { landing, by } = await unlessAborted(signal, readLanding(pass, file));
  if (await wasRefused(pass, file, by)) return refuse(pass, file, { reason: 'it was refused before', maybeYet: false }, by);
  const number = broughtBy(landing);
  if (typeof number !== 'number') return refuse(pass, file, number, by);
  const request = merged(await unlessAborted(signal, ports.forge.gatedRequest(place.path, number)), defaultBranch);
  if (isDenial(request)) return refuse(pass, file, request, by);
  if (await hasEnded(pass, request, file)) return 'settled';
  return judged(pass, file, request, by);
}

async function judged(pass: Pass, file: TreeEntry, request: MergedRequest, by: Bringer): Promise<Landed> {
  const { ports, place, signal } = pass;
  const { environment, repository, settings, path } = place;
  const evidence = await unlessAborted(signal, readEvidence(ports.forge, path, request.id, settings, environment));
  const { grants } = await ports.book();
  const now = laterOf(ports.now(), grants);
  const held = grants.flatMap(({ grant, state }) =>
    (state === 'granting' || state === 'active') && grant.file !== file.path ? [grant] : [],
  );
  const judgement = judge(evidence, { settings, environment, held, now, moment: 'after-merge' });
  const grant = grantOf({ repository, environment, file, request, evidence, judgement, now });
  if (isDenial(grant)) return refuse(pass, file, grant, by);
  if (Date.parse(grant.until) > now.getTime()) return giveLanded(pass, grant);
  // Its end takes it away, whatever of it there may be, and its file.
  await ports.change((book) => begun(book, grant));
  return 'settled';
}

/** How git and the forge say that the file came to the branch. */
async function readLanding({ ports: { forge }, place, commit: head }: Pass, file: TreeEntry): Promise<{ landing: Landing; by: Bringer }> {
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
