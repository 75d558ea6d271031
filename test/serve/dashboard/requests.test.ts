import type { EnvironmentSnapshot, OpenRequest } from '../../../src/domain/fleet.ts';
import type { MergeRequest } from '../../../src/domain/forge.ts';
import { writeMarker } from '../../../src/domain/identifiers.ts';
import type { ListedMergeRequest, PagesSource } from '../../../src/domain/pages.ts';
import type { Job } from '../../../src/domain/queue.ts';
import { requestsSource } from '../../../src/serve/dashboard/requests.ts';
import { spaces } from '../../../src/updates/fleet/spaces.ts';
import type { EnvironmentSettings } from '../../../src/updates/settings.ts';
import { keepStatus } from '../../../src/validation/said.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const rows = [
  { app: 'billing', environment: '', file: 'a', line: 1, package: 'p', version: '1', owner: 'team-payments', state: 'proposed' as const },
];
const open: OpenRequest = {
  id: 3,
  url: 'https://gitlab.example.com/prod/3',
  title: 'billing 1 → 2',
  app: 'billing',
  branch: 'lockkeeper/billing',
  commit: 'abc',
  createdAt: '2026-11-19T12:00:00Z',
  updatedAt: '2026-11-19T12:00:00Z',
  conflicts: false,
};
const snapshot: Omit<EnvironmentSnapshot, 'environment'> = { repository: 'gitlab:prod', url: '', rows, requests: [open], problems: [] };
const settings = [
  { name: 'staging', repository: { forge: 'local', path: 'platform/staging' }, updates: {} },
  { name: 'production', repository: { forge: 'gitlab', path: 'prod' }, updates: {} },
] as unknown as EnvironmentSettings[];

function listed(id: number, change: Partial<MergeRequest>, of: Partial<ListedMergeRequest> = {}): ListedMergeRequest {
  const mergeRequest: MergeRequest = {
    ...{ id, url: '', title: 'x', description: '', state: 'open', branch: 'feature', target: 'main', commit: 'abc', labels: [] },
    ...{ createdAt: '2026-11-19T12:00:00Z', updatedAt: '2026-11-19T12:00:00Z', conflicts: false },
    ...change,
  };
  return { path: 'platform/staging', environment: 'staging', mergeRequest, statuses: [], ...of };
}

async function world(local: readonly ListedMergeRequest[] = [], jobs: readonly Job[] = []) {
  const store = new MemoryStore();
  await store.put(spaces.snapshots, 'production', { ...snapshot, last: {} });
  await store.put(spaces.snapshots, 'staging', { ...snapshot, repository: 'local:platform/staging' });
  const source = { list: () => Promise.resolve(local) } as unknown as PagesSource;
  const services = {
    settings: { packages: [], environments: settings },
    persistence: { store, queue: () => ({ list: () => Promise.resolve(jobs) }) },
  };
  return { store, all: requestsSource({ services, judgeAgain: () => Promise.resolve() }, { forge: 'local', source }).all };
}

const ref = { forge: 'gitlab', path: 'prod' };
const marker = (change: object) => writeMarker({ app: 'billing', environment: 'staging', content: 'c', title: 't', ...change });

test('elsewhere: what the last scan saw, with what validation said of that head last, and the owner', async () => {
  const { store, all } = await world();
  await keepStatus(store, ref, open, { name: 'lockkeeper/validate', state: 'failure', description: '2 errors' });
  expect(await all()).toEqual([
    expect.objectContaining({
      ...{
        environment: 'production',
        repository: 'gitlab:prod',
        id: 3,
        url: open.url,
        kind: 'update',
        app: 'billing',
        owner: 'team-payments',
      },
      ...{ validate: expect.objectContaining({ state: 'failure', description: '2 errors' }), judging: false, state: 'open' },
    }),
  ]);
});

test('what was said of another head is nothing', async () => {
  const { store, all } = await world();
  await keepStatus(store, ref, { ...open, commit: 'older' }, { name: 'lockkeeper/validate', state: 'success', description: '' });
  expect((await all())[0]).not.toHaveProperty('validate');
});

test('elsewhere: access requests, with what the gate last missed', async () => {
  const { store, all } = await world();
  const request = {
    url: 'https://gitlab.example.com/prod/5',
    title: 'admin in billing',
    missing: ['One approval.'],
    seenAt: '2026-11-20T10:00:00Z',
  };
  await store.put('access', 'gitlab:prod', { requests: { 5: request, 6: { ...request, missing: [] } } });
  expect((await all()).filter(({ kind }) => kind === 'access')).toMatchObject([
    { id: 5, access: { state: 'failure', description: 'One approval.' }, createdAt: request.seenAt },
    { id: 6, access: { state: 'success' } },
  ]);
});

test('a validation that waits or runs is one', async () => {
  const data = { kind: 'validate', repository: 'gitlab:prod', request: 3 } as const;
  const job: Job = { id: '1', data, key: 'gitlab:prod!3', trace: 't', state: 'waiting', attempts: 0, addedAt: open.createdAt };
  const { all } = await world([], [job, { ...job, data: { kind: 'scan' }, key: '' }]);
  expect((await all()).map(({ judging }) => judging)).toEqual([true]);
});

const status = (name: string) => ({ name, state: 'success' as const, description: '' });

test.each<[string, Partial<MergeRequest>, Partial<ListedMergeRequest>, object]>([
  ['an update', { branch: 'lockkeeper/billing', description: marker({}) }, {}, { kind: 'update', app: 'billing', owner: 'team-payments' }],
  [
    'a rollback',
    { branch: 'lockkeeper/rollback-billing', description: marker({ rollback: { left: [], by: 'ada', why: 'x' } }) },
    {},
    { kind: 'rollback' },
  ],
  ['a person’s', { title: 'Draft: x' }, {}, { kind: 'other', draft: true }],
  ['access', {}, { statuses: [status('lockkeeper/access')] }, { kind: 'access', access: { state: 'success' } }],
  ['what was merged', { state: 'merged', endedAt: '2026-11-20T12:00:00Z' }, {}, { state: 'merged', endedAt: '2026-11-20T12:00:00Z' }],
])('here, %s: as it is now, and not as a scan saw it', async (_, change, of, expected) => {
  const { all } = await world([listed(9, change, of)]);
  const here = (await all()).filter(({ repository }) => repository === 'local:platform/staging');
  expect(here).toMatchObject([{ environment: 'staging', id: 9, url: '/platform/staging/merge_requests/9', ...expected }]);
});

test('a repository that is no environment has none here', async () => {
  const { environment: _, ...outside } = listed(9, {});
  const { all } = await world([outside]);
  expect((await all()).map(({ repository }) => repository)).toEqual(['gitlab:prod']);
});
