import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import type { Inventory } from '../../src/updates/inventory.ts';
import { localScanWorld } from '../support/scan-world.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
let registry: Registry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

const pod = (image: string) => `apiVersion: v1
kind: Pod
metadata: { name: a }
spec:
  containers:
    - image: ${image}
`;

test('what runs where: proposed, waiting, held, current and unknown, with owner and since', async () => {
  const host = new URL(registry.url).host;
  for (const [app, tags] of Object.entries({
    billing: ['1.4.2', '1.5.0', '2.0.0', '2.1.0-rc.1'],
    web: ['3.0.0', '4.0.0'],
    gateway: ['5.0.0', '5.1.0-rc.1'],
  }))
    for (const tag of tags) registry.publish(`shop/${app}`, tag, { labels: {}, created: '2026-11-01T00:00:00Z' });
  const world = localScanWorld(folder());
  world.configure(`registries: { "${host}": { insecure: true } }
environments:
  - { name: staging, repository: "local:staging", updates: { types: [minor, patch] } }
packages:
  - { match: "${host}/shop/**", owner: team-shop }
`);
  await world.createRepository('staging', {
    'environment.yml': 'apps: { billing: { owner: team-payments } }\n',
    'billing.yaml': pod(`${host}/shop/billing:1.4.2`),
    'gateway.yaml': pod(`${host}/shop/gateway:5.0.0`),
    'web.yaml': pod(`${host}/shop/web:3.0.0`),
    'template.yaml': pod(`${host}/shop/worker:\${TAG}`),
  });
  const inventory = async () => JSON.parse((await world.run('inventory', '--json')).stdout) as Inventory;
  const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
  const { references } = await inventory();
  expect(references[3]).not.toHaveProperty('newest');
  expect(references).toMatchObject([
    { app: 'billing', environment: 'staging', version: '1.4.2', newest: '2.0.0', state: 'waiting', owner: 'team-payments', since },
    { app: 'gateway', version: '5.0.0', newest: '5.0.0', state: 'current', owner: 'team-shop' },
    { app: 'web', version: '3.0.0', newest: '4.0.0', state: 'held', reason: expect.stringContaining('major update') },
    { app: 'worker', state: 'unknown', reason: expect.any(String) },
  ]);
  expect(await world.forge.mergeRequests('staging')).toEqual([]);
  await world.run('scan');
  const [billing] = (await inventory()).references;
  expect(billing).toMatchObject({ app: 'billing', state: 'proposed', mergeRequest: expect.stringContaining('/merge_requests/1') });
});

test('scan --app and --package: only what they name is looked up and opened; a held version names the rule by its line', async () => {
  const host = new URL(registry.url).host;
  for (const app of ['billing', 'web', 'gateway'])
    for (const tag of ['1.0.0', '1.1.0', '2.0.0']) registry.publish(`shop/${app}`, tag, { labels: {}, created: '2026-11-01T00:00:00Z' });
  const world = localScanWorld(folder());
  world.configure(`registries: { "${host}": { insecure: true } }
environments:
  - { name: staging, repository: "local:staging" }
packages:
  - match: "**"
    ignore: ["2.x"]
`);
  await world.createRepository('staging', {
    'all.yaml': ['billing', 'web', 'gateway'].map((app) => pod(`${host}/shop/${app}:1.0.0`)).join('---\n'),
  });
  const opened = async (...argv: string[]) => (await world.scan(...argv)).proposals.map(({ app, action }) => `${app} ${action}`);
  expect(await world.run('scan', '--app', 'webb')).toMatchObject({ exit: 2, stderr: expect.stringContaining('did you mean "web"?') });
  expect(await opened('--app', 'web', '--app', 'nobody')).toEqual(['web open']);
  expect(registry.requests.get('GET /v2/shop/billing/tags/list')).toBeUndefined();
  expect(await opened('--package', `${host}/shop/g*`)).toEqual(['gateway open']);
  expect(await opened()).toEqual(['billing open', 'gateway keep', 'web keep']);
  expect((await world.scan('--app', 'web')).held).toMatchObject([{ to: '2.0.0', reason: 'ignored by "2.x" (app.yml:8)' }]);
});
