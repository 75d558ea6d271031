import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import type { Entry } from '../../src/domain/journal.ts';
import { deployment, host, publish } from '../support/deployments.ts';
import { localScanWorld, type ScanWorld } from '../support/scan-world.ts';
import { type Served, serve, until } from '../support/served.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { describeOnPostgres } from '../support/with-postgres.ts';

const program = resolve(import.meta.dirname, '../../bin/lockkeeper.js');
const folder = temporaryFolder();
const apps = ['api', 'billing', 'search', 'web'];
const environments = ['production', 'staging'];
let registry: Registry;
beforeEach(async () => {
  registry = await startRegistry();
  for (const app of apps) publish(registry, `shop/${app}`, '1.4.2', '1.5.0');
});
afterEach(() => registry.close());

async function begin(storeUrl?: string): Promise<ScanWorld> {
  const world = localScanWorld(folder());
  world.configure(`server: { port: 0 }
registries: { "${host(registry)}": { insecure: true } }
environments: [{ name: staging, repository: "local:staging" }, { name: production, repository: "local:production" }]
`);
  if (storeUrl !== undefined) writeFileSync(world.config, readFileSync(world.config, 'utf8').replace('file:./data', storeUrl));
  const files = Object.fromEntries(apps.map((app) => [`${app}.yaml`, deployment(`${host(registry)}/shop/${app}:1.4.2`)]));
  for (const name of environments) await world.createRepository(name, files);
  return world;
}

/** So many commands at the same time, each a process of its own. */
const scans = ({ config }: ScanWorld, count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, () => promisify(execFile)(process.execPath, [program, 'scan', '--config', config])));

const scanned = (served: readonly Served[]): Promise<unknown> =>
  until(() => served.some((one) => one.log().some(({ msg }) => msg === 'scanned')) || undefined);

/** Commands and services at one journal: what all of them see to do is done and written once. */
async function crowded(world: ScanWorld, services: number): Promise<readonly Entry[]> {
  const starting = Array.from({ length: services }, () => serve(world.config));
  try {
    await scans(world, 3);
    await scanned(await Promise.all(starting));
    for (const name of environments) for (const { id } of await world.forge.mergeRequests(name)) await world.mergeAsPerson(name, id);
    await scans(world, 4);
  } finally {
    await Promise.all((await Promise.all(starting)).map((one) => one.stop()));
  }
  expect(await world.run('journal', 'verify')).toMatchObject({ exit: 0 });
  return (JSON.parse((await world.run('journal', 'list', '--json', '--last', '1000')).stdout) as { readonly entries: readonly Entry[] })
    .entries;
}

function expectEachOnce(entries: readonly Entry[]): void {
  const all = environments.flatMap((environment) => apps.map((app) => `${environment} ${app}`));
  const those = (kind: string) =>
    entries
      .flatMap(({ kind: of, environment, facts }) => (of === kind ? [`${environment} ${facts['app']}`] : []))
      .toSorted((a, b) => (a < b ? -1 : 1));
  expect(those('proposal')).toEqual(all);
  expect(those('merge')).toEqual(all);
  expect(those('configuration')).toHaveLength(1);
  expect(entries).toHaveLength(2 * all.length + 1);
}

test('commands and a service in processes of their own write one chain in the embedded store, and nothing twice', async () => {
  expectEachOnce(await crowded(await begin(), 1));
});

describeOnPostgres('on Postgres', (server) => {
  test('commands and three services write one chain, and nothing twice', async () => {
    expectEachOnce(await crowded(await begin(server().url(await server().createDatabase())), 3));
  });
});
