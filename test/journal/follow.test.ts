import type { Entry, NewEntry } from '../../src/domain/journal.ts';
import { follow } from '../../src/journal/chain.ts';
import { followJournal } from '../../src/journal/follow.ts';
import { memoryJournal } from '../support/memory-journal.ts';

const now = new Date('2026-11-21T08:00:00.123Z');

const entry = (number: number, what = `open ${number}`): NewEntry => ({
  kind: 'proposal',
  actor: 'lockkeeper',
  environment: number % 2 === 0 ? 'staging' : 'production',
  what,
  why: 'a newer release',
  links: [],
  facts: { app: number % 3 === 0 ? 'search' : 'billing' },
});

const chain = (length: number): Entry[] =>
  follow(
    undefined,
    Array.from({ length }, (_, index) => entry(index + 1)),
    now,
  );

async function numbers(entries: AsyncIterable<Entry>, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const found: number[] = [];
  for await (const { number } of entries) {
    found.push(number);
    if (found.length >= most) break;
  }
  return found;
}

const down = (from: number, to = 1): number[] => Array.from({ length: from - to + 1 }, (_, index) => from - index);

/** Says from which number on it was read, each time. */
function watched(kept: Entry[]) {
  const journal = memoryJournal(kept);
  const reads: number[] = [];
  return {
    reads,
    journal: {
      ...journal,
      entries: (from = 1) => {
        reads.push(from);
        return journal.entries(from);
      },
    },
  };
}

test.each([
  ['an empty journal', 0, undefined, []],
  ['all of it', 7, undefined, down(7)],
  ['from the one before a number on', 7, 4, down(3)],
  ['before the first', 7, 1, []],
  ['before a number that is yet to come', 7, 99, down(7)],
])('newest first: %s', async (_, length, before, expected) => {
  const { newestFirst } = followJournal(() => memoryJournal(chain(length)));
  expect(await numbers(newestFirst(before))).toEqual(expected);
});

test('what is not held is read from the store in its order, without a gap and nothing twice', async () => {
  const { newestFirst } = followJournal(() => memoryJournal(chain(1_700)), { entries: 100, characters: 1_000_000 });
  expect(await numbers(newestFirst())).toEqual(down(1_700));
  expect(await numbers(newestFirst(1_650))).toEqual(down(1_649));
  expect(await numbers(newestFirst(1_200))).toEqual(down(1_199));
});

test('only what was added since is read, once for all who ask', async () => {
  const kept = chain(10);
  const { reads, journal } = watched(kept);
  const { newestFirst, entriesOf } = followJournal(() => journal);
  await Promise.all([numbers(newestFirst(), 1), entriesOf('staging', 'billing'), numbers(newestFirst(), 1)]);
  kept.push(...follow(kept.at(-1), [entry(11)], now));
  expect(await numbers(newestFirst(), 2)).toEqual([11, 10]);
  expect(reads).toEqual([1, 11]);
});

test('so many are held and no more, and the first reading begins with the oldest of them', async () => {
  const kept = chain(1_000);
  const { reads, journal } = watched(kept);
  const { entriesOf, newestFirst } = followJournal(() => journal, { entries: 12, characters: 1_000_000 });
  expect((await entriesOf('staging', 'billing')).map(({ number }) => number)).toEqual([1_000, 998, 994, 992]);
  expect(reads).toEqual([989]);
  kept.push(
    ...follow(
      kept.at(-1),
      Array.from({ length: 600 }, (_, index) => entry(1_001 + index)),
      now,
    ),
  );
  expect((await entriesOf('production', 'search')).at(0)?.number).toBe(1_599);
  const held = (await entriesOf('production', 'search')).length;
  expect(held).toBeLessThan(120);
  expect(await numbers(newestFirst(), 700)).toEqual(down(1_600, 901));
});

test('long entries are let go earlier', async () => {
  const long = 'x'.repeat(10_000);
  const kept = follow(
    undefined,
    Array.from({ length: 50 }, () => entry(2, long)),
    now,
  );
  const { entriesOf, newestFirst } = followJournal(() => memoryJournal(kept), { entries: 1_000, characters: 100_000 });
  const held = await entriesOf('staging', 'billing');
  expect(held.length).toBeGreaterThan(8);
  expect(held.length).toBeLessThan(16);
  expect(await numbers(newestFirst())).toEqual(down(50));
});

test('where entries are missing the others come all the same, once each', async () => {
  const kept = chain(1_300).filter(({ number }) => number < 300 || number > 420);
  const { newestFirst } = followJournal(() => memoryJournal(kept), { entries: 50, characters: 1_000_000 });
  expect(await numbers(newestFirst())).toEqual([...down(1_300, 421), ...down(299)]);
});

test('a store that fails is asked again by the next who asks', async () => {
  const journal = memoryJournal(chain(3));
  let fails = true;
  const { newestFirst } = followJournal(() => {
    if (fails) throw new Error('the disk is away');
    return journal;
  });
  await expect(numbers(newestFirst())).rejects.toThrow('the disk is away');
  fails = false;
  expect(await numbers(newestFirst())).toEqual([3, 2, 1]);
});
