import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { actionsRoom } from '../../src/dashboard/actions/room.ts';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import type { Job } from '../../src/domain/queue.ts';
import { AskedJobs } from '../../src/serve/asked-jobs.ts';
import { createActions, shownActions } from '../../src/serve/dashboard/actions.ts';
import { createServices, type Services } from '../../src/services.ts';
import { deployment, host, publish } from '../support/deployments.ts';
import { branchHead, readTree } from '../support/git-repository.ts';
import { localScanWorld } from '../support/scan-world.ts';
import { aViewer, press, siteOf } from '../support/site-visitor.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
let registry: Registry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

const path = 'platform/environments/production';
const closed: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closed.splice(0)) await close();
});

const page = (id: number): string => `http://localhost:3000/${path}/merge_requests/${id}`;

/** A day on which no test runs that begins now. */
const anotherDay = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][(new Date().getUTCDay() + 3) % 7] ?? '';

/** Production takes patches only, never now, and 1.7.0 not at all; it runs billing 1.4.2 and the registry has more. */
async function world(updates = `{ types: [patch], windows: ["${anotherDay} 00:00-24:00"] }`) {
  publish(registry, 'payments/billing', '1.4.1', '1.4.2', '1.4.3', '1.5.0', '1.6.0', '1.7.0', '2.0.0');
  const made = localScanWorld(folder());
  made.configure(`registries: { "${host(registry)}": { type: oci, insecure: true } }
environments: [{ name: production, repository: "local:${path}", updates: ${updates} }]
packages: [{ match: "${host(registry)}/**", ignore: ["1.7.0"] }]
`);
  await made.createRepository(path, { 'billing.yaml': deployment(`${host(registry)}/payments/billing:1.4.2`) });
  return { ...made, of: `${host(registry)}/payments/billing` };
}

/** The service's pages and its work, without its timers: a button's jobs are done when it says so. */
async function service(config: string) {
  const services = await createServices(loadConfig(config, {}), { redact: (text) => text, warn: () => {} });
  closed.push(() => services.close());
  const now = (): Date => new Date();
  const site = siteOf([actionsRoom(createActions(services, now))]);
  return { services, site, shown: shownActions(services), work: () => workOff(services, now) };
}

/** Does every job that waits; gives how many there were. */
async function workOff(services: Services, now: () => Date): Promise<number> {
  const asked = new AskedJobs({ services, redact: (text) => text, now });
  const jobs = await services.persistence.queue().list(['waiting']);
  const signal = new AbortController().signal;
  const done = Promise.withResolvers<void>();
  if (jobs.length === 0) return 0;
  let left = jobs.length;
  const worker = await services.persistence.queue().work(
    async (job: Job) => {
      const { data } = job;
      const progress = { add: () => {}, done: () => {} };
      try {
        if (data.kind === 'propose')
          await asked.propose(
            data,
            job,
            () => undefined,
            (look) => look(services.scanPorts(progress, signal)),
            signal,
          );
        if (data.kind === 'rollback') await asked.rollback(data, job, signal);
      } finally {
        left -= 1;
        if (left === 0) done.resolve();
      }
    },
    { atOnce: 1, attempts: 1 },
  );
  await done.promise;
  await worker.stop(10_000);
  return jobs.length;
}

const choice = (of: string, version: string) => ({ app: 'billing', choice: JSON.stringify([of, version]) });

test('a version that types, windows and limits hold back is proposed, survives scans and a lost store, and is not asked for once closed', async () => {
  const { config, scan, forge, directory, closeAsPerson, of } = await world();
  expect(await scan()).toMatchObject({ proposals: [], held: expect.arrayContaining([expect.objectContaining({ to: '1.6.0' })]) });
  const { site, work, shown, services } = await service(config);
  expect(await shown.of('production', 'billing')).toMatchObject({
    packages: [{ current: '1.4.2', newer: ['2.0.0', '1.7.0', '1.6.0', '1.5.0', '1.4.3'] }],
  });
  const bob = aViewer({ actor: 'local:bob' });
  for (let times = 0; times < 2; times += 1)
    expect(await press(site, '/environment/production/propose', choice(of, '1.6.0'), bob)).toMatchObject({
      status: 303,
      location: '/environment/production?app=billing',
    });
  expect(await work()).toBe(1);
  const [request, ...others] = await forge.mergeRequests(path);
  expect(others).toEqual([]);
  expect(request).toMatchObject({ state: 'open', title: 'billing 1.4.2 → 1.6.0', labels: ['lockkeeper'] });
  expect(request?.description).toContain('Asked for by `local:bob`');
  expect((await readTree(directory(path), 'lockkeeper/billing'))['billing.yaml']?.content.toString()).toContain('billing:1.6.0"');
  expect(await shown.asked('production')).toMatchObject([
    { what: 'Propose billing 1.6.0', by: 'local:bob', state: 'done', text: 'opened: billing 1.4.2 → 1.6.0', url: page(1) },
  ]);
  const { entries } = await journalOf(services);
  expect(entries).toMatchObject([
    { kind: 'proposal', actor: 'local:bob', what: 'open a merge request: billing 1.4.2 → 1.6.0', why: 'local:bob asked for 1.6.0' },
  ]);
  await services.close();
  closed.length = 0;
  const head = await branchHead(directory(path), 'lockkeeper/billing');
  const keeps = async () => {
    expect(await scan()).toMatchObject({ exit: 0, proposals: [{ action: 'keep', title: 'billing 1.4.2 → 1.6.0' }] });
    expect(await forge.mergeRequests(path)).toEqual([request]);
    expect(await branchHead(directory(path), 'lockkeeper/billing')).toBe(head);
  };
  await keeps();
  await keeps();
  rmSync(join(folder(), 'data'), { recursive: true });
  await keeps();
  await closeAsPerson(path, 1);
  expect((await scan()).proposals).toEqual([]);
  expect((await scan()).proposals).toEqual([]);
  expect(await forge.mergeRequests(path)).toMatchObject([{ id: 1, state: 'closed' }]);
  const again = await service(config);
  await press(again.site, '/environment/production/propose', choice(of, '1.6.0'));
  await again.work();
  expect(await again.shown.asked('production')).toMatchObject([{ state: 'refused', text: expect.stringContaining('closed unmerged in ') }]);
  expect(await forge.mergeRequests(path)).toHaveLength(1);
});

test('one that is open already moves to what is asked for, stays there when more comes out, and goes on once it is merged', async () => {
  const { config, scan, forge, mergeAsPerson, of } = await world('{ types: [minor, patch] }');
  expect((await scan()).proposals).toMatchObject([{ action: 'open', title: 'billing 1.4.2 → 1.6.0' }]);
  const { site, work } = await service(config);
  await press(site, '/environment/production/propose', choice(of, '1.5.0'));
  await work();
  expect(await forge.mergeRequests(path)).toMatchObject([{ id: 1, state: 'open', title: 'billing 1.4.2 → 1.5.0' }]);
  publish(registry, 'payments/billing', '1.8.0');
  expect((await scan()).proposals).toMatchObject([{ action: 'keep', title: 'billing 1.4.2 → 1.5.0' }]);
  await mergeAsPerson(path, 1);
  expect((await scan()).proposals).toMatchObject([{ action: 'open', title: 'billing 1.5.0 → 1.8.0' }]);
});

test.each([
  ['1.7.0', 'ignored by "1.7.0"'],
  ['1.4.2', '1.4.2 is what stands there'],
  ['1.4.1', '1.4.1 is not above 1.4.2, which stands there: what goes back is a rollback'],
  ['9.9.9', 'its registry lists no 9.9.9'],
])('%s is not proposed: %s', async (version, why) => {
  const { config, forge, of } = await world();
  const { site, work, shown } = await service(config);
  await press(site, '/environment/production/propose', choice(of, version));
  await work();
  expect(await shown.asked('production')).toMatchObject([{ state: 'refused', text: expect.stringContaining(why) }]);
  expect(await forge.mergeRequests(path)).toEqual([]);
});

test('the button ends in the same merge request as the command, and what was left is not to be had by asking for it', async () => {
  const { config, run, forge, pushAsPerson, of } = await world();
  await pushAsPerson(path, 'main', { 'billing.yaml': deployment(`${of}:1.5.0`) }, 'By hand');
  const { site, work, shown } = await service(config);
  expect(
    await press(
      site,
      '/environment/production/rollback',
      { app: 'billing', to: '1.4.2', reason: 'it hangs' },
      aViewer({ actor: 'local:bob' }),
    ),
  ).toMatchObject({ status: 303 });
  await work();
  const [request] = await forge.mergeRequests(path);
  expect(request).toMatchObject({ title: 'Roll back billing 1.5.0 → 1.4.2', state: 'open', branch: 'lockkeeper/rollback-billing' });
  expect(request?.description).toContain('Asked for by `local:bob`: it hangs.');
  expect(await shown.asked('production')).toMatchObject([{ what: 'Roll back billing to 1.4.2', state: 'done', url: page(1) }]);
  const { stdout } = await run('rollback', '--env', 'production', '--app', 'billing', '--to', '1.4.2', '--reason', 'it hangs', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ url: page(1) });
  expect(await forge.mergeRequests(path)).toHaveLength(1);
  await press(site, '/environment/production/rollback', { app: 'billing', to: '0.1.0', reason: 'x' });
  await press(site, '/environment/production/rollback', { app: 'nobody', to: '', reason: 'x' });
  await work();
  expect(await shown.asked('production')).toMatchObject([
    { state: 'refused', text: expect.stringContaining('has no such app') },
    { state: 'refused', text: expect.stringContaining('billing did not run at 0.1.0') },
    {},
  ]);
  expect(await forge.mergeRequests(path)).toHaveLength(1);
});

test('who may not push to the repository presses for nothing', async () => {
  const { config, of } = await world();
  const { site, services } = await service(config);
  const reader = aViewer({ acts: () => false });
  const stranger = aViewer({ sees: () => false, acts: () => false });
  for (const [action, fields] of [
    ['scan', {}],
    ['propose', choice(of, '1.6.0')],
    ['rollback', { app: 'billing', to: '', reason: 'x' }],
  ] as const) {
    expect(await press(site, `/environment/production/${action}`, fields, reader)).toMatchObject({ status: 403 });
    expect(await press(site, `/environment/production/${action}`, fields, stranger)).toMatchObject({ status: 405 });
    expect(await press(site, `/environment/nowhere/${action}`, fields)).toMatchObject({ status: 405 });
  }
  expect(await press(site, '/scan', {}, reader)).toMatchObject({ status: 403 });
  expect(await services.persistence.queue().list()).toEqual([]);
});

async function journalOf({ persistence }: Services) {
  const entries: unknown[] = [];
  for await (const entry of persistence.journal().entries()) if (entry.kind === 'proposal') entries.push(entry);
  return { entries };
}
