import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import { type BusyForge, type BusyWorld, busyWorld, publishAll } from './disturbed-scan.ts';
import type { Faults, LoggedRequest } from './faults.ts';

export type CreateForge = (folder: string, faults: Faults) => Promise<BusyForge>;

/** A world, and how a scan that nothing disturbs leaves it. */
export interface Known {
  readonly world: BusyWorld;
  readonly asked: readonly LoggedRequest[];
  readonly end: unknown;
}

export interface Worlds {
  readonly known: readonly Known[];
  /** Does this for each number, in whichever world is free. The world is as at the beginning each time. */
  each(numbers: Iterable<number>, work: (known: Known, number: number) => Promise<void>): Promise<void>;
}

const atOnce = 3;

/** `LOCKKEEPER_WALK=all npm test -- die-anywhere`: every request in every way, and the process killed at every one. Half an hour. */
export const everything = process.env['LOCKKEEPER_WALK'] === 'all';

/** Milliseconds: every request of a scan, one after the other. */
export const longest = everything ? 3_600_000 : 600_000;

/** For the tests of one `describe`. */
export function busyWorlds(create: CreateForge): () => Worlds {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-busy-'));
  let registry: Registry;
  let known: readonly Known[] = [];
  beforeAll(async () => {
    registry = await startRegistry();
    publishAll(registry);
    const folders = Array.from({ length: atOnce }, () => mkdtempSync(join(folder, 'world-')));
    known = await Promise.all(folders.map(async (home) => undisturbed(await busyWorld(home, registry, (faults) => create(home, faults)))));
  });
  afterAll(async () => {
    for (const { world } of known) await world.dispose();
    await registry.close();
    rmSync(folder, { recursive: true });
  });
  const each: Worlds['each'] = async (numbers, work) => {
    const left = numbers[Symbol.iterator]();
    const walk = async (one: Known): Promise<void> => {
      for (let next = left.next(); next.done !== true; next = left.next()) {
        await work(one, next.value);
        one.world.restore();
      }
    };
    await Promise.all(known.map(walk));
  };
  return () => ({ known, each });
}

async function undisturbed(world: BusyWorld): Promise<Known> {
  world.asked();
  const { proposals, errors } = await world.scanOnce();
  expect(errors).toEqual([]);
  expect(proposals.map(({ app, action }) => `${app} ${action}`)).toEqual(['closes close', 'left keep', 'moves update', 'opens open']);
  const known = { world, asked: world.asked(), end: await world.snapshot() };
  world.restore();
  return known;
}

/** 1, 1 + stride, … up to the last. */
export const upTo = (last: number, stride = 1): number[] => Array.from({ length: Math.ceil(last / stride) }, (_, at) => 1 + at * stride);

/** The next scan fails nowhere, and ends where one that nothing disturbed does. */
export async function expectRepaired({ world, end }: Known, number: number): Promise<void> {
  const { errors } = await world.scanOnce();
  expect({ number, errors, end: await world.snapshot() }).toEqual({ number, errors: [], end });
}
