import { missedDeliveries, rememberTold, type Suspect, suspect } from '../../src/webhooks/missed.ts';
import { MemoryStore } from '../support/memory-store.ts';

const host = 'registry.example.com';
const billing = `${host}/payments/billing`;
const at = (time: string): Date => new Date(`2026-11-21T${time}:00.000Z`);
const found = (time = '12:00', name = billing, version = '1.5.0'): Suspect => ({ package: name, version, at: at(time).toISOString() });

test.each<[string, { told?: string; other?: string; found?: readonly Suspect[]; now?: string }, readonly string[]]>([
  ['nobody told', { other: '09:00', found: [found()] }, [`registry/${host} ${billing} 1.5.0`]],
  ['told an hour before, of an earlier version', { told: '11:00', found: [found()] }, [`registry/${host} ${billing} 1.5.0`]],
  ['the delivery came while the scan ran', { told: '12:02', found: [found()] }, []],
  ['the delivery came just before the scan, and its look failed', { told: '11:55', found: [found()] }, []],
  ['it may still be on its way', { other: '09:00', found: [found()], now: '12:09' }, []],
  ['the registry never told of anything', { found: [found()] }, []],
  ['a registry that is not to tell', { other: '09:00', found: [found('12:00', 'docker.io/library/nginx')] }, []],
  ['in several environments: once', { other: '09:00', found: [found(), found()] }, [`registry/${host} ${billing} 1.5.0`]],
])('%s', async (_, scene, expected) => {
  const store = new MemoryStore();
  if (scene.other !== undefined) await rememberTold(store, `${host}/other`, at(scene.other));
  if (scene.told !== undefined) await rememberTold(store, billing, at(scene.told));
  await suspect(store, scene.found ?? [], [host]);
  const missed = await missedDeliveries(store, at(scene.now ?? '12:23'));
  expect(missed.map(({ sender, package: name, version }) => `${sender} ${name} ${version}`)).toEqual(expected);
});

test('what was not sure yet is looked at again; what was said is not said twice', async () => {
  const store = new MemoryStore();
  await rememberTold(store, `${host}/other`, at('09:00'));
  await suspect(store, [found('12:00')], [host]);
  await suspect(store, [found('12:20', `${host}/web`)], [host]);
  const names = async (now: string) => (await missedDeliveries(store, at(now))).map(({ package: name }) => name);
  expect(await names('12:23')).toEqual([billing]);
  expect(await names('13:23')).toEqual([`${host}/web`]);
  expect(await names('14:23')).toEqual([]);
});
