import { RunLogWriter, runLogOf, runsOf } from '../../../src/deploy/record/run-log.ts';
import type { DeployReport } from '../../../src/domain/deployment.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const object = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
const aReport = (change: Partial<DeployReport> = {}): DeployReport => ({
  environment: 'staging',
  run: '20261121080001',
  outcome: 'succeeded',
  created: [],
  changed: [object],
  unchanged: 3,
  pruned: [],
  kept: [],
  failures: [],
  notes: [],
  seconds: 2,
  ...change,
});

function scene() {
  const store = new MemoryStore();
  const clock = { now: Date.UTC(2026, 10, 21, 8) };
  const warned: string[] = [];
  const locks = { hold: <T>(_: string, __: number, work: (signal: AbortSignal) => Promise<T>) => work(new AbortController().signal) };
  const ports = {
    store,
    locks,
    redact: (text: string) => text.replaceAll('hunter2', '[redacted]'),
    now: () => new Date(clock.now),
    warn: (text: string) => void warned.push(text),
  };
  const writer = (commit = 'c1') =>
    new RunLogWriter(ports, {
      environment: 'staging',
      repository: 'local:staging',
      cluster: 'shared',
      commit,
      work: { requests: [{ id: 4, title: 'a 1 → 2', url: 'http://f/4', author: 'bot', commits: [] }] },
    });
  return {
    store,
    clock,
    warned,
    ports,
    writer,
    log: (run: string) => runLogOf(store, 'staging', run),
    runs: () => runsOf(store, 'staging'),
  };
}

test('a run that goes on shows how far it is; what it says holds no secret', async () => {
  const { writer, clock, log, runs } = scene();
  const one = writer();
  await one.start();
  expect(await runs()).toMatchObject([{ state: 'running', commit: 'c1', requests: [{ id: 4 }] }]);
  clock.now += 2_000;
  one.progress.phase('lock', 1);
  await Promise.resolve();
  const { id } = (await runs())[0] ?? { id: '' };
  expect(await log(id)).toMatchObject({ state: 'running', steps: [{ name: 'lock', units: 1, done: 0 }] });
  one.progress.done('the lock of staging');
  one.note('the password is hunter2');
  await one.begin('20261121080001', { created: 0, changed: 1, pruned: 0 });
  one.progress.phase('apply', 4);
  for (let done = 0; done < 4; done += 1) one.progress.done(`v1/ConfigMap/shop/${done}`);
  await one.end(aReport());
  expect(await log('20261121080001')).toEqual(await log(id));
  expect(await log(id)).toMatchObject({
    state: 'succeeded',
    counts: { changed: 1, unchanged: 3 },
    steps: [
      { name: 'lock', done: 1 },
      { name: 'apply', done: 4, last: 'v1/ConfigMap/shop/3' },
    ],
    lines: [{ text: 'the password is [redacted]' }],
    report: { changed: [object] },
  });
  expect(await runs()).toMatchObject([{ state: 'succeeded', run: '20261121080001', seconds: 2 }]);
});

test('the newest fifty are kept, newest first', async () => {
  const { writer, clock, runs, log } = scene();
  for (let at = 0; at < 53; at += 1) {
    clock.now += 60_000;
    const one = writer(`c${at}`);
    await one.start();
    await one.end(aReport({ run: `r${at}` }));
  }
  expect((await runs()).map(({ commit }) => commit)).toEqual(Array.from({ length: 50 }, (_, index) => `c${52 - index}`));
  expect([await log('r2'), (await log('r3'))?.commit]).toEqual([undefined, 'c3']);
});

test('tries that never began are one line; one that had begun stays', async () => {
  const { writer, clock, runs } = scene();
  for (const begins of [false, false, true, false]) {
    clock.now += 60_000;
    const one = writer();
    await one.start();
    if (begins) await one.begin('r1', { created: 1, changed: 0, pruned: 0 });
    await one.broke(new Error('the cluster went away'));
  }
  expect((await runs()).map(({ run, state }) => [run, state])).toEqual([
    [undefined, 'interrupted'],
    ['r1', 'interrupted'],
  ]);
});

test('lists are bounded, and say how many there were; a store that fails fails no run', async () => {
  const { writer, log, ports, warned } = scene();
  const one = writer();
  await one.start();
  await one.end(aReport({ created: Array.from({ length: 1_000 }, () => object) }));
  const kept = await log('20261121080001');
  expect([kept?.counts.created, kept?.report?.created.length]).toEqual([1_000, 300]);
  const store = {
    get: () => Promise.reject(new Error('disk full')),
    put: () => Promise.reject(new Error('disk full')),
    delete: () => Promise.reject(new Error('disk full')),
  };
  const about = { environment: 'staging', repository: 'local:staging', cluster: 'shared', commit: 'c1', work: undefined };
  const broken = new RunLogWriter({ ...ports, store }, about);
  await broken.start();
  await broken.end(aReport());
  expect(warned).toContain('the log of a run of staging could not be kept: disk full');
});
