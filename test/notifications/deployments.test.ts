import type { DeployReport, Drift } from '../../src/domain/deployment.ts';
import type { ObjectId } from '../../src/domain/finding.ts';
import type { Locks } from '../../src/domain/locks.ts';
import { announceBegin, announceDrift, announceEnd, type RunNews } from '../../src/notifications/deployments.ts';
import { wanted } from '../../src/notifications/thread.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { MemoryStore } from '../support/memory-store.ts';

const locks: Locks = { hold: (_name, _patience, work) => work(new AbortController().signal) };
const object = (name: string): ObjectId => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name });
const commit = '82b3d5ae55f7080f1e6022629cdb57bfae7cccc7';
const request = { id: 1, title: 'billing 1.4.2 → 1.5.0', url: 'https://gitlab.example.com/env/-/merge_requests/1', by: 'Ada' };
const news: RunNews = { environment: 'staging', repository: 'gitlab:env', commit, requests: [request], shows: 1 };
const report = (more: Partial<DeployReport>): DeployReport => ({
  environment: 'staging',
  run: '20261121120000',
  outcome: 'succeeded',
  commit,
  created: [],
  changed: [object('billing')],
  unchanged: 3,
  pruned: [object('old')],
  kept: [],
  failures: [],
  notes: [],
  seconds: 1,
  ...more,
});
const link = '<https://gitlab.example.com/env/-/merge_requests/1|billing 1.4.2 → 1.5.0>, merged by Ada';

function world() {
  const [store, queue] = [new MemoryStore(), new MemoryQueue()];
  const ports = { store, queue, locks };
  return {
    queue,
    begin: (more: Partial<RunNews> = {}) => announceBegin(ports, { ...news, ...more }, 't'),
    end: (ended: Partial<DeployReport>, more: Partial<RunNews> = {}) =>
      announceEnd(ports, { ...news, shows: 2, ...more }, report(ended), 'To go back: lockkeeper rollback', 't'),
    drift: (drifts: readonly Drift[], shows: number, corrects = false) =>
      announceDrift(
        ports,
        { environment: 'staging', repository: 'gitlab:env', since: '2026-11-21T12:00:00Z', drifts, corrects, shows },
        't',
      ),
    said: () => wanted(store, `deployment gitlab:env ${commit}`),
    apart: () => wanted(store, 'drift gitlab:env 2026-11-21T12:00:00Z'),
  };
}

test('one thread from begin to end', async () => {
  const { begin, end, said, queue } = world();
  await begin();
  expect((await said())?.text).toBe(`*staging*: deploying · ${link}`);
  await end({});
  expect(await said()).toMatchObject({
    text: `*staging*: deployed 1 changed, 1 pruned · ${link}`,
    log: [`Deployed 1 changed, 1 pruned · ${link}`],
  });
  expect(queue.jobs.map(({ key }) => key)).toEqual([`deployment gitlab:env ${commit}`]);
});

test('what changes nothing is no news, unless it went wrong', async () => {
  const { end, said } = world();
  await end({ changed: [], pruned: [] });
  expect(await said()).toBeUndefined();
  await end({ changed: [], pruned: [], outcome: 'refused', failures: [{ message: 'nothing is wanted', help: 'look' }] });
  expect((await said())?.text).toBe(
    `*staging*: the deployment was *refused*, and nothing was written · ${link}\n• nothing is wanted (look)\nTo go back: lockkeeper rollback`,
  );
});

test('a failure that is met again is said once; failures are escaped and bounded, and so are merge requests', async () => {
  const { end, said } = world();
  const failures = Array.from({ length: 13 }, (_, index) => ({ object: object(`a${index}`), message: `<!channel> & ${'x'.repeat(900)}` }));
  const requests = Array.from({ length: 8 }, (_, id) => ({ ...request, id, title: '<!here>', url: '' }));
  await end({ outcome: 'failed', failures }, { requests });
  await end({ outcome: 'failed', failures }, { requests, shows: 3 });
  const { text = '', log = [] } = (await said()) ?? {};
  expect(log).toEqual([]);
  expect(text).not.toContain('<!');
  expect(text.length).toBeLessThan(10_000);
  expect(text).toContain('• and 3 more\n');
  expect(text).toContain('; and 3 more\n');
});

test('without a merge request the commit is named', async () => {
  const { end, said } = world();
  await end({}, { requests: [] });
  expect((await said())?.text).toBe('*staging*: deployed 1 changed, 1 pruned · 82b3d5ae55f7');
});

test('whose hand it was is said once', async () => {
  const { drift, apart } = world();
  const summary = 'replicas, by kubectl-edit at 2026-11-21T18:56:02Z';
  await drift([{ object: object('web'), kind: 'changed', summary, by: ['kubectl-edit'] }], 1);
  expect((await apart())?.text.split('\n')[1]).toBe(`• apps/Deployment/shop/web is changed: ${summary}`);
});

test('drift is told from when it is seen until it is gone', async () => {
  const { drift, apart } = world();
  await drift([{ object: object('web'), kind: 'changed', summary: 'spec.replicas', by: ['kubectl-edit'] }], 1, true);
  expect((await apart())?.text).toBe(
    '*staging*: 1 object in the cluster not as the repository says; set back now\n• apps/Deployment/shop/web is changed: spec.replicas (by kubectl-edit)',
  );
  await drift([], 2);
  expect(await apart()).toMatchObject({
    text: '*staging*: the cluster is as the repository says again',
    log: ['The cluster is as the repository says again'],
  });
});
