import { isNewAt, ran, rememberReleases, rememberRunning, running } from '../../src/updates/memory.ts';
import { MemoryStore } from '../support/memory-store.ts';

const hour = 3_600_000;
const start = Date.parse('2026-11-20T00:00:00Z');
const at = (hours: number) => new Date(start + hours * hour);

test('what an environment runs is remembered since when; of what left it, for how long it was seen there', async () => {
  const store = new MemoryStore();
  const look = (hours: number, ...keys: readonly string[]) => rememberRunning(store, 'staging', keys, at(hours));
  await look(0, 'a 1.0.0', 'b 2.0.0');
  await look(24, 'a 1.0.0', 'b 2.0.0');
  await look(30, 'a 1.1.0', 'b 2.0.0');
  expect(await running(store, 'staging')).toEqual({ 'a 1.1.0': at(30).toISOString(), 'b 2.0.0': at(0).toISOString() });
  expect(await ran(store, 'staging')).toEqual({ 'a 1.0.0': 24 * hour });
});

test('nobody looked for a week: that it ran all the while is not known, and a short stretch later shortens nothing', async () => {
  const store = new MemoryStore();
  const look = (hours: number, ...keys: readonly string[]) => rememberRunning(store, 'staging', keys, at(hours));
  await look(0, 'a 1.0.0');
  await look(2, 'a 1.0.0');
  await look(170, 'a 1.1.0');
  await look(171, 'a 1.0.0');
  await look(172);
  expect(await ran(store, 'staging')).toEqual({ 'a 1.0.0': 2 * hour, 'a 1.1.0': 0 });
});

test.each<[string, readonly (readonly [hour: number, versions: readonly string[]])[], boolean]>([
  ['never seen', [], false],
  ['seen at the first look at all: how old it is nobody knows', [[2, ['1.4.0', '1.5.0']]], false],
  [
    'seen before',
    [
      [0, ['1.4.0']],
      [1, ['1.5.0']],
      [2, ['1.6.0']],
    ],
    false,
  ],
  [
    'first seen by this scan',
    [
      [0, ['1.4.0']],
      [2, ['1.4.0', '1.5.0']],
    ],
    true,
  ],
])('a version is new at a scan: %s', async (_, looks, expected) => {
  const store = new MemoryStore();
  const of = { datasource: 'oci', name: 'registry.example.com/billing' } as const;
  for (const [hours, versions] of looks) {
    await rememberReleases(
      store,
      of,
      versions.map((version) => ({ version })),
      at(hours),
    );
  }
  expect(await isNewAt(store, of, '1.5.0', at(2))).toBe(expected);
});
