import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import type { Inventory } from '../../src/updates/inventory.ts';
import type { Summary } from '../../src/updates/summary.ts';
import { deployment, host, publish } from '../support/deployments.ts';
import { type ScriptedServer, startServer } from '../support/http-server.ts';
import { localScanWorld, type ScanWorld } from '../support/scan-world.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
let registry: Registry;
let denied: ScriptedServer;
beforeEach(async () => {
  registry = await startRegistry();
  denied = await startServer((_, response) => void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
});
afterEach(async () => {
  await denied.close();
  await registry.close();
});

/** `well` environments that are fine, and one of every trouble; all discovered but the last three. */
async function fleet(well: number): Promise<ScanWorld> {
  publish(registry, 'shop/billing', '1.4.2', '1.5.0', '2.0.0');
  const world = localScanWorld(folder());
  const billing = deployment(`${host(registry)}/shop/billing:1.4.2`);
  for (let number = 0; number < well; number += 1) await world.createRepository(`fleet/well-${number}`, { 'a.yaml': billing });
  await world.createRepository('fleet/broken', { 'a.yaml': billing, 'b.yaml': 'a: [1\nb: {', 'c.yaml': '['.repeat(100_000) });
  await world.createRepository('fleet/denied-1', { 'a.yaml': billing, 'b.yaml': deployment(`${denied.host}/secret/one:1.0.0`) });
  await world.createRepository('fleet/denied-2', { 'b.yaml': deployment(`${denied.host}/secret/two:1.0.0`) });
  await world.createRepository('fleet/down', { 'b.yaml': deployment('127.0.0.1:9/gone:1.0.0') });
  await world.createRepository('fleet/empty', {});
  await world.createRepository('fleet/retired', { 'a.yaml': billing }, { archived: true });
  await world.createRepository('named/retired', { 'a.yaml': billing }, { archived: true });
  await world.createRepository('named/later', { 'a.yaml': billing });
  await world.createRepository('named/soaking', { 'a.yaml': billing });
  world.configure(`registries:
  "${host(registry)}": { insecure: true }
  "${denied.host}": { insecure: true, username: bot, password: wrong-password-1 }
  "127.0.0.1:9": { insecure: true }
environments:
  - name: later
    repository: local:named/later
    updates:
      windows: ["${inTwoDays()} 00:00-24:00"]
  - name: soaking
    repository: local:named/soaking
    updates: { types: [minor], after: { environment: later, soak: 24h } }
  - { name: retired, repository: "local:named/retired" }
  - discover: local:fleet/*
    updates: { types: [minor, patch] }
`);
  return world;
}

const inTwoDays = (): string => new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' }).format(Date.now() + 48 * 3_600_000);

test('a fleet: what is wrong with one holds up nobody else, and the summary says whose turn it is', async () => {
  const world = await fleet(4);
  const report = (await world.scan()) as Awaited<ReturnType<ScanWorld['scan']>> & { readonly summary: Summary };
  expect(report.exit).toBe(3);
  expect(report.proposals.map(({ environment, action }) => `${environment} ${action}`)).toEqual(
    ['broken', 'denied-1', 'well-0', 'well-1', 'well-2', 'well-3'].map((name) => `${name} open`),
  );
  expect(report.summary).toMatchObject({
    environments: { scanned: 10, failed: 2 },
    proposals: { open: 6, update: 0, keep: 0, close: 0 },
    unreadable: { files: 2, environments: 1 },
    failures: [
      {
        turn: 'platform team',
        scope: denied.host,
        errors: 2,
        environments: ['denied-1', 'denied-2'],
        places: ['denied-1 b.yaml:10', 'denied-2 b.yaml:10'],
      },
      { turn: 'owner', environments: ['empty'] },
      { turn: 'owner', environments: ['retired'] },
      { turn: 'nobody', scope: '127.0.0.1:9', environments: ['down'] },
    ],
  });
  expect(report.summary.held.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^major update; .* \(app\.yml:\d+\)$/),
    expect.stringMatching(/^held until \w+day \d+ \w+ 00:00 by its window \w{3} 00:00-24:00 \(app\.yml:11\)$/),
    expect.stringMatching(/^major update; .* \(app\.yml:14\)$/),
    'after later: does not run there yet (app.yml:14)',
  ]);
  const text = (await world.run('scan')).stdout;
  expect(text).toMatch(/^platform team +denied-1 and denied-2 .*registries\["/m);
  expect(text.trimEnd().split('\n').slice(-5)).toEqual([
    '11 references in 10 environments, 2 more could not be scanned',
    'merge requests: 6 open as before',
    expect.stringMatching(/^held: \d+ references, for 4 reasons$/),
    'not readable: 2 files in 1 environment',
    'failed: 4 causes, 1 for platform team; 2 for environment’s owner; 1 for nobody: next scan tries again',
  ]);
});

test('a fleet of many is told in a few lines, what is alike together', async () => {
  const world = await fleet(30);
  const { stdout, exit } = await world.run('scan', '--dry-run');
  expect(exit).toBe(3);
  expect(stdout).toMatch(/^billing 1\.4\.2 → 1\.5\.0 +open +32: broken, denied-1, well-0 and 29 more$/m);
  expect(stdout).toMatch(/^32 +32 +major update; this environment takes minor, patch \(app\.yml:\d+\)$/m);
  expect(stdout).toMatch(/^merge requests: 32 to open \(dry run: nothing was changed\)$/m);
  expect(stdout.split('\n').length).toBeLessThan(40);
});

test('the inventory says of every reference how it stands', async () => {
  const world = await fleet(1);
  await world.run('scan');
  const { stdout, exit } = await world.run('inventory', '--json');
  const { references } = JSON.parse(stdout) as Inventory;
  const said = Object.fromEntries(
    references.map(({ environment, app, state, reason }) => [`${environment} ${app}`, `${state}: ${reason}`]),
  );
  expect(exit).toBe(3);
  expect(said).toEqual({
    'later billing': expect.stringMatching(/^held: held until \w+day .* by its window .* \(app\.yml:11\)$/),
    'soaking billing': expect.stringMatching(/^held: major update; .* \(app\.yml:14\)$/),
    'broken billing': expect.stringMatching(/^proposed: waiting for review since \d{4}-\d\d-\d\d$/),
    'denied-1 billing': expect.stringMatching(/^proposed: /),
    'denied-1 one': `unknown: registry refused: 401 (registries["${denied.host}"] in app.yml)`,
    'denied-2 two': `unknown: registry refused: 401 (registries["${denied.host}"] in app.yml)`,
    'down gone': expect.stringMatching(/^unknown: .*connection refused/),
    'well-0 billing': expect.stringMatching(/^proposed: /),
  });
  expect((await world.run('inventory')).stdout).toMatch(/\n8 references: 2 held, 3 proposed, 3 unknown\n$/);
});

test('an environment that app.yml names does not wait for a forge that lists its projects slowly', async () => {
  publish(registry, 'shop/billing', '1.4.2', '1.5.0');
  const at = folder();
  const world = localScanWorld(at);
  await world.createRepository('named/quick', { 'a.yaml': deployment(`${host(registry)}/shop/billing:1.4.2`) });
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  await using slow = await startServer(async (_, response) => {
    await mayAnswer;
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"403 Forbidden"}');
  });
  world.configure('');
  const file = join(at, 'app.yml');
  const config = readFileSync(file, 'utf8').replace(
    'forges: {',
    `forges: { slow: { type: gitlab, url: "${slow.url}", token: glpat-0123456789 },`,
  );
  writeFileSync(
    file,
    `${config}registries: { "${host(registry)}": { insecure: true } }
environments:
  - { name: quick, repository: "local:named/quick" }
  - discover: slow:fleet/*
`,
  );
  const scanning = world.scan();
  while ((await world.forge.mergeRequests('named/quick')).length === 0) await setImmediate();
  answer();
  expect(await scanning).toMatchObject({
    exit: 3,
    proposals: [{ environment: 'quick', action: 'open' }],
    errors: [
      { scope: 'slow:fleet', message: expect.stringMatching(/^looking for environments under slow:fleet: .*403/), turn: 'platform team' },
    ],
  });
});
