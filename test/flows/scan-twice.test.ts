import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import { deployment, host, publish } from '../support/deployments.ts';
import { type BusyWorld, busyWorld, publishAll, scanIn } from '../support/disturbed-scan.ts';
import { gitlabScanWorld } from '../support/gitlab-scan-world.ts';
import { describeOnPostgres } from '../support/with-postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-twice-'));
let registry: Registry;
let calm: { readonly requests: readonly string[]; readonly end: unknown };
beforeAll(async () => {
  registry = await startRegistry();
  publishAll(registry);
  calm = await inBusyWorld(async ({ scanOnce, snapshot, asked }) => {
    asked();
    await scanOnce();
    return { requests: asked(), end: await snapshot() };
  });
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
});

async function inBusyWorld<T>(work: (world: BusyWorld) => Promise<T>): Promise<T> {
  const world = await busyWorld(mkdtempSync(join(folder, 'world-')), registry);
  try {
    return await work(world);
  } finally {
    await world.dispose();
  }
}

const writes = (requests: readonly string[]): string[] =>
  requests.flatMap((line) => (line.startsWith('GET') ? [] : [line.replace(/merge_requests.\d+/, 'merge_requests/N')])).sort();

/** Two scans, the second begun when the first asks the forge for the so-manieth time. */
async function twice({ server, scanOnce, snapshot, asked }: BusyWorld, number: number) {
  asked();
  const second = Promise.withResolvers<Awaited<ReturnType<typeof scanOnce>>>();
  let seen = 0;
  server.failWhere(
    () => {
      seen += 1;
      if (seen === number) scanOnce().then(second.resolve, second.reject);
      return false;
    },
    { status: 500 },
  );
  const first = await scanOnce();
  return { number, errors: [...first.errors, ...(await second.promise).errors], writes: writes(asked()), end: await snapshot() };
}

const asOnce = (number: number) => ({ number, errors: [], writes: writes(calm.requests), end: calm.end });

test('a second scan, begun at any request of the first, writes nothing twice and fights over nothing', async () => {
  expect(writes(calm.requests).length).toBeGreaterThan(5);
  const limit = pLimit(3);
  const runs = calm.requests.map((_, at) => limit(() => inBusyWorld((world) => twice(world, at + 1))));
  for (const run of await Promise.all(runs)) expect(run).toEqual(asOnce(run.number));
});

describeOnPostgres('on Postgres', (server) => {
  test.each([1, 4, 8])('a second scan, begun at request %i of the first, writes nothing twice', async (number) => {
    const database = await server().createDatabase();
    const run = await inBusyWorld((world) => {
      const config = join(world.folder, 'app.yml');
      writeFileSync(config, readFileSync(config, 'utf8').replace('file:./data', server().url(database)));
      return twice(world, number);
    });
    expect(run).toEqual(asOnce(number));
  });
});

test('what a person merges after the default branch was read is not opened again', async () => {
  const own = mkdtempSync(join(folder, 'merged-'));
  const world = await gitlabScanWorld(own);
  const path = 'platform/merged';
  try {
    publish(registry, 'merged/billing', '1.4.2', '1.5.0');
    world.configure(`registries: { "${host(registry)}": { insecure: true } }
environments: [{ name: staging, repository: "gitlab:${path}" }]
`);
    await world.createRepository(path, { 'billing.yaml': deployment(`${host(registry)}/merged/billing:1.4.2`) });
    await world.scan();
    const { errors } = await scanIn(own, world.server.token, () => world.server.merge(path, 1));
    expect(errors.map(({ message }) => message)).toEqual(['staging: main has moved since it was read; the next run looks again']);
    expect((await world.scan()).errors).toEqual([]);
    expect(world.server.project(path).requests).toHaveLength(1);
  } finally {
    await world.dispose();
  }
});

test('two scans at the same time open no more than the limit', async () => {
  const world = await gitlabScanWorld(mkdtempSync(join(folder, 'limit-')));
  const apps = ['a', 'b', 'c', 'd', 'e', 'f'];
  try {
    for (const app of apps) publish(registry, `limit/${app}`, '1.4.2', '1.5.0');
    world.configure(`registries: { "${host(registry)}": { insecure: true } }
environments: [{ name: staging, repository: "gitlab:platform/limited", updates: { maxOpen: 2 } }]
`);
    await world.createRepository(
      'platform/limited',
      Object.fromEntries(apps.map((app) => [`${app}.yaml`, deployment(`${host(registry)}/limit/${app}:1.4.2`)])),
    );
    const reports = await Promise.all([world.scan(), world.scan(), world.scan()]);
    expect(reports.flatMap(({ errors }) => errors)).toEqual([]);
    expect(world.server.project('platform/limited').requests.map(({ sourceBranch }) => sourceBranch)).toEqual([
      'lockkeeper/a',
      'lockkeeper/b',
    ]);
  } finally {
    await world.dispose();
  }
});
