import { readFilter } from '../../../src/dashboard/environments/filter.ts';
import type { EnvironmentRun, FleetEnvironment } from '../../../src/dashboard/environments/fleet.ts';
import { matrixOf } from '../../../src/dashboard/environments/matrix.ts';
import type { InventoryRow } from '../../../src/domain/fleet.ts';
import { anEnvironment, anOpenRequest, aRow } from '../../support/a-fleet.ts';

const shown = (environments: readonly FleetEnvironment[], query = '') => matrixOf(environments, readFilter(new URLSearchParams(query)));
const cell = (change: Partial<FleetEnvironment>, app = 'billing') =>
  shown([anEnvironment('staging', change)])
    .lines.find((one) => one.app === app)
    ?.cells.get('staging');

function unknownNewest(change: Partial<InventoryRow>): InventoryRow {
  const { newest: _, ...rest } = aRow(change);
  return rest;
}

const nexus = { scope: 'nexus.example.com', message: 'connection refused', since: '2026-11-20T08:00:00Z' };
const staging = anEnvironment('staging', {
  rows: [
    aRow({ owner: 'team-payments', version: '1.5.0' }),
    aRow({ app: 'search', owner: 'team-search', version: '2.0.0', newest: '2.1.0' }),
    aRow({ app: 'web', version: '4.0.0' }),
  ],
  requests: [anOpenRequest({ app: 'search' })],
});
const production = anEnvironment('production', {
  rows: [
    aRow({ owner: 'team-payments', version: '1.4.2', newest: '3.0.0' }),
    unknownNewest({ app: 'gone', owner: 'team-search', version: '1.0.0' }),
  ],
  problems: [{ ...nexus, apps: ['gone'] }],
});
const both = [staging, production];

test.each<[query: string, apps: string]>([
  ['', 'billing gone search web'],
  ['sort=owner', 'billing gone search web'],
  ['sort=behind', 'billing search web gone'],
  ['sort=nothing', 'billing gone search web'],
  ['app=EAR', 'search'],
  ['app=+web+', 'web'],
  ['owner=team-search', 'gone search'],
  ['owner=(nobody)', 'web'],
  ['owner=', 'billing gone search web'],
  ['state=behind', 'billing search'],
  ['state=current', 'web'],
  ['state=waiting', 'search'],
  ['state=failed', 'gone'],
  ['state=odd', 'billing gone search web'],
  ['state=behind&owner=team-search', 'search'],
  ['app=none', ''],
])('?%s shows %s', (query, apps) => {
  expect(
    shown(both, query)
      .lines.map(({ app }) => app)
      .join(' '),
  ).toBe(apps);
});

test('what is counted has that owner and name, in whatever state', () => {
  expect(shown(both, 'state=failed').counts).toEqual({ any: 4, behind: 2, current: 1, waiting: 1, failed: 1 });
  expect(shown(both, 'owner=team-search').counts).toEqual({ any: 2, behind: 1, current: 0, waiting: 1, failed: 1 });
  expect(shown(both, 'owner=team-search').owners).toEqual(['team-payments', 'team-search']);
});

test.each<[string, readonly Partial<InventoryRow>[], lead: string, others: number, text: string]>([
  ['its only reference', [{}], '1.4.2', 0, 'current'],
  ['the package of its name before others', [{ package: 'r/redis', version: '7.0.0', newest: '7.2.0' }, {}], '1.4.2', 1, '2 minor behind'],
  [
    'the first where none has its name',
    [
      { package: 'r/a', version: '2' },
      { package: 'r/b', version: '3' },
    ],
    '2',
    1,
    'current',
  ],
  ['one with a version before one of its name', [{ version: '', newest: '' }, { package: 'r/worker' }], '1.4.2', 0, 'current'],
  ['several packages at one version', [{ package: 'bundles/billing' }, {}], '1.4.2', 0, 'current'],
  ['one image in several places', [{}, { file: 'b.yaml' }, { file: 'c.yaml' }], '1.4.2', 0, 'current'],
  ['one image in two versions', [{}, { version: '1.3.0', newest: '1.4.2' }], '1.4.2', 1, '1 minor behind'],
  ['a tag that was pointed elsewhere', [{ version: 'latest', newest: 'latest', state: 'proposed' }], 'latest', 0, 'newer build'],
])('an app goes by %s', (_, rows, lead, others, text) => {
  const found = cell({ rows: rows.map((one) => aRow(one)) });
  expect([found?.lead.version, found?.others.length, found?.behind.text]).toEqual([lead, others, text]);
});

const commit = 'c'.repeat(40);
const good = { commit: 'b', at: '2026-11-10T00:00:00Z' };
const run = (change: Partial<EnvironmentRun>): EnvironmentRun => ({
  run: '20261120100000',
  at: '2026-11-20T10:00:00Z',
  outcome: 'succeeded',
  commit,
  good: { commit, at: '2026-11-20T10:00:00Z' },
  ...change,
});

test.each<[string, EnvironmentRun | undefined, since: string, 'failed' | 'pending' | undefined]>([
  ['nobody deploys it', undefined, '2026-11-15', undefined],
  ['the run brought this commit', run({}), '2026-11-20T11:00:00Z', undefined],
  ['the run failed', run({ outcome: 'failed', good }), '2026-11-15', 'failed'],
  ['the run was refused', run({ outcome: 'refused', good }), '2026-11-15', 'failed'],
  ['the run failed, and the version was there before', run({ outcome: 'failed', good }), '2026-11-05', undefined],
  [
    'the run failed, and none has gone well before',
    { run: '20261120100000', at: '2026-11-20T10:00:00Z', outcome: 'failed', commit },
    '2026-11-05',
    'failed',
  ],
  ['there is a newer commit', run({ commit: 'b', good }), '2026-11-15', 'pending'],
])('what the last run did not bring to the cluster: %s', (_, of, since, expected) => {
  expect(cell({ rows: [aRow({ since })], ...(of && { run: of }) })?.undeployed).toBe(expected);
});
