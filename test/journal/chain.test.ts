import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Entry, NewEntry } from '../../src/domain/journal.ts';
import { anchorsAmong, anchorTag, readHead } from '../../src/journal/anchor.ts';
import { follow, verifyChain } from '../../src/journal/chain.ts';
import { createJournal } from '../../src/journal/record.ts';
import { memoryJournal } from '../support/memory-journal.ts';

const now = new Date('2026-11-21T08:00:00.123Z');

const entry = (what: string): NewEntry => ({
  kind: 'proposal',
  actor: 'lockkeeper',
  environment: 'staging',
  what,
  why: 'a newer release',
  links: ['https://gitlab.example.com/-/merge_requests/1'],
  facts: { app: 'billing', to: '1.5.0' },
});

const chain = (length: number): Entry[] =>
  follow(
    undefined,
    Array.from({ length }, (_, index) => entry(`open ${index + 1}`)),
    now,
  );

const verify = (entries: readonly Entry[], anchors: Parameters<typeof verifyChain>[1] = []) =>
  verifyChain(memoryJournal([...entries]).entries(), anchors);

test('an entry is numbered, dated and chained, with the hash that anybody can compute', () => {
  const [first, second] = chain(2);
  const { hash, ...rest } = first as Entry;
  expect(rest).toEqual({ ...entry('open 1'), number: 1, at: '2026-11-21T08:00:00.123Z', previous: '0'.repeat(64) });
  const canonical =
    '{"actor":"lockkeeper","at":"2026-11-21T08:00:00.123Z","environment":"staging","facts":{"app":"billing","to":"1.5.0"},"kind":"proposal","links":["https://gitlab.example.com/-/merge_requests/1"],"number":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","what":"open 1","why":"a newer release"}';
  expect(hash).toBe(createHash('sha256').update(canonical).digest('hex'));
  expect(second).toMatchObject({ number: 2, previous: hash });
});

test('what no storage keeps is not part of an entry', async () => {
  const [odd] = follow(undefined, [{ ...entry('half \ud800 a character'), environment: undefined } as unknown as NewEntry], now);
  expect(odd?.what).toBe('half \ufffd a character');
  expect(await verify([JSON.parse(JSON.stringify(odd)) as Entry])).toMatchObject({ problems: [] });
});

describe('verify names what was done to the journal', () => {
  const five = chain(5);
  const anchor = { number: 5, hash: five[4]?.hash ?? '', place: 'gitlab:platform/audit' };
  const tampered = (change: (entries: Entry[]) => void): Entry[] => {
    const entries = structuredClone(five);
    change(entries);
    return entries;
  };
  const rewritten = (entries: Entry[], from: number): void => {
    const again = follow(
      entries[from - 2],
      entries.slice(from - 1).map((one) => ({ ...entry(`${one.what}!`) })),
      now,
    );
    entries.splice(from - 1, entries.length, ...again);
  };

  test('nothing, when nothing was', async () => {
    expect(await verify(five, [anchor])).toEqual({ entries: 5, newest: { number: 5, hash: anchor.hash }, anchors: 1, problems: [] });
    expect(await verify([])).toEqual({ entries: 0, newest: undefined, anchors: 0, problems: [] });
  });

  test.each<[string, (entries: Entry[]) => void, number, string]>([
    ['a changed text', (all) => Object.assign(all[2] ?? {}, { why: 'no reason' }), 3, 'changed after it was written'],
    ['a changed time', (all) => Object.assign(all[2] ?? {}, { at: '2026-11-20T08:00:00.123Z' }), 3, 'changed after it was written'],
    ['a removed entry', (all) => all.splice(2, 1), 4, 'entry 3 is missing before it'],
    ['two removed entries', (all) => all.splice(1, 2), 4, 'entries 2 to 3 are missing before it'],
    ['the first removed', (all) => all.splice(0, 1), 2, 'entry 1 is missing before it'],
    ['a doubled entry', (all) => all.splice(2, 0, all[1] as Entry), 2, 'stands after entry 2'],
    ['two entries swapped', (all) => all.splice(1, 2, all[2] as Entry, all[1] as Entry), 2, 'stands after entry 3'],
    ['a cut tail', (all) => all.splice(3), 5, 'gitlab:platform/audit has its hash, and the journal ends at entry 3'],
    ['everything gone', (all) => all.splice(0), 5, 'the journal ends at entry 0'],
    ['the end written anew', (all) => rewritten(all, 4), 5, 'is not the entry whose hash was put in gitlab:platform/audit'],
  ])('%s', async (_, change, number, problem) => {
    const { problems } = await verify(tampered(change), [anchor]);
    expect(problems).toContainEqual({ number, problem: expect.stringContaining(problem) });
  });

  test('an entry changed together with its hash no longer leads to the next', async () => {
    const forged = tampered((all) => {
      const [, again] = follow(all[0], [entry('other'), entry('unused')], now);
      expect(again).toBeDefined();
      all.splice(1, 1, ...follow(all[0], [entry('other')], now));
    });
    expect((await verify(forged)).problems).toEqual([{ number: 3, problem: expect.stringContaining('entry 2') }]);
  });

  test('any change of any one value', async () => {
    const values = Object.keys(five[0] ?? {});
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 2, 3, 4), fc.constantFrom(...values), fc.string(), async (at, key, text) => {
        const entries = tampered((all) => Object.assign(all[at] ?? {}, { [key]: key === 'number' ? 9 : `${text}!` }));
        expect((await verify(entries, [anchor])).problems).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

test('an anchor is a tag, read back as it was written, among others', () => {
  const [newest] = chain(1) as [Entry];
  const tags = [anchorTag(newest), 'v1.0.0', 'lockkeeper-journal/', 'lockkeeper-journal/x-1', `lockkeeper-journal/1-${'g'.repeat(64)}`];
  expect(
    anchorsAmong(
      tags.map((name) => ({ name, commit: 'c' })),
      'gitlab:audit',
    ),
  ).toEqual([{ number: 1, hash: newest.hash, place: 'gitlab:audit' }]);
  expect(readHead(`1:${newest.hash}`, '--head')).toMatchObject({ number: 1, hash: newest.hash });
});

test('what is recorded at once is kept in order, in few writes, and each learns its own number', async () => {
  const store = memoryJournal();
  const writes: number[] = [];
  const append: typeof store.append = (link) => {
    writes.push(store.kept.length);
    return store.append(link);
  };
  const journal = createJournal({ ...store, append }, () => now);
  const entries = await Promise.all(Array.from({ length: 50 }, (_, index) => journal.record(entry(`open ${index + 1}`))));
  expect(entries.map(({ what, number }) => [what, number])).toEqual(store.kept.map(({ what, number }) => [what, number]));
  expect(writes.length).toBeLessThan(5);
  expect((await verify(store.kept)).problems).toEqual([]);
});

test('a journal that cannot be written fails those who record, and those after them may succeed', async () => {
  const store = memoryJournal();
  let broken = true;
  const append: typeof store.append = (link) => (broken ? Promise.reject(new Error('disk full')) : store.append(link));
  const journal = createJournal({ ...store, append }, () => now);
  await expect(Promise.all([journal.record(entry('a')), journal.record(entry('b'))])).rejects.toThrow('disk full');
  broken = false;
  expect(await journal.record(entry('c'))).toMatchObject({ number: 1, what: 'c' });
});
