import { ran, rememberRunning, running } from '../../src/updates/memory.ts';
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
