import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import { type BusyWorld, busyWorld, publishAll } from '../support/disturbed-scan.ts';
import type { Failure } from '../support/gitlab-server/options.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
let registry: Registry;
let calm: { readonly requests: readonly string[]; readonly end: unknown };
beforeAll(async () => {
  registry = await startRegistry();
  publishAll(registry);
});
afterAll(() => registry.close());
beforeEach(async () => {
  calm = await undisturbed();
});

async function inBusyWorld<T>(work: (world: BusyWorld) => Promise<T>): Promise<T> {
  const world = await busyWorld(mkdtempSync(join(folder(), 'world-')), registry);
  try {
    return await work(world);
  } finally {
    await world.dispose();
  }
}

/** A scan that nothing disturbs: its requests, and how it leaves the forge. */
async function undisturbed(): Promise<typeof calm> {
  return inBusyWorld(async ({ scanOnce, snapshot, asked }) => {
    asked();
    const { proposals, errors } = await scanOnce();
    expect(errors).toEqual([]);
    expect(proposals.map(({ app, action }) => `${app} ${action}`)).toEqual(['closes close', 'left keep', 'moves update', 'opens open']);
    return { requests: asked(), end: await snapshot() };
  });
}

/** The numbers of requests from 1 on; a scan may send a few more once something has failed. */
const numbers = (): number[] => calm.requests.map((_, at) => at + 1);

const worldsAtOnce = 3;

/** For each number: a scan disturbed there, then one that is not. Every end must be the undisturbed one's, and no scan may hide a failure. */
async function disturbedAt(disturb: (world: BusyWorld, number: number) => void, between: (world: BusyWorld) => void = () => {}) {
  const limit = pLimit(worldsAtOnce);
  const ends = numbers().map((number) =>
    limit(() =>
      inBusyWorld(async (world) => {
        disturb(world, number);
        const { errors } = await world.scanOnce();
        const first = await world.snapshot();
        world.server.recover();
        between(world);
        const again = await world.scanOnce();
        return { number, errors, first, again: again.errors, end: await world.snapshot() };
      }),
    ),
  );
  for (const { number, errors, first, again, end } of await Promise.all(ends)) {
    if (errors.length === 0) expect({ number, end: first }).toEqual({ number, end: calm.end });
    expect({ number, errors: again, end }).toEqual({ number, errors: [], end: calm.end });
  }
}

const forgetEverything = ({ folder: home }: BusyWorld): void => rmSync(join(home, 'data'), { recursive: true });

/** From then on nobody answers: to the forge no different from a process that is gone. */
const silent: Failure = { reset: true, times: Number.POSITIVE_INFINITY };

describe('stopped anywhere, the next scan ends where an undisturbed one does', () => {
  test('before each request', () => disturbedAt(({ server }, number) => server.failFrom(number, silent)));

  const afterwards = ({ server }: BusyWorld, number: number): void => {
    server.failFrom(number, { reset: true, after: true });
    server.failFrom(number + 1, silent);
  };
  test('after each request took effect', () => disturbedAt(afterwards));
  test('after each request took effect, with all memory lost', () => disturbedAt(afterwards, forgetEverything));
});

describe('each request failing once', () => {
  test.each<[string, Failure]>([
    ['429 with Retry-After: 0', { status: 429, headers: { 'retry-after': '0' } }],
    ['500 instead of its effect', { status: 500 }],
    ['500 after its effect', { status: 500, after: true }],
    ['502', { status: 502 }],
    ['a connection that breaks', { reset: true }],
    ['a connection that breaks after its effect', { reset: true, after: true }],
  ])('%s', (_, how) => disturbedAt(({ server }, number) => server.failFrom(number, how)));
});
