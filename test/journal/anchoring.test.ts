import { OutsideError } from '../../src/domain/errors.ts';
import type { Entry, NewEntry } from '../../src/domain/journal.ts';
import { anchorTag } from '../../src/journal/anchor.ts';
import { type AnchorPlace, anchored, anchorNewest } from '../../src/journal/anchoring.ts';
import { follow } from '../../src/journal/chain.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { MemoryStore } from '../support/memory-store.ts';

const entry: NewEntry = {
  kind: 'proposal',
  actor: 'lockkeeper',
  what: 'open a merge request: billing 1.5.0',
  why: 'newer',
  links: [],
  facts: {},
};

/** A journal with an hourly tick, and places that keep what they are given unless they are broken. */
function world(names: readonly string[] = ['audit', 'Slack #audit']) {
  const journal = memoryJournal();
  const store = new MemoryStore();
  const warnings: string[] = [];
  const broken = new Set<string>();
  const put: string[] = [];
  let hour = 0;
  const places = names.map(
    (name): AnchorPlace => ({
      name,
      put: async (head) => {
        if (broken.has(name)) throw new OutsideError(name, `${name} does not answer`);
        put.push(`${name} ${anchorTag(head)}`);
      },
    }),
  );
  return {
    journal,
    store,
    warnings,
    broken,
    write: () => journal.append((newest) => follow(newest, [entry], new Date())),
    tag: (name: string, number: number) => `${name} ${anchorTag(journal.kept[number - 1] as Entry)}`,
    put,
    tick: async (): Promise<unknown> => {
      hour += 1;
      const now = () => new Date(Date.UTC(2026, 10, 21, hour));
      return await anchorNewest({ journal, store, now, warn: (text) => warnings.push(text) }, places).catch((error: unknown) => error);
    },
    anchored: async () => {
      const found = await anchored(store, names);
      return found && [found.number, found.at.getUTCHours()];
    },
  };
}

test('an empty journal is put nowhere; then each new head everywhere, once', async () => {
  const { tick, write, put, tag, anchored: state } = world();
  await tick();
  expect(put).toEqual([]);
  expect(await state()).toEqual([0, 0]);
  await write();
  await tick();
  await tick();
  await write();
  await write();
  await tick();
  expect(put).toEqual([tag('audit', 1), tag('Slack #audit', 1), tag('audit', 3), tag('Slack #audit', 3)]);
});

test('what is said of it: the newest entry that all places have, and when that was the newest last', async () => {
  const { tick, write, broken, anchored: state } = world();
  await write();
  await tick();
  await tick();
  expect(await state()).toEqual([1, 2]);
  broken.add('audit');
  await write();
  await tick();
  expect(await state()).toEqual([1, 2]);
  expect(await world([]).anchored()).toBeUndefined();
});

test('a place that fails keeps no other from the hash, and is told to the queue; the next try gives it to that place alone', async () => {
  const { tick, write, put, tag, broken } = world();
  await write();
  broken.add('audit');
  expect(await tick()).toMatchObject({ message: 'audit does not answer' });
  expect(put).toEqual([tag('Slack #audit', 1)]);
  broken.add('Slack #audit');
  await write();
  expect(await tick()).toMatchObject({ message: 'audit does not answer; Slack #audit does not answer' });
  broken.clear();
  expect(await tick()).toBeUndefined();
  expect(put).toEqual([tag('Slack #audit', 1), tag('audit', 2), tag('Slack #audit', 2)]);
});

test.each<[what: string, tamper: (kept: Entry[]) => void]>([
  ['its tail cut off', (kept) => kept.splice(1)],
  ['all of it taken away', (kept) => kept.splice(0)],
  ['written anew from some entry on', (kept) => kept.splice(0, 3, ...follow(undefined, [entry, entry, entry, entry], new Date(0)))],
])('a journal with %s is noticed at the next tick, and anchored as it is now', async (_, tamper) => {
  const { journal, tick, write, warnings, put } = world(['audit']);
  for (let at = 0; at < 3; at += 1) await write();
  await tick();
  tamper(journal.kept);
  await tick();
  expect(warnings).toEqual(['the journal has lost entry 3, whose hash audit has: lockkeeper journal verify says more']);
  const newest = journal.kept.at(-1);
  expect(put.slice(1)).toEqual(newest === undefined ? [] : [`audit ${anchorTag(newest)}`]);
});
