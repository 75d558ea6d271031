import { OutsideError } from '../../src/domain/errors.ts';
import type { Entry, NewEntry } from '../../src/domain/journal.ts';
import { type Anchor, follow } from '../../src/journal/chain.ts';
import { watchChain } from '../../src/journal/watch.ts';
import { memoryJournal } from '../support/memory-journal.ts';

const now = new Date('2026-11-21T08:00:00.123Z');
const entry = (what: string): NewEntry => ({ kind: 'proposal', actor: 'lockkeeper', what, why: 'newer', links: [], facts: {} });

function world(length: number, anchors: () => Promise<readonly Anchor[]> = () => Promise.resolve([])) {
  const journal = memoryJournal();
  const reads: number[] = [];
  const add = (count: number): void =>
    void journal.kept.push(
      ...follow(
        journal.kept.at(-1),
        Array.from({ length: count }, (_, index) => entry(`${index}`)),
        now,
      ),
    );
  add(length);
  const watch = watchChain({
    journal: () => ({
      entries: (from = 1) => {
        reads.push(from);
        return journal.entries(from);
      },
    }),
    anchors,
    now: () => now,
  });
  return { kept: journal.kept, add, reads, ...watch };
}

const head = (kept: readonly Entry[], number: number): Pick<Entry, 'number' | 'hash'> => {
  const { hash = '' } = kept[number - 1] ?? {};
  return { number, hash };
};

test('nothing is known before the first look, and an empty journal is whole', async () => {
  const { verified, look } = world(0);
  expect(verified()).toBeUndefined();
  await look(false);
  expect(verified()).toEqual({ newest: undefined, anchors: 0, problems: [], broken: 0, at: now.toISOString() });
});

test('after the first look only what was added is read', async () => {
  const { kept, add, reads, verified, look } = world(5);
  await look(false);
  expect(reads).toEqual([1]);
  add(3);
  await look(false);
  expect(reads).toEqual([1, 5, 6]);
  expect(verified()).toMatchObject({ newest: head(kept, 8), problems: [] });
  await look(true);
  expect(reads.slice(3)).toEqual([8, 1]);
});

test.each<[string, (kept: Entry[]) => void, boolean, string]>([
  [
    'a new entry was changed',
    (kept) => kept.splice(6, 1, { ...(kept[6] as Entry), what: 'nothing' }),
    false,
    'changed after it was written',
  ],
  ['a new entry was taken out', (kept) => kept.splice(6, 1), false, 'entry 7 is missing before it'],
  ['the tail was cut', (kept) => kept.splice(3), false, 'its tail was cut off'],
  [
    'all was written anew',
    (kept) =>
      kept.splice(
        0,
        8,
        ...follow(
          undefined,
          Array.from({ length: 8 }, () => entry('x')),
          now,
        ),
      ),
    false,
    'was written anew',
  ],
  [
    'an old entry was changed, at the next whole look',
    (kept) => kept.splice(1, 1, { ...(kept[1] as Entry), why: 'x' }),
    true,
    'changed after it was written',
  ],
])('%s: it is said, and said at every look that follows', async (_, tamper, whole, problem) => {
  const { kept, add, verified, look } = world(5);
  await look(false);
  add(3);
  tamper(kept);
  await look(whole);
  expect(verified()?.problems[0]?.problem).toContain(problem);
  add(1);
  await look(false);
  expect(verified()?.problems[0]?.problem).toContain(problem);
});

test('what was cut is said also when it is read from the beginning again', async () => {
  const { kept, verified, look } = world(5);
  await look(false);
  kept.splice(3);
  await look(false);
  await look(true);
  expect(verified()).toMatchObject({ broken: 1, problems: [{ number: 5 }] });
  expect(verified()?.problems[0]?.problem).toContain('the memory of this service has its hash, and the journal ends at entry 3');
});

test('hashes kept elsewhere are compared, and where they cannot be asked for that is said, and what they showed stands', async () => {
  let away = false;
  const { verified, look } = world(3, async () => {
    if (away) throw new OutsideError('gitlab', 'gitlab does not answer');
    return [{ number: 2, hash: 'f'.repeat(64), place: 'gitlab:platform/audit' }];
  });
  await look(true);
  expect(verified()).toMatchObject({ anchors: 1, broken: 1 });
  away = true;
  await look(true);
  expect(verified()).toMatchObject({ anchors: 1, broken: 1 });
  expect(verified()?.unread).toContain('gitlab does not answer');
});

test('of many problems the first are told, and how many there are', async () => {
  const { kept, verified, look } = world(60);
  for (const [at, one] of kept.entries()) kept[at] = { ...one, what: 'x' };
  await look(true);
  expect(verified()).toMatchObject({ broken: 60 });
  expect(verified()?.problems).toHaveLength(20);
});
