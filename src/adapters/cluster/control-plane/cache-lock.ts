import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../../lock.ts';
import type { Obtaining } from './obtaining.ts';

/** Milliseconds between two looks whether another process is done. */
const pause = 500;

/** Waits until no other process puts anything into the cache. `what`: what is to be obtained, for people. Throws the signal's reason when it fires. */
export async function lockCache(
  cache: string,
  what: string,
  { watch, signal }: Pick<Obtaining, 'watch' | 'signal'>,
): Promise<{ release(): void }> {
  await mkdir(cache, { recursive: true, mode: 0o700 });
  for (let waits = 0; ; waits += 1) {
    signal.throwIfAborted();
    const lock = tryLock(join(cache, 'obtain.lock'));
    if (lock !== undefined) return lock;
    if (waits === 0) watch(`waiting for another process that obtains ${what}`, 0);
    await sleep(pause, undefined, { signal });
  }
}

/** For who has the lock: a new folder of the cache that lasts as long as the work, which moves out of it what is to be kept. */
export async function inUnfinishedFolder<T>(cache: string, work: (folder: string) => Promise<T>): Promise<T> {
  await tidy(cache);
  try {
    return await work(await mkdtemp(join(cache, unfinished)));
  } finally {
    await tidy(cache);
  }
}

const unfinished = 'unfinished-';

/** Also what a process left that was killed: who has the lock is alone. */
async function tidy(cache: string): Promise<void> {
  for (const name of await readdir(cache))
    if (name.startsWith(unfinished)) await rm(join(cache, name), { recursive: true, force: true, maxRetries: 5 });
}
