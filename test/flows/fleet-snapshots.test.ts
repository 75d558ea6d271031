import { dirname, join } from 'node:path';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import type { AppHistory, EnvironmentSnapshot } from '../../src/domain/fleet.ts';
import { readFleet, readHistory } from '../../src/updates/fleet/read.ts';
import { deployment, host, publish } from '../support/deployments.ts';
import { withServicesIn } from '../support/disturbed-scan.ts';
import { git } from '../support/git-repository.ts';
import { localScanWorld, type ScanWorld } from '../support/scan-world.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
let registry: Registry;
let world: ScanWorld;
const closing: (() => Promise<void>)[] = [];
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

const fleet = (): Promise<readonly EnvironmentSnapshot[]> =>
  withServicesIn(dirname(world.config), {}, false, ({ persistence, settings }) => readFleet(persistence.store, settings.environments));
const history = (environment: string, app: string): Promise<readonly AppHistory[]> =>
  withServicesIn(dirname(world.config), {}, false, ({ persistence: { store } }) => readHistory(store, environment, app));
const image = (app: string, version: string) => deployment(`${host(registry)}/shop/${app}:${version}`);

function configure(...environments: readonly string[]): void {
  world.configure(
    `registries: { "${host(registry)}": { insecure: true } }\nenvironments:\n${environments.map((one) => `  - ${one}\n`).join('')}`,
  );
}
const staging = '{ name: staging, repository: "local:envs/staging" }';
const production = '{ name: production, repository: "local:envs/production", updates: { after: { environment: staging, soak: 0h } } }';

beforeEach(async () => {
  registry = await startRegistry();
  closing.push(() => registry.close());
  world = localScanWorld(folder());
  for (const app of ['billing', 'web']) publish(registry, `shop/${app}`, '1.0.0', '1.1.0');
  await world.createRepository('envs/staging', { 'billing.yaml': image('billing', '1.0.0'), 'web.yaml': image('web', '1.1.0') });
  await world.createRepository('envs/production', { 'billing.yaml': image('billing', '1.0.0') });
  configure(production, staging);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

test('before the first scan the environments of app.yml are there and empty; a dry run changes nothing', async () => {
  await world.run('scan', '--dry-run');
  const empty = { url: '', rows: [], requests: [], problems: [] };
  expect(await fleet()).toEqual([
    { environment: 'staging', repository: 'local:envs/staging', ...empty },
    { environment: 'production', repository: 'local:envs/production', ...empty },
  ]);
});

test('a scan leaves what it saw, with the merge requests that it opened; once more, the same but when', async () => {
  await world.scan();
  const [first] = await fleet();
  expect(first).toMatchObject({
    environment: 'staging',
    url: expect.stringMatching(/^http.*\/envs\/staging$/),
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    at: instant,
    rows: [
      { app: 'billing', version: '1.0.0', newest: '1.1.0', state: 'proposed', reason: expect.stringMatching(/^waiting for review since /) },
      { app: 'web', version: '1.1.0', state: 'current', since: instant },
    ],
    requests: [
      { id: 1, app: 'billing', title: 'billing 1.0.0 → 1.1.0', branch: 'lockkeeper/billing', createdAt: instant, conflicts: false },
    ],
    problems: [],
  });
  await world.scan();
  const [second] = await fleet();
  expect({ ...second, at: first?.at }).toEqual(first);
  expect(second?.at).not.toBe(first?.at);
  const { references } = JSON.parse((await world.run('inventory', '--json')).stdout) as { references: EnvironmentSnapshot['rows'] };
  expect((await fleet()).flatMap(({ rows }) => rows)).toEqual(
    references.toSorted((a, b) => Number(b.environment === 'staging') - Number(a.environment === 'staging')),
  );
});

test('what is merged by hand is seen by the next scan: another version in the history, no merge request; a package that leaves, leaves', async () => {
  await world.scan();
  await world.mergeAsPerson('envs/staging', 1);
  await world.pushAsPerson('envs/staging', 'main', { 'web.yaml': 'a: 1\n' }, 'No web any more');
  await world.scan('--env', 'staging');
  const [now, later] = await fleet();
  expect(now).toMatchObject({ rows: [{ app: 'billing', version: '1.1.0', state: 'current' }], requests: [] });
  expect(later?.rows).toMatchObject([{ app: 'billing', version: '1.0.0' }]);
  const name = `${host(registry)}/shop`;
  expect(await history('staging', 'billing')).toEqual([
    {
      package: `${name}/billing`,
      points: [
        { version: '1.0.0', at: instant, commit: expect.any(String) },
        { version: '1.1.0', at: instant, commit: now?.commit },
      ],
    },
  ]);
  expect(await history('staging', 'web')).toMatchObject([{ package: `${name}/web`, points: [{ version: '1.1.0' }], leftAt: instant }]);
});

test('a scan of one app changes that one alone', async () => {
  await world.scan();
  publish(registry, 'shop/billing', '1.2.0');
  publish(registry, 'shop/web', '1.2.0');
  await world.scan('--app', 'web');
  const [now] = await fleet();
  expect(now?.rows).toMatchObject([
    { app: 'billing', newest: '1.1.0' },
    { app: 'web', newest: '1.2.0', state: 'proposed' },
  ]);
  expect(now?.requests.map(({ app }) => app)).toEqual(['billing', 'web']);
});

test('a registry that does not answer: what it said last stays, and since when is told; a repository that cannot be read likewise', async () => {
  await world.scan();
  const before = await fleet();
  await registry.close();
  closing.length = 0;
  await world.scan();
  const [down] = await fleet();
  expect(down?.rows).toEqual(before[0]?.rows);
  expect(down?.problems).toEqual([
    { scope: host(registry), message: expect.stringContaining('connection refused'), since: instant, apps: ['billing', 'web'] },
  ]);
  const since = down?.problems[0]?.since;
  await world.scan();
  expect((await fleet())[0]?.problems[0]?.since).toBe(since);
  await git(join(dirname(world.config), 'repositories/envs/staging.git'), ['config', 'lockkeeper.archived', 'true']);
  await world.scan();
  const [unread] = await fleet();
  expect(unread?.rows).toEqual(before[0]?.rows);
  expect(unread?.problems[0]).toMatchObject({ message: expect.stringContaining('archived'), apps: [] });
});

test('what was discovered is there too; what app.yml names no more, and what is not found any more, is not', async () => {
  configure('{ discover: "local:envs/*" }');
  await world.scan();
  const names = async () => (await fleet()).map(({ environment, rows }) => `${environment} ${rows.length}`);
  expect(await names()).toEqual(['production 1', 'staging 2']);
  configure('{ name: production, repository: "local:envs/production" }');
  expect(await names()).toEqual(['production 1']);
  configure('{ name: production, repository: "local:envs/staging" }');
  expect(await names()).toEqual(['production 0']);
});

test('two scans at once leave what one leaves', async () => {
  await Promise.all([world.scan(), world.scan(), world.scan('--app', 'web')]);
  const [now] = await fleet();
  expect(now?.rows).toMatchObject([
    { app: 'billing', version: '1.0.0', newest: '1.1.0' },
    { app: 'web', version: '1.1.0', state: 'current' },
  ]);
  expect(now?.problems).toEqual([]);
  expect(await history('staging', 'billing')).toMatchObject([{ points: [{ version: '1.0.0' }] }]);
});
