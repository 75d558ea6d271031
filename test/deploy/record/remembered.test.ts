import {
  commitInCluster,
  corrected,
  type Decision,
  decide,
  memoryAfter,
  placeOf,
  type Remembered,
  remember,
  remembered,
  timeOf,
} from '../../../src/deploy/record/remembered.ts';
import type { DeployOutcome } from '../../../src/domain/deployment.ts';
import type { ObjectId } from '../../../src/domain/finding.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const place = placeOf('staging', 'shared');
const repository = { forge: 'gitlab', path: 'platform/staging' };
const object = (name: string): ObjectId => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name });
const known = (outcome: DeployOutcome, commit = 'a', good?: Remembered['good']): Remembered => ({
  place,
  last: { commit, run: '20261121120000', outcome, rules: 'r1' },
  ...(good !== undefined && { good }),
  outstanding: [object('left')],
});

test.each<[string, Remembered | undefined, string, string, Decision['kind']]>([
  ['nothing is known', undefined, 'a', 'r1', 'run'],
  ['deployed well', known('succeeded'), 'a', 'r1', 'skip'],
  ['deployed well, by other settings', known('succeeded'), 'a', 'r2', 'skip'],
  ['another commit', known('succeeded'), 'b', 'r1', 'run'],
  ['failed', known('failed'), 'a', 'r1', 'skip'],
  ['failed, by other settings', known('failed'), 'a', 'r2', 'run'],
  ['refused', known('refused'), 'a', 'r1', 'skip'],
  ['another one after a failure', known('failed'), 'b', 'r1', 'run'],
  ['back to the good one after a failure', known('failed', 'b', { commit: 'a', run: '20261121110000' }), 'a', 'r1', 'run'],
])('%s', (_, before, commit, rules, kind) => {
  expect(decide(commit, rules, before).kind).toBe(kind);
});

test.each<[string, Remembered | undefined, string | undefined]>([
  ['nothing ran', undefined, undefined],
  ['after a good run', known('succeeded', 'b'), 'b'],
  ['after one that failed half-way', known('failed', 'b', { commit: 'a', run: 'x' }), 'b'],
  ['after one that wrote nothing', known('refused', 'b', { commit: 'a', run: 'x' }), 'a'],
  ['where none wrote anything', known('refused', 'b'), undefined],
])('what the cluster should be like: %s', (_, before, commit) => {
  expect(commitInCluster(before)).toBe(commit);
});

describe('after a run', () => {
  const of = { place, commit: 'b', rules: 'r2' };
  const report = (outcome: DeployOutcome, pruned: readonly ObjectId[] = []) => ({ run: '20261121130000', outcome, pruned });

  test('a good one is what the next is compared with, and what was allowed and not pruned yet stays allowed', () => {
    const next = memoryAfter(known('failed'), report('succeeded', [object('one')]), { ...of, allowed: [object('one'), object('two')] });
    expect(next).toEqual({
      place,
      last: { commit: 'b', run: '20261121130000', outcome: 'succeeded', rules: 'r2' },
      good: { commit: 'b', run: '20261121130000' },
      outstanding: [object('two')],
    });
  });

  test('where nothing was compared, what was allowed before stays so', () => {
    expect(memoryAfter(known('succeeded'), report('succeeded'), of).outstanding).toEqual([object('left')]);
    expect(memoryAfter(known('succeeded'), report('succeeded', [object('left')]), of).outstanding).toEqual([]);
  });

  test.each(['failed', 'refused'] as const)('one that %s leaves the last good one', (outcome) => {
    const good = { commit: 'a', run: '20261121110000' };
    const next = memoryAfter(known('succeeded', 'a', good), report(outcome), { ...of, allowed: [object('one')] });
    expect([next.last.outcome, next.good, next.outstanding]).toEqual([outcome, good, [object('left')]]);
  });
});

test('what ran in another cluster, or under another name, says nothing of here', async () => {
  const store = new MemoryStore();
  await remember(store, repository, known('succeeded'));
  expect(await remembered(store, repository, place)).toEqual(known('succeeded'));
  expect(await remembered(store, repository, placeOf('staging', 'other'))).toBeUndefined();
  expect(await remembered(store, { ...repository, path: 'platform/production' }, place)).toBeUndefined();
});

test('a run says when it began', () => {
  expect(timeOf('20261120233632').toISOString()).toBe('2026-11-20T23:36:32.000Z');
});

describe('what the cluster says of the last run', () => {
  const of = { place, repository: 'gitlab:platform/staging', rules: 'r1' };
  const seen = { run: '20261121130000', repository: of.repository, commit: 'b', succeeded: true };
  const better = { place, last: { commit: 'b', run: seen.run, outcome: 'succeeded', rules: 'r1' }, good: { commit: 'b', run: seen.run } };

  test.each<[string, Remembered | undefined, Parameters<typeof corrected>[1], object | undefined]>([
    ['nothing is known, and it says nothing', undefined, undefined, undefined],
    ['a lost store', undefined, seen, { ...better, outstanding: [] }],
    ['a later run of somebody else', known('failed'), seen, { ...better, outstanding: [object('left')] }],
    ['a run that is not over, or failed', known('failed'), { ...seen, succeeded: false }, known('failed')],
    ['a folder as it lay there', known('failed'), { run: seen.run, succeeded: true }, known('failed')],
    ["another repository's", known('failed'), { ...seen, repository: 'gitlab:other' }, known('failed')],
    ['an older run', known('failed'), { ...seen, run: '20261121110000' }, known('failed')],
  ])('%s', (_, before, leased, expected) => {
    expect(corrected(before, leased, of)).toEqual(expected);
  });
});
