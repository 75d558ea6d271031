import { knownDrift, rememberDrift, seen } from '../../../src/deploy/drift/drift-memory.ts';
import type { Drift } from '../../../src/domain/deployment.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const drift = (name: string, kind: Drift['kind'] = 'changed', summary = 'spec.replicas'): Drift => ({
  object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name },
  kind,
  summary,
});
const at = (hour: number) => new Date(Date.UTC(2026, 10, 21, hour));
const of = (hour: number, corrects = false) => ({ place: 'staging in shared', commit: 'a', corrects, now: at(hour) });

test('the same finding is no news, whatever its order, and counts from when it began', () => {
  const first = seen(undefined, [drift('web'), drift('api', 'missing')], of(1));
  expect(first).toMatchObject({
    isNews: true,
    memory: { since: at(1).toISOString(), counts: { changed: 1, missing: 1, 'left-over': 0, unknown: 0, 'not-deployed': 0 } },
  });
  const second = seen(first.memory, [drift('api', 'missing'), drift('web')], of(2));
  expect(second).toMatchObject({ isNews: false, memory: { since: at(1).toISOString() } });
  const third = seen(second.memory, [drift('web')], of(3));
  expect(third).toMatchObject({ isNews: true, memory: { since: at(1).toISOString() } });
  const gone = seen(third.memory, [], of(4));
  expect(gone).toMatchObject({ isNews: true, memory: { since: at(1).toISOString(), finding: '', counts: { changed: 0 } } });
  expect(seen(gone.memory, [], of(5)).isNews).toBe(false);
  expect(seen(gone.memory, [drift('web')], of(6))).toMatchObject({ isNews: true, memory: { since: at(6).toISOString() } });
});

test('that all is fine from the beginning is no news, nor is what no run has come to yet', () => {
  expect(seen(undefined, [], of(1)).isNews).toBe(false);
  expect(seen(undefined, [drift('web', 'not-deployed')], of(1))).toMatchObject({
    isNews: false,
    memory: { counts: { 'not-deployed': 1 } },
  });
});

test.each<[Drift['kind'], boolean, boolean]>([
  ['changed', true, true],
  ['missing', true, true],
  ['left-over', true, true],
  ['unknown', true, false],
  ['not-deployed', true, false],
  ['changed', false, false],
])('what is %s is set back where that is wanted (%s): %s', (kind, corrects, expected) => {
  expect(seen(undefined, [drift('web', kind)], of(1, corrects)).memory.correct).toBe(expected);
});

test('what no deployment takes back is not tried again and again', () => {
  expect(seen(undefined, [{ ...drift('web'), stays: true }], of(1, true)).memory.correct).toBe(false);
  expect(seen(undefined, [{ ...drift('web'), stays: true }, drift('api')], of(1, true)).memory.correct).toBe(true);
});

test('what was seen in another place says nothing of here', async () => {
  const store = new MemoryStore();
  const repository = { forge: 'gitlab', path: 'env' };
  const { memory } = seen(undefined, [drift('web')], of(1));
  await rememberDrift(store, repository, memory);
  expect(await knownDrift(store, repository, memory.place)).toEqual(memory);
  expect(await knownDrift(store, repository, 'staging in other')).toBeUndefined();
});
