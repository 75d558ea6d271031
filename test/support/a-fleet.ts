import type { FleetEnvironment } from '../../src/dashboard/environments/fleet.ts';
import type { InventoryRow, OpenRequest } from '../../src/domain/fleet.ts';

/** A reference; its app is the end of its package's name. */
export function aRow(change: Partial<InventoryRow> = {}): InventoryRow {
  const { app = 'billing', version = '1.4.2' } = change;
  return {
    app,
    environment: 'staging',
    file: `${app}.yaml`,
    line: 17,
    package: `registry.example.com/shop/${app}`,
    version,
    newest: version,
    state: 'current',
    since: '2026-11-01T08:00:00Z',
    ...change,
  };
}

export function anOpenRequest(change: Partial<OpenRequest> = {}): OpenRequest {
  const { id = 12, app = 'billing' } = change;
  return {
    id,
    url: `https://gitlab.example.com/envs/staging/-/merge_requests/${id}`,
    title: `${app} 1.4.2 → 1.5.0`,
    app,
    branch: `lockkeeper/${app}`,
    commit: 'd'.repeat(40),
    createdAt: '2026-11-19T08:00:00Z',
    updatedAt: '2026-11-19T08:00:00Z',
    conflicts: false,
    ...change,
  };
}

export function anEnvironment(name: string, change: Partial<FleetEnvironment> = {}): FleetEnvironment {
  const { rows = [aRow()] } = change;
  return {
    environment: name,
    repository: `gitlab:envs/${name}`,
    url: `https://gitlab.example.com/envs/${name}`,
    commit: 'c'.repeat(40),
    at: '2026-11-20T11:55:00Z',
    requests: [],
    problems: [],
    ...change,
    rows: rows.map((row) => ({ ...row, environment: name })),
  };
}

const teams = ['payments', 'search', 'storefront', 'identity', 'logistics', 'data', 'mobile', 'platform'].map((name) => `team-${name}`);
const nouns = [
  'billing',
  'catalogue',
  'checkout',
  'invoice',
  'ledger',
  'notify',
  'orders',
  'profile',
  'ranking',
  'session',
  'stock',
  'tracking',
];
const kinds = [
  'api',
  'worker',
  'web',
  'cron',
  'gateway',
  'consumer',
  'exporter',
  'proxy',
  'admin',
  'sync',
  'batch',
  'events',
  'cache',
  'rules',
  'mailer',
];
const stages = ['dev', 'test', 'integration', 'load', 'demo', 'staging', 'preprod', 'prod-eu', 'prod-us', 'prod-apac'];

/** What a company with that many environments and apps has, always the same: most apps current, later environments further behind. */
export function aLargeFleet(environments: number, apps: number): readonly FleetEnvironment[] {
  const at = (text: string, of: number): number =>
    Array.from(text).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7) % of;
  return stages.slice(0, environments).map((name, stage) => {
    const rows = Array.from({ length: apps }, (_, index): InventoryRow => {
      const app = `${nouns[index % nouns.length]}-${kinds[Math.floor(index / nouns.length) % kinds.length]}${index >= 180 ? `-${Math.floor(index / 180) + 1}` : ''}`;
      const [major, minor, patch] = [1 + at(app, 6), at(`${app}i`, 24), at(`${app}p`, 9)];
      const lag = at(`${app}${name}`, 9) < stage - 3 ? 1 + at(`${name}${app}`, 3) : 0;
      const version = `${major}.${Math.max(0, minor - lag)}.${patch}`;
      return aRow({
        app,
        package: `registry.example.com/${teams[at(app, teams.length)]?.slice(5)}/${app}`,
        version,
        newest: `${major}.${minor}.${patch}`,
        owner: teams[at(app, teams.length)] ?? '',
        state: lag > 0 && minor > 0 ? 'held' : 'current',
      });
    }).filter(({ app }) => at(`${name}-${app}`, 12) > 0);
    const requests = rows
      .filter(({ app, version, newest }) => version !== newest && at(`${app}${name}r`, 4) === 0)
      .map(({ app, version, newest }, index) => anOpenRequest({ id: index + 1, app, title: `${app} ${version} → ${newest}` }));
    return anEnvironment(name, { rows, requests });
  });
}
