import { pino } from 'pino';
import type { RepositorySight } from '../../src/domain/watched-forge.ts';
import { LocalPushes, placesIn } from '../../src/serve/local-pushes.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { MemoryStore } from '../support/memory-store.ts';

const at = (path: string) => ({ forge: 'local', path });
const settings = { environments: [{ repository: at('staging'), deployed: true }], sources: [] };
const sight = (commit: string): RepositorySight => ({ defaultBranch: 'main', commit, tags: '', requests: [], problems: [] });

/** A repository whose sight is set, seen by as many processes as are started. */
function world(store = new MemoryStore()) {
  const lines: string[] = [];
  const now: { sight: RepositorySight | Error; moved: readonly string[] | Error; time: number; asked: number } = {
    sight: sight('one'),
    moved: ['staging'],
    time: 0,
    asked: 0,
  };
  const given = <T>(value: T | Error): T => {
    if (Error.isError(value)) throw value;
    return value;
  };
  const start = async () => {
    const queue = new MemoryQueue();
    const pushes = new LocalPushes({
      name: 'local',
      forge: {
        moved: async () => given(now.moved),
        sight: async () => {
          now.asked += 1;
          return given(now.sight);
        },
      },
      settings,
      store,
      queue,
      log: pino({ level: 'warn' }, { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) }),
      clock: () => now.time,
    });
    await pushes.begin();
    return { pushes, queue, jobs: () => queue.jobs.splice(0).map(({ data }) => data.kind) };
  };
  return { store, now, lines, start };
}

test('what is there at the very first look is remembered; what moves then is asked for once', async () => {
  const { now, start } = world();
  const { pushes, jobs } = await start();
  expect(jobs()).toEqual([]);
  now.sight = sight('two');
  await pushes.look();
  expect(jobs()).toEqual(['deploy', 'scan-environment']);
  await pushes.look();
  expect(jobs()).toEqual([]);
});

test('what was missed while the service was down is found at its start; a repository that is new to it, too', async () => {
  const { store, now, start } = world();
  await (await start()).pushes.look();
  now.sight = sight('two');
  const second = await start();
  await second.pushes.look();
  expect(second.jobs()).toEqual(['deploy', 'scan-environment']);
  await store.delete('local-pushes', 'local:staging');
  const third = await start();
  await third.pushes.look();
  expect(third.jobs()).toEqual(['deploy', 'scan-environment']);
});

test('killed before it remembered, it asks again', async () => {
  const { store, now, start } = world();
  await (await start()).pushes.look();
  now.sight = sight('two');
  const dies = await start();
  dies.queue.add = () => Promise.reject(new Error('killed'));
  await dies.pushes.look();
  const next = await start();
  await next.pushes.look();
  expect(next.jobs()).toEqual(['deploy', 'scan-environment']);
  expect(store.keys('local-pushes')).toEqual(['local:staging', 'local']);
});

test('what fails is said once, tried again after a minute, and said again when it is something else', async () => {
  const { now, lines, start } = world();
  const { pushes, jobs } = await start();
  now.sight = new Error('the repository is archived');
  await pushes.look();
  now.moved = [];
  await pushes.look();
  expect(now.asked).toBe(2);
  now.time += 60_000;
  await pushes.look();
  expect(now.asked).toBe(3);
  expect(lines).toEqual(['the repository is archived']);
  now.sight = { ...sight('two'), problems: ['1.json cannot be read'] };
  now.time += 60_000;
  await pushes.look();
  await pushes.look();
  expect(now.asked).toBe(4);
  expect(jobs()).toEqual(['deploy', 'scan-environment']);
  expect(lines).toEqual(['the repository is archived', '1.json cannot be read']);
});

test('a forge that cannot be looked at is said once', async () => {
  const { now, lines, start } = world();
  const { pushes } = await start();
  now.moved = new Error('EACCES');
  await pushes.look();
  await pushes.look();
  expect(lines).toEqual(['the forge local cannot be looked at: EACCES']);
});

test.each<[string, Parameters<typeof placesIn>[0], ReturnType<typeof placesIn>]>([
  ['a repository', settings, { repositories: ['staging'], groups: [] }],
  [
    'groups and sources',
    {
      environments: [{ discover: at('platform/environments/*') }, { discover: at('*') }],
      sources: [at('apps/{name}'), at('apps/web'), at('{name}'), at('teams/of-{name}/app')],
    },
    { repositories: ['apps/web'], groups: ['platform/environments', '', 'apps', 'teams'] },
  ],
  ['another forge', { environments: [{ repository: { forge: 'gitlab', path: 'x' } }], sources: [] }, { repositories: [], groups: [] }],
])('where to look: %s', (_, of, expected) => {
  expect(placesIn(of, 'local')).toEqual(expected);
});
