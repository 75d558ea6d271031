import { approvalOf } from '../../../src/deploy/record/approved.ts';
import type { ObjectId } from '../../../src/domain/finding.ts';
import { keepPlan, keptPlan } from '../../../src/plan/kept-plan.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const object = (name: string): ObjectId => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name });
const planned = (id: number, ...names: readonly string[]) => ({ request: { id }, plan: { prune: names.map(object) } });
const unplanned = (id: number) => ({ request: { id }, plan: undefined });

test('what all plans had, and what earlier ones had and is still there', () => {
  expect(approvalOf([planned(1, 'a', 'b'), planned(2, 'c')], [object('left')]).prune).toEqual(['left', 'a', 'b', 'c'].map(object));
});

test('a plan that deletes nothing lets nothing be deleted', () => {
  expect(approvalOf([planned(1)], [])).toEqual({ prune: [], by: 'merge request 1' });
});

test('without a merge request there is nothing to compare with', () => {
  expect(approvalOf([], [object('left')])).toEqual({});
});

test('one that nobody was shown a plan of is told of, and nothing is compared', () => {
  const { prune, note } = approvalOf([planned(1, 'a'), unplanned(2), unplanned(3)], []);
  expect([prune, note]).toEqual([
    undefined,
    'What is pruned was not compared with what was approved: nobody was shown a plan of merge requests 2 and 3.',
  ]);
});

test('plans are kept by the head that they are of, the last one counts, and a merge request is found by any of its commits', async () => {
  const store = new MemoryStore();
  const repository = { forge: 'gitlab', path: 'env' };
  const plan = (name: string) => ({ prune: [{ object: object(name), lost: 'its data' }] });
  await keepPlan(store, repository, 'head', plan('a'));
  await keepPlan(store, repository, 'head', plan('b'));
  expect(await keptPlan(store, repository, ['merge', 'head'])).toEqual({ prune: [object('b')] });
  expect(await keptPlan(store, repository, ['merge'])).toBeUndefined();
  expect(await keptPlan(store, { ...repository, path: 'other' }, ['head'])).toBeUndefined();
});
