import { ConflictError } from '../domain/errors.ts';
import type { Locks } from '../domain/locks.ts';
import type { Store } from '../domain/store.ts';

/** How long others may write before this one gives up, milliseconds. */
const patience = 60_000;

/** After so many writes the others have their turn. */
const writesPerHold = 20;

/** The number of the last hold in which somebody wrote, and whether it goes on: one that ended in the middle goes on until the next. */
export interface LastWrite {
  readonly number: number;
  readonly writing: boolean;
}

/**
 * The last write to an environment, `FORGE:PATH`, among all that share the store. Who asks for it before looking at the forge, and again when it is
 * its turn to write, knows whether what it saw is still so, without asking the forge.
 */
export const lastWrite = async (store: Store, repository: string): Promise<LastWrite> =>
  (await store.get<LastWrite>('write', repository)) ?? { number: 0, writing: false };

/** The right to write to an environment, of all that share the store; shared by the writes of one scan. */
export interface Hold {
  /** Of the last write before this hold; undefined when that one ended in the middle. */
  readonly before: number | undefined;
  /** What lastWrite tells when this hold has ended and nobody else has written. */
  readonly number: number;
  /** Throws ConflictError when the lock was lost in the middle. */
  readonly stillHeld: () => void;
}

interface Shared {
  members: number;
  joined: number;
  readonly hold: Promise<Hold>;
  readonly leave: () => void;
  readonly done: Promise<void>;
}

/** Runs writes while nobody else writes to the environment: those that come together share one hold. */
export function writeTurns(locks: Locks, store: Store, repository: string): <T>(write: (hold: Hold) => Promise<T>) => Promise<T> {
  let current: Shared | undefined;
  return async (write) => {
    if (current === undefined || current.joined === writesPerHold) current = begin(locks, store, repository);
    const shared = current;
    shared.members += 1;
    shared.joined += 1;
    try {
      return await write(await shared.hold);
    } finally {
      shared.members -= 1;
      if (shared.members === 0) {
        if (current === shared) current = undefined;
        shared.leave();
        await shared.done;
      }
    }
  };
}

function begin(locks: Locks, store: Store, repository: string): Shared {
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const { promise: hold, resolve, reject } = Promise.withResolvers<Hold>();
  const run = locks.hold(`environment ${repository}`, patience, async (signal) => {
    const { number: last, writing } = await lastWrite(store, repository);
    const number = last + 1;
    await store.put('write', repository, { number, writing: true } satisfies LastWrite);
    resolve({ before: writing ? undefined : last, number, stillHeld: () => requireHeld(signal, repository) });
    await left;
    if (!signal.aborted) await store.put('write', repository, { number, writing: false } satisfies LastWrite);
  });
  return { members: 0, joined: 0, hold, leave, done: run.catch(reject) }; // at the end it harms nobody: the next one looks again
}

function requireHeld(signal: AbortSignal, repository: string): void {
  if (signal.aborted) throw new ConflictError(repository, `${repository}: the lock on it was lost; the next run looks again`);
}
