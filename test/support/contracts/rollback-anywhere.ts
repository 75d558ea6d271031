import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Registry, startRegistry } from '../../../src/demo/registry.ts';
import type { RollbackReport } from '../../../src/updates/rollback/request.ts';
import { rollback } from '../../../src/updates/rollback/rollback.ts';
import type { CreateForge } from '../busy-worlds.ts';
import { deployment, publish } from '../deployments.ts';
import { type BusyForge, withServicesIn } from '../disturbed-scan.ts';
import { type Failure, Faults, type LoggedRequest } from '../faults.ts';
import { keepFolder } from '../keep-folder.ts';
import { exitOf, startScan } from '../scan-process.ts';
import { startUnruly } from '../unruly-registry.ts';

const path = 'platform/staging';
const longest = 600_000;
const silent: Failure = { reset: true, times: Number.POSITIVE_INFINITY };
const isWrite = ({ method }: LoggedRequest): boolean => method !== 'GET' && method !== 'HEAD';

interface World extends BusyForge {
  readonly folder: string;
  readonly faults: Faults;
  readonly ask: (to?: string) => Promise<RollbackReport>;
  readonly snapshot: () => Promise<unknown>;
  readonly restore: () => void;
  readonly forget: () => void;
}

/** billing ran at 1.4.0, 1.4.2 and 1.6.0; `before` is done before anything is disturbed. */
async function beginWorld(
  folder: string,
  registry: Registry,
  create: CreateForge,
  before: (world: World) => Promise<unknown>,
): Promise<World> {
  const faults = new Faults();
  const [forge, unruly] = await Promise.all([create(folder, faults), startUnruly(registry, faults)]);
  forge.configure(`registries: { "${unruly.host}": { insecure: true } }
environments: [{ name: staging, repository: "${forge.forgeName}:${path}" }]
packages: [{ match: "**", owner: ada }]
`);
  const billing = (version: string) => ({ 'billing.yaml': deployment(`${unruly.host}/payments/billing:${version}`) });
  await forge.createRepository(path, billing('1.4.0'));
  for (const version of ['1.4.2', '1.6.0']) await forge.pushAsPerson(path, 'main', billing(version), version);
  const ask: World['ask'] = (to) =>
    withServicesIn(folder, forge.env, false, (services) => {
      const ports = services.scanPorts({ add: () => {}, done: () => {} }, new AbortController().signal);
      const request = { environment: 'staging', app: 'billing', deployed: [], failed: [], by: 'ada', why: 'slow', dryRun: false };
      return rollback(ports, services.settings, { ...request, ...(to !== undefined && { to }) });
    });
  const restoring: (() => void)[] = [];
  const world: World = {
    ...forge,
    folder,
    faults,
    ask,
    snapshot: async () => ({ branches: await forge.trees(path), requests: await forge.requests(path) }),
    restore: () => {
      for (const one of restoring) one();
    },
    forget: () => rmSync(join(folder, 'data'), { recursive: true, force: true }),
    dispose: async () => {
      await forge.dispose();
      await unruly.close();
    },
  };
  await withServicesIn(folder, forge.env, false, () => Promise.resolve()); // the store's folder is there from the beginning
  await before(world);
  restoring.push(await forge.keep(path), keepFolder(join(folder, 'data')));
  return world;
}

const situations: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'that opens its merge request': () => Promise.resolve(),
  'that updates its merge request': (world) => world.ask('1.4.0'),
};

interface Extent {
  /** The process is killed too. */
  readonly processes?: boolean;
  /** Every how manieth request is tried. */
  readonly stride?: number;
}

/** A rollback that ends anywhere and is asked for again ends in the same one merge request. */
export function rollbackAnywhereContract(name: string, create: CreateForge, { processes = false, stride = 1 }: Extent = {}): void {
  describe.each(Object.entries(situations))(`a rollback on ${name} %s`, (_, before) => {
    const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-rollback-'));
    let [registry, world]: [Registry | undefined, World | undefined] = [undefined, undefined];
    let end: unknown;
    let asked: readonly LoggedRequest[] = [];
    const here = (): World => {
      if (world === undefined) throw new Error('there is no world yet');
      return world;
    };

    beforeAll(async () => {
      registry = await startRegistry();
      publish(registry, 'payments/billing', '1.4.0', '1.4.2', '1.6.0');
      world = await beginWorld(folder, registry, create, before);
      world.faults.seen.splice(0);
      await world.ask();
      asked = world.faults.seen.splice(0);
      end = await world.snapshot();
      world.restore();
    }, longest);
    afterAll(async () => {
      await world?.dispose();
      await registry?.close();
      rmSync(folder, { recursive: true });
    });

    async function everywhere(
      counts: (request: LoggedRequest) => boolean,
      how: (number: number) => Failure,
      between: () => void = () => {},
    ) {
      const { faults, ask, snapshot, restore } = here();
      const last = asked.filter(counts).length;
      expect(last).toBeGreaterThan(0);
      for (let number = 1; number <= last; number += counts === isWrite ? 1 : stride) {
        let seen = 0;
        const has = (request: LoggedRequest): boolean => counts(request) && ++seen >= number;
        faults.plan(has, how(number));
        if (how(number).after === true) faults.plan(() => seen >= number, silent);
        const first = await ask().then(
          () => 'done',
          () => 'failed',
        );
        faults.recover();
        // Whoever fails must say so, or the text that lacks something does; whoever says nothing must have done everything.
        const then = await snapshot();
        if (first === 'done' && !JSON.stringify(then).includes('could not be ')) expect({ number, end: then }).toEqual({ number, end });
        between();
        await ask();
        expect({ number, end: await snapshot() }).toEqual({ number, end });
        restore();
      }
    }

    test(
      'stopped before each request',
      () =>
        everywhere(
          () => true,
          () => silent,
        ),
      longest,
    );
    test(
      'stopped before each request, with all memory lost',
      () =>
        everywhere(
          () => true,
          () => silent,
          here().forget,
        ),
      longest,
    );
    const failures: readonly Failure[] = [{ status: 500 }, { reset: true }, { cut: 'length' }, { status: 502 }];
    test(
      'each request failing once',
      () =>
        everywhere(
          () => true,
          (number) => failures[number % failures.length] ?? {},
        ),
      longest,
    );
    if (!processes) test('stopped after each write took effect', () => everywhere(isWrite, () => ({ reset: true, after: true })), longest);
    if (!processes) return;

    test(
      'its process killed before one in six of git processes, changes of files and rows of the store',
      async () => {
        const one = here();
        const command = ['rollback', '--env', 'staging', '--app', 'billing', '--reason', 'slow'];
        const env = { ...one.env, GITLAB_USER_LOGIN: 'ada' };
        const count = join(folder, 'steps');
        expect(await exitOf(startScan({ ...one, env }, { count }, command))).toEqual({ code: 0, signal: null });
        one.restore();
        const last = Number(readFileSync(count, 'utf8'));
        expect(last).toBeGreaterThan(10);
        for (let step = 1; step <= last; step += 6) {
          await exitOf(startScan({ ...one, env }, { step, how: 'die' }, command));
          await one.ask();
          expect({ step, end: await one.snapshot() }).toEqual({ step, end });
          one.restore();
        }
      },
      longest,
    );
  });
}
