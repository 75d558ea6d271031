import { nextRun } from '../../../src/deploy/lock/run-id.ts';

const now = new Date('2026-11-21T18:59:58.700Z');

test.each([
  ['the first run', undefined, '20261121185958'],
  ['a run after others', '20261120233632', '20261121185958'],
  ['two runs in one second', '20261121185958', '20261121185959'],
  ['a clock that went backwards, over the end of a year', '20261231235959', '20270101000000'],
  ['a last run that is no time', '20260631000000', '20261121185958'],
  ['a last run in another form', '2026-11-30', '20261121185958'],
  ['a last run of more digits', '202611301200000', '20261121185958'],
  ['a last run that nothing can be later than', '99991231235959', '20261121185958'],
  ['an empty last run', '', '20261121185958'],
])('%s', (_, last, run) => {
  expect(nextRun(now, last)).toBe(run);
});

test('digits that sort as numbers and as text', () => {
  const runs: string[] = [];
  for (let last: string | undefined; runs.length < 100; runs.push(last)) last = nextRun(now, last);
  expect(runs.toSorted()).toEqual(runs);
  expect(runs.map(Number).toSorted((a, b) => a - b)).toEqual(runs.map(Number));
});
