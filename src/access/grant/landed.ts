import type { TreeEntry } from '../../domain/access-forge.ts';
import { explain } from '../../domain/errors.ts';
import { accessFolder } from '../request/path.ts';
import { fileKey, idleReverts, isSettled, seenStanding, trimmed, withRevert } from './book.ts';
import { landFile } from './land-file.ts';
import type { LandPlace, LandPorts, Pass } from './ports.ts';
import { closeRevert, proposeRevert } from './revert.ts';
import { unlessAborted } from './unless-aborted.ts';
import { asks } from './verify.ts';

/**
 * One look at the default branch: gives what merges granted since the last one, and refuses what came there in any other way. Where the branch has not
 * moved and nothing is left to do, one request to the forge. What fails of one file keeps nobody from looking at the others; it is told as a problem, and
 * the next pass tries it again. Throws OutsideError where the branch could not be looked at, and the signal's reason once that is aborted.
 */
export async function landGrants(ports: LandPorts, place: LandPlace, signal: AbortSignal): Promise<void> {
  const { defaultBranch, commit } = await unlessAborted(signal, ports.forge.state(place.path));
  const before = await ports.book();
  if (before.head === commit) return;
  const pass = { ports, place, defaultBranch, commit, signal };
  const files = (await unlessAborted(signal, ports.forge.entries(place.path, commit, accessFolder))).filter(asks);
  const closed = await closeReverts(pass, files);
  await ports.change((book) => seenStanding(book, files, false));
  const landed = await landAll(pass, files);
  const proposed = await proposeReverts(pass, files);
  await ports.change((book) => {
    const seen = trimmed(landed.failed ? book : seenStanding(book, files, true), ports.now());
    return closed && proposed && !landed.failed && !landed.waits ? { ...seen, head: commit } : seen;
  });
}

async function landAll(pass: Pass, files: readonly TreeEntry[]): Promise<{ readonly failed: boolean; readonly waits: boolean }> {
  let [failed, waits] = [false, false];
  for (const file of files) {
    if (isSettled(await pass.ports.book(), file)) continue;
    const landed = await tried(pass, file.path, () => landFile(pass, file));
    failed ||= landed === undefined;
    waits ||= landed === 'waits';
  }
  return { failed, waits };
}

/** Whether there is one for each that needs it. */
async function proposeReverts(pass: Pass, files: readonly TreeEntry[]): Promise<boolean> {
  const { refused } = await pass.ports.book();
  const due = files.filter(({ path, id }) => {
    const of = refused[fileKey(path, id)];
    return of !== undefined && of.revert === undefined;
  });
  let all = true;
  for (const file of due) all = (await tried(pass, file.path, () => propose(pass, file))) === true && all;
  return all;
}

async function propose(pass: Pass, file: TreeEntry): Promise<true> {
  const key = fileKey(file.path, file.id);
  const reason = (await pass.ports.book()).refused[key]?.reason ?? '';
  const revert = await unlessAborted(pass.signal, proposeRevert(pass, file, reason));
  await pass.ports.change((book) => withRevert(book, key, revert));
  return true;
}

/** Whether none is left of those that take away what is gone. */
async function closeReverts(pass: Pass, files: readonly TreeEntry[]): Promise<boolean> {
  let all = true;
  for (const [key, revert] of idleReverts(await pass.ports.book(), files)) {
    const done = await tried(pass, `merge request ${revert}, which takes away ${key}`, async () => {
      await unlessAborted(pass.signal, closeRevert(pass, revert));
      await pass.ports.change((book) => withRevert(book, key, undefined));
      return true;
    });
    all &&= done === true;
  }
  return all;
}

async function tried<T>({ ports, signal }: Pass, doing: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    ports.news.problem(`${doing}: ${explain(error)}`);
    return undefined;
  }
}
