import pLimit from 'p-limit';
import { ConflictError, OutsideError } from '../../src/domain/errors.ts';
import type { Locks } from '../../src/domain/locks.ts';
import { lastWrite, writeTurns } from '../../src/updates/write-turns.ts';
import { MemoryStore } from '../support/memory-store.ts';

const repository = 'gitlab:platform/staging';

/** A lock that nobody else wants, and how often it was held. */
function freeLocks(signal = new AbortController().signal): Locks & { readonly held: string[] } {
  const held: string[] = [];
  const one = pLimit(1);
  return {
    held,
    hold: (name, _, work) =>
      one(() => {
        held.push(name);
        return work(signal);
      }),
  };
}

test('each hold has a number, and while it goes on the last write goes on', async () => {
  const store = new MemoryStore();
  const turns = writeTurns(freeLocks(), store, repository);
  expect(await lastWrite(store, repository)).toEqual({ number: 0, writing: false });
  await turns(async ({ before, number }) => {
    expect([before, number, await lastWrite(store, repository)]).toEqual([0, 1, { number: 1, writing: true }]);
  });
  expect(await lastWrite(store, repository)).toEqual({ number: 1, writing: false });
  expect(await turns(async ({ before }) => before)).toBe(1);
  expect(await lastWrite(store, 'gitlab:platform/production')).toEqual({ number: 0, writing: false });
});

test('writes that come together share a hold, and others have their turn after twenty', async () => {
  const locks = freeLocks();
  const turns = writeTurns(locks, new MemoryStore(), repository);
  const numbers = await Promise.all(Array.from({ length: 45 }, () => turns(async ({ number }) => number)));
  expect(locks.held).toEqual(Array(3).fill(`environment ${repository}`));
  expect(numbers.filter((number) => number === numbers[0])).toHaveLength(20);
});

test('after a process that died while it wrote, nothing that was seen before counts', async () => {
  const store = new MemoryStore();
  const dying = writeTurns(freeLocks(), store, repository);
  const begun = Promise.withResolvers<void>();
  void dying(() => new Promise(() => begun.resolve()));
  await begun.promise;
  expect(await lastWrite(store, repository)).toEqual({ number: 1, writing: true });
  expect(await writeTurns(freeLocks(), store, repository)(async ({ before, number }) => [before, number])).toEqual([undefined, 2]);
  expect(await lastWrite(store, repository)).toEqual({ number: 2, writing: false });
});

test('a lock that is lost in the middle: nothing more is begun, and nothing is said to be complete', async () => {
  const store = new MemoryStore();
  const lost = new AbortController();
  const writing = writeTurns(
    freeLocks(lost.signal),
    store,
    repository,
  )(async ({ stillHeld }) => {
    stillHeld();
    lost.abort();
    stillHeld();
  });
  await expect(writing).rejects.toThrow(ConflictError);
  expect(await lastWrite(store, repository)).toEqual({ number: 1, writing: true });
});

test('who cannot have the lock is told, and may try again; a write that fails gives it back', async () => {
  const free = freeLocks();
  let refused = true;
  const locks: Locks = {
    hold: (name, patience, work) => (refused ? Promise.reject(new OutsideError(name, 'held by another')) : free.hold(name, patience, work)),
  };
  const store = new MemoryStore();
  const turns = writeTurns(locks, store, repository);
  let written = 0;
  const write = async (): Promise<number> => {
    written += 1;
    return written;
  };
  const both = await Promise.allSettled([turns(write), turns(write)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(written).toBe(0);
  refused = false;
  await expect(turns(() => Promise.reject(new Error('502')))).rejects.toThrow('502');
  expect(await turns(write)).toBe(1);
  expect(await lastWrite(store, repository)).toEqual({ number: 2, writing: false });
});
