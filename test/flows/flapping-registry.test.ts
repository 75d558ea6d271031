import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistry } from '../../src/demo/registry.ts';
import { busyGitHub, busyGitLab, busyLocal } from '../support/busy-forges.ts';
import { busyWorld, publishAll } from '../support/disturbed-scan.ts';
import type { Failure, LoggedRequest } from '../support/faults.ts';

const isRegistry = ({ path }: LoggedRequest): boolean => path.startsWith('/v2/');
const isTagList = ({ path }: LoggedRequest): boolean => path.endsWith('/tags/list');
const tagList = (tags: readonly string[]): Failure => ({ status: 200, body: JSON.stringify({ name: 'shop', tags }) });

const always = { times: Number.POSITIVE_INFINITY };
const moods: readonly (readonly [string, (request: LoggedRequest) => boolean, Failure])[] = [
  ['is overloaded', isRegistry, { status: 503 }],
  ['breaks off', isRegistry, { reset: true }],
  ['lists nothing', isTagList, tagList([])],
  ['has forgotten the repositories', isRegistry, { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' }],
  ['lacks the version that is proposed', isTagList, tagList(['1.4.2', '1.5.0'])],
  ['lacks the version that runs', isTagList, tagList(['1.6.0'])],
  ['answers for ever', isRegistry, { endless: 'silence' }],
];

test.each([
  ['GitLab', busyGitLab],
  ['GitHub', busyGitHub],
  ['the embedded forge', busyLocal],
])('a registry that flaps closes, reopens and changes nothing on %s', async (_, create) => {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-flapping-'));
  const registry = await startRegistry();
  publishAll(registry);
  const world = await busyWorld(folder, registry, (faults) => create(folder, faults));
  await world.scanOnce();
  const calm = await world.snapshot();
  for (const [mood, which, how] of moods) {
    world.faults.plan(which, { ...how, ...always });
    const { proposals } = await world.scanOnce({ hurried: true });
    world.faults.recover();
    expect({ mood, proposals: proposals.filter(({ action }) => action !== 'keep'), now: await world.snapshot() }).toEqual({
      mood,
      proposals: [],
      now: calm,
    });
    expect((await world.scanOnce()).errors).toEqual([]);
    expect({ mood, now: await world.snapshot() }).toEqual({ mood, now: calm });
  }
  await world.dispose();
  await registry.close();
  rmSync(folder, { recursive: true });
});
