import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import { type BusyWorld, busyWorld, publishAll } from '../support/disturbed-scan.ts';
import type { Failure, LoggedRequest } from '../support/gitlab-server/options.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-busy-'));
let registry: Registry;
let calm: { readonly requests: readonly string[]; readonly end: unknown };
beforeAll(async () => {
  registry = await startRegistry();
  publishAll(registry);
  calm = await undisturbed();
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

const isWrite = ({ method }: Pick<LoggedRequest, 'method'>): boolean => method !== 'GET';

/** Every request of a scan, or every one that writes, by its number from 1 on. */
const kinds = { request: () => true, write: isWrite } as const;
type Kind = keyof typeof kinds;

const numbers = (kind: Kind): number[] =>
  calm.requests
    .map((line) => ({ method: line.split(' ')[0] ?? '' }))
    .filter(kinds[kind])
    .map((_, at) => at + 1);

/** The request of that kind with that number is answered so; gives whether that has happened. */
function disturb({ server }: BusyWorld, kind: Kind, number: number, how: Failure): () => boolean {
  let seen = 0;
  server.failWhere((request) => kinds[kind](request) && ++seen >= number, how);
  return () => seen >= number;
}

const worldsAtOnce = 3;

interface Disturbance {
  readonly kind: Kind;
  readonly happen: (world: BusyWorld, number: number) => void;
  /** Between the disturbed scan and the next. */
  readonly between?: (world: BusyWorld) => void;
}

/** For each number: a scan disturbed there, then one that is not. Every end must be the undisturbed one's, and no scan may hide a failure. */
async function everywhere({ kind, happen, between }: Disturbance): Promise<void> {
  const limit = pLimit(worldsAtOnce);
  const ends = numbers(kind).map((number) =>
    limit(() =>
      inBusyWorld(async (world) => {
        happen(world, number);
        const { errors } = await world.scanOnce();
        const first = await world.snapshot();
        world.server.recover();
        between?.(world);
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
  test('before each request', () =>
    everywhere({ kind: 'request', happen: (world, number) => void disturb(world, 'request', number, silent) }));

  const happen = (world: BusyWorld, number: number): void => {
    const isDead = disturb(world, 'write', number, { reset: true, after: true });
    world.server.failWhere(isDead, silent);
  };
  test('after each write took effect', () => everywhere({ kind: 'write', happen }));
  test('after each write took effect, with all memory lost', () => everywhere({ kind: 'write', happen, between: forgetEverything }));
});

describe('each failing once', () => {
  test.each<[string, Kind, Failure]>([
    ['429 with Retry-After: 0', 'request', { status: 429, headers: { 'retry-after': '0' } }],
    ['a connection that breaks', 'request', { reset: true }],
    ['500 instead of its effect', 'write', { status: 500 }],
    ['502 after its effect', 'write', { status: 502, after: true }],
    ['a connection that breaks after its effect', 'write', { reset: true, after: true }],
  ])('%s: each %s', (_, kind, how) => everywhere({ kind, happen: (world, number) => void disturb(world, kind, number, how) }));
});
