import { existsSync } from 'node:fs';
import { lstat, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain, OutsideError } from '../../../domain/errors.ts';
import { tryLock } from '../../lock.ts';
import { killThoseIn } from './orphans.ts';

/** The temporary folder of one control plane. While its owner lives, so does the owner's lock in it: the kernel's, which no death leaves behind. */
export interface Home {
  readonly folder: string;
  /** Takes it away with all that is in it. */
  remove(): Promise<void>;
}

const prefix = 'lockkeeper-control-plane-';
const lockName = 'owner.lock';

/** Somebody who sweeps at the same moment may take a new folder for a dead one. */
const attempts = 5;

/** Only we may look into it. Throws OutsideError; then nothing is left of it. */
export async function makeHome(): Promise<Home> {
  const place = tmpdir();
  let failure: unknown = new Error('others take every new folder away');
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      const home = await ownHome(place);
      if (home !== undefined) return home;
    } catch (error) {
      failure = error;
    }
  }
  throw unusable(place, failure);
}

const unusable = (place: string, cause: unknown): OutsideError =>
  new OutsideError(place, `making a folder for a control plane in ${place}: ${explain(cause)}; TMPDIR names another place`, { cause });

/** undefined when somebody takes it away. */
async function ownHome(place: string): Promise<Home | undefined> {
  const folder = await realpath(await mkdtemp(join(place, `${prefix}${process.pid}-`))); // mode 0700
  let lock: ReturnType<typeof tryLock>;
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    lock?.release();
  };
  try {
    lock = tryLock(join(folder, lockName));
  } catch (error) {
    await remove();
    throw error;
  }
  if (lock === undefined) return undefined;
  if (existsSync(join(folder, lockName))) return { folder, remove };
  await remove();
  return undefined;
}

/** Ends what is left of control planes whose owner has died, and removes their folders. Gives those; what cannot be removed is left to the next sweep. Throws OutsideError where the place itself cannot be looked into. */
export async function sweepHomes(): Promise<readonly string[]> {
  const place = tmpdir();
  const swept: string[] = [];
  for (const name of await leftIn(place)) {
    const folder = join(await realpath(place), name);
    if (await sweep(folder)) swept.push(folder);
  }
  return swept;
}

async function leftIn(place: string): Promise<string[]> {
  try {
    return (await readdir(place)).filter((one) => one.startsWith(prefix));
  } catch (cause) {
    throw unusable(place, cause);
  }
}

async function sweep(folder: string): Promise<boolean> {
  if (!(await isOurs(folder))) return false;
  const lock = lockOf(folder);
  if (lock === undefined) return false;
  try {
    await killThoseIn(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    return true;
  } catch {
    return false;
  } finally {
    lock.release();
  }
}

/** A folder, no link, that this user made. */
async function isOurs(folder: string): Promise<boolean> {
  try {
    const { uid, isDirectory } = await lstat(folder).then((found) => ({ uid: found.uid, isDirectory: found.isDirectory() }));
    return isDirectory && uid === process.getuid?.();
  } catch {
    return false; // gone in the meantime
  }
}

function lockOf(folder: string): { release(): void } | undefined {
  try {
    return tryLock(join(folder, lockName));
  } catch {
    return undefined; // taken away in the meantime
  }
}
