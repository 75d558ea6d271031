import type { AppHistory } from '../../../src/domain/fleet.ts';
import { changedApps, historyAfter, type Rows } from '../../../src/updates/fleet/history.ts';

/** `web 1.0 2.0`: a package and its versions. */
const rows = (...texts: readonly string[]): Rows =>
  texts.flatMap((text) => {
    const [name = '', ...versions] = text.split(' ');
    return versions.map((version) => ({ app: 'shop', package: name, version }));
  });

/** The history of an app through its states, hour by hour. */
function lived(...states: readonly (readonly string[])[]): string[] {
  let [known, before]: [readonly AppHistory[], Rows] = [[], []];
  for (const [hour, texts] of states.entries()) {
    const after = rows(...texts);
    known = historyAfter(known, before, after, { at: `2026-11-20T0${hour}:00:00Z`, commit: `c${hour}` });
    before = after;
  }
  return known.map(
    ({ package: name, points, leftAt }) =>
      `${name}: ${points.map(({ version, at, commit }) => `${version}@${at.slice(12, 13)}${commit}`).join(' ')}${leftAt === undefined ? '' : ` left ${leftAt.slice(12, 13)}`}`,
  );
}

test.each<[string, readonly (readonly string[])[], readonly string[]]>([
  ['one version after the other', [['web 1'], ['web 2'], ['web 3']], ['web: 1@0c0 2@1c1 3@2c2']],
  ['taken back', [['web 1'], ['web 2'], ['web 1']], ['web: 1@0c0 2@1c1 1@2c2']],
  [
    'several packages',
    [
      ['web 1', 'worker 5'],
      ['web 2', 'worker 5'],
    ],
    ['web: 1@0c0 2@1c1', 'worker: 5@0c0'],
  ],
  ['one package in two versions', [['web 1'], ['web 1 2'], ['web 2']], ['web: 1@0c0 2@1c1']],
  ['a package that leaves', [['web 1', 'worker 5'], ['web 1'], ['web 2']], ['web: 1@0c0 2@2c2', 'worker: 5@0c0 left 1']],
  ['and comes back', [['web 1'], [], ['web 1']], ['web: 1@0c0 1@2c2']],
])('%s', (_, states, expected) => {
  expect(lived(...states)).toEqual(expected);
});

test('a change that was noted already is not noted again', () => {
  const moment = { at: '2026-11-20T01:00:00Z', commit: 'c1' };
  const once = historyAfter([], rows('web 1'), rows('web 2'), moment);
  expect(historyAfter(once, rows('web 1'), rows('web 2'), { ...moment, at: '2026-11-20T02:00:00Z' })).toEqual(once);
});

test('a version is there since a scan has seen it, and of many versions the newest are kept', () => {
  const since = '2026-01-01T00:00:00Z';
  const [first] = historyAfter([], [], [{ app: 'shop', package: 'web', version: '1', since }], { at: 'later', commit: 'c' });
  expect(first?.points).toEqual([{ version: '1', at: since, commit: 'c' }]);
  const [many] = historyAfter([], [], rows(`web ${Array.from({ length: 300 }, (__, at) => at).join(' ')}`), { at: since, commit: 'c' });
  expect([many?.points.length, many?.points.at(-1)?.version]).toEqual([200, '299']);
});

test.each<[string, readonly string[], readonly string[], boolean]>([
  ['another version', ['web 1'], ['web 2'], true],
  ['another package', ['web 1'], ['worker 1'], true],
  ['one more reference of the same', ['web 1'], ['web 1 1'], true],
  ['another order', ['web 1', 'worker 1'], ['worker 1', 'web 1'], false],
  ['gone', ['web 1'], [], true],
])('an app has changed: %s', (_, before, after, expected) => {
  expect(changedApps(rows(...before), rows(...after))).toEqual(expected ? ['shop'] : []);
});
