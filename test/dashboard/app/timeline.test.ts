import { type Lane, type Point, type Track, timelineOf } from '../../../src/dashboard/app/timeline.ts';
import type { Entry, EntryKind } from '../../../src/domain/journal.ts';

const range = { from: new Date('2026-11-01T00:00:00Z'), until: new Date('2026-11-20T12:00:00Z') };

/** `5 10:00` is 5 November 2026. */
const at = (when: string): string => {
  const [day = '', hour = '00:00'] = when.split(' ');
  return `2026-11-${day.padStart(2, '0')}T${hour}:00.000Z`;
};
const point = (version: string, when: string, commit = ''): Point => ({ version, at: at(when), commit });
const track = (points: readonly Point[], change: Partial<Track> = {}): Track => ({
  environment: 'production',
  package: 'registry.example.com/shop/web',
  points,
  ...change,
});

const entry = (kind: EntryKind, when: string, change: Partial<Entry> = {}): Entry => ({
  kind,
  actor: 'lockkeeper',
  environment: 'production',
  what: 'said',
  why: '',
  links: [],
  facts: {},
  number: 1,
  at: at(when),
  previous: '',
  hash: 'x',
  ...change,
});
const merge = (to: string, when: string, change: Partial<Entry> = {}): Entry =>
  entry('merge', when, { actor: 'gitlab:ada', links: [`https://forge/${to}`], facts: { to }, ...change });
const run = (outcome: string, when: string, facts: Entry['facts'] = {}): Entry =>
  entry('deployment-run', when, { what: `the deployment ${outcome}`, facts: { phase: 'end', outcome, run: when, ...facts } });

/** `2.0 5 10:00 → 7 12:00 merged ada` */
const told = ({ spans }: Lane): string[] => {
  const short = (time: string): string => `${Number(time.slice(8, 10))} ${time.slice(11, 16)}`;
  return spans.map(({ version, from, until, beginning, by, backFrom, deployedAt }) =>
    [
      `${version}: ${short(from)} → ${until === undefined ? 'now' : short(until)}, ${beginning}`,
      ...(by === undefined ? [] : [`by ${by}`]),
      ...(backFrom === undefined ? [] : [`back from ${backFrom}`]),
      ...(deployedAt === undefined ? [] : [`deployed ${short(deployedAt)}`]),
    ].join(' '),
  );
};

const cases: readonly (readonly [name: string, points: readonly Point[], entries: readonly Entry[], spans: readonly string[]])[] = [
  ['nothing was ever seen', [], [merge('1.0', '5')], []],
  ['the first look', [point('1.0', '5')], [], ['1.0: 5 00:00 → now, before']],
  [
    'the first look, and a merge that the journal has from before',
    [point('1.0', '5')],
    [merge('1.0', '2 08:00')],
    ['1.0: 2 08:00 → now, merged by gitlab:ada'],
  ],
  [
    'a version that nobody is known to have merged',
    [point('1.0', '5'), point('1.1', '7')],
    [],
    ['1.0: 5 00:00 → 7 00:00, before', '1.1: 7 00:00 → now, seen'],
  ],
  [
    'the merge, an hour before a scan saw it',
    [point('1.0', '5'), point('1.1', '7 12:00')],
    [merge('1.1', '7 11:00')],
    ['1.0: 5 00:00 → 7 11:00, before', '1.1: 7 11:00 → now, merged by gitlab:ada'],
  ],
  [
    "the forge's own time rather than that of the entry, which was written later",
    [point('1.0', '5'), point('1.1', '7 12:00')],
    [merge('1.1', '7 12:01', { facts: { to: '1.1', at: at('7 10:30') } })],
    ['1.0: 5 00:00 → 7 10:30, before', '1.1: 7 10:30 → now, merged by gitlab:ada'],
  ],
  [
    'a forge whose clock is ahead: nothing begins after it was seen',
    [point('1.0', '5'), point('1.1', '7 12:00')],
    [merge('1.1', '7 12:04')],
    ['1.0: 5 00:00 → 7 12:00, before', '1.1: 7 12:00 → now, merged by gitlab:ada'],
  ],
  [
    'a forge whose clock is behind: nothing begins before what it replaced was seen',
    [point('1.0', '5 10:00'), point('1.1', '5 10:20')],
    [merge('1.1', '5 09:57')],
    ['1.0: 5 10:00 → 5 10:00, before', '1.1: 5 10:00 → now, merged by gitlab:ada'],
  ],
  [
    'a merge of another time, version, or environment is not its',
    [point('1.0', '5'), point('1.1', '7')],
    [merge('1.1', '9'), merge('1.2', '6'), merge('1.1', '6', { environment: 'staging' }), merge('1.1', '4')],
    ['1.0: 5 00:00 → 7 00:00, before', '1.1: 7 00:00 → now, seen'],
  ],
  [
    'an entry that somebody has changed',
    [point('1.0', '5'), point('1.1', '7')],
    [merge('1.1', '6', { hash: '' })],
    ['1.0: 5 00:00 → 7 00:00, before', '1.1: 7 00:00 → now, seen'],
  ],
  [
    'the same version again after a rollback, each with its own merge',
    [point('1.0', '3'), point('1.1', '5'), point('1.0', '7'), point('1.1', '9')],
    [merge('1.1', '8 20:00'), merge('1.0', '6 20:00', { actor: 'gitlab:bob' }), merge('1.1', '4 20:00')],
    [
      '1.0: 3 00:00 → 4 20:00, before',
      '1.1: 4 20:00 → 6 20:00, merged by gitlab:ada',
      '1.0: 6 20:00 → 8 20:00, merged by gitlab:bob back from 1.1',
      '1.1: 8 20:00 → now, merged by gitlab:ada',
    ],
  ],
  [
    'names that cannot be compared go back when they come again',
    [point('blue', '3'), point('green', '5'), point('blue', '7')],
    [],
    ['blue: 3 00:00 → 5 00:00, before', 'green: 5 00:00 → 7 00:00, seen', 'blue: 7 00:00 → now, seen back from green'],
  ],
  [
    'two versions at once',
    [point('1.0', '3'), point('2.0', '3'), point('2.1', '5')],
    [],
    ['1.0 + 2.0: 3 00:00 → 5 00:00, before', '2.1: 5 00:00 → now, seen'],
  ],
  [
    'points out of order, doubled, and of no time',
    [point('1.1', '7'), point('1.0', '5'), point('1.0', '6'), { version: '9.9', at: 'soon', commit: '' }],
    [],
    ['1.0: 5 00:00 → 7 00:00, before', '1.1: 7 00:00 → now, seen'],
  ],
  [
    'what ended before the range is left out, what reaches into it is not',
    [
      { version: '0.8', at: '2026-09-01T10:00:00Z', commit: '' },
      { version: '0.9', at: '2026-10-02T10:00:00Z', commit: '' },
      point('1.0', '5'),
    ],
    [],
    ['0.9: 2 10:00 → 5 00:00, seen', '1.0: 5 00:00 → now, seen'],
  ],
  [
    'the first good run after the merge, not one that had begun before',
    [point('1.0', '3'), point('1.1', '5 12:00')],
    [
      merge('1.1', '5 10:00'),
      entry('deployment-run', '5 09:58', { facts: { phase: 'begin', run: 'a' } }),
      run('succeeded', '5 10:02', { run: 'a' }),
      run('failed', '5 10:20'),
      entry('deployment-run', '5 10:30', { facts: { phase: 'begin', run: 'b' } }),
      run('succeeded', '5 10:33', { run: 'b' }),
    ],
    ['1.0: 3 00:00 → 5 10:00, before', '1.1: 5 10:00 → now, merged by gitlab:ada deployed 5 10:33'],
  ],
  [
    'a run of the very commit, before a scan saw it',
    [point('1.0', '3', 'a'), point('1.1', '5 12:00', 'b')],
    [run('succeeded', '5 11:30', { commit: 'b' }), run('succeeded', '5 13:00', { commit: 'c' })],
    ['1.0: 3 00:00 → 5 12:00, before', '1.1: 5 12:00 → now, seen deployed 5 11:30'],
  ],
];

test.each(cases)('%s', (_, points, entries, spans) => {
  expect(timelineOf([track(points)], entries, range).lanes.flatMap(told)).toEqual(spans);
});

test('what is gone ends', () => {
  const { lanes } = timelineOf([track([point('1.1', '3')], { leftAt: at('5') })], [], range);
  expect(lanes.flatMap(told)).toEqual(['1.1: 3 00:00 → 5 00:00, before']);
});

test('one lane per environment, in the order of the tracks; packages that moved together are one', () => {
  const both = [point('1.0', '3'), point('1.1', '5')];
  const tracks = [
    track(both, { environment: 'staging' }),
    track(both, { environment: 'staging', package: 'registry.example.com/shop/job' }),
    track([point('1.0', '3')]),
    track([], { environment: 'empty' }),
  ];
  expect(timelineOf(tracks, [], range).lanes.map(({ environment, of }) => [environment, of])).toEqual([
    ['staging', ''],
    ['production', ''],
  ]);
});

test('packages that moved apart are told apart', () => {
  const tracks = [track([point('1.0', '3')]), track([point('2.0', '4')], { package: 'registry.example.com/shop/job' })];
  expect(timelineOf(tracks, [], range).lanes.map(({ of }) => of)).toEqual([
    'registry.example.com/shop/web',
    'registry.example.com/shop/job',
  ]);
});

test('marks: runs that failed or were refused, once per environment, and rollbacks, in the order of time, within the range', () => {
  const points = [point('1.0', '3'), point('1.1', '5'), point('1.0', '7')];
  const entries = [
    run('refused', '9'),
    run('failed', '6'),
    run('succeeded', '4'),
    { ...run('failed', '1'), at: '2026-10-31T23:59:59.000Z' },
    { ...run('failed', '6'), environment: 'staging' },
    merge('1.0', '6 20:00'),
  ];
  const { lanes } = timelineOf([track(points), track([point('8', '3')], { package: 'other' })], entries, range);
  expect(lanes.map(({ marks }) => marks)).toEqual([
    [
      { kind: 'failed', at: at('6'), text: 'the deployment failed' },
      { kind: 'rollback', at: at('6 20:00'), text: 'back from 1.1 to 1.0, merged by gitlab:ada' },
      { kind: 'refused', at: at('9'), text: 'the deployment refused' },
    ],
    [],
  ]);
});
