import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import { busyGitLab } from '../support/busy-forges.ts';
import { busyWorlds, type Known, longest, upTo } from '../support/busy-worlds.ts';
import { deployment, host, publish } from '../support/deployments.ts';
import { scanIn } from '../support/disturbed-scan.ts';
import type { LoggedRequest } from '../support/faults.ts';
import { gitlabScanWorld } from '../support/gitlab-scan-world.ts';
import { describeOnPostgres } from '../support/with-postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-twice-'));
let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
});

const writes = (requests: readonly LoggedRequest[]): string[] =>
  requests
    .filter(({ method }) => method !== 'GET' && method !== 'HEAD')
    .map(({ method, path }) => `${method} ${path.replace(/merge_requests.\d+/, 'merge_requests/N')}`)
    .sort();

/** Two scans, the second begun at the so-manieth request of the first, end as one does, with the same writes. */
async function expectAsOnce({ world, asked, end }: Known, number: number): Promise<void> {
  const { faults, scanOnce, snapshot } = world;
  world.asked();
  const second = Promise.withResolvers<Awaited<ReturnType<typeof scanOnce>>>();
  let seen = 0;
  const begin = (): boolean => {
    seen += 1;
    if (seen === number) scanOnce().then(second.resolve, second.reject);
    return false;
  };
  faults.plan(begin, { status: 500 });
  const first = await scanOnce();
  const errors = [...first.errors, ...(await second.promise).errors];
  faults.recover();
  expect({ number, errors, writes: writes(world.asked()), end: await snapshot() }).toEqual({
    number,
    errors: [],
    writes: writes(asked),
    end,
  });
}

describe('on the embedded store', () => {
  const worlds = busyWorlds(busyGitLab);

  test(
    'a second scan, begun at any request of the first, writes nothing twice and fights over nothing',
    async () => {
      const asked = Math.min(...worlds().known.map((known) => known.asked.length));
      expect(asked).toBeGreaterThan(20);
      await worlds().each(upTo(asked), expectAsOnce);
    },
    longest,
  );
});

describeOnPostgres('on Postgres', (server) => {
  const worlds = busyWorlds(busyGitLab);

  test(
    'a second scan, begun at some requests of the first, writes nothing twice',
    async () => {
      await worlds().each([1, 4, 8, 16], async (known, number) => {
        const database = await server().createDatabase();
        const config = join(known.world.folder, 'app.yml');
        const before = readFileSync(config, 'utf8');
        writeFileSync(config, before.replace('file:./data', server().url(database)));
        try {
          await expectAsOnce(known, number);
        } finally {
          writeFileSync(config, before);
        }
      });
    },
    longest,
  );
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
    const { errors } = await scanIn(own, { GITLAB_TOKEN: world.server.token }, { beforeRequests: () => world.server.merge(path, 1) });
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
