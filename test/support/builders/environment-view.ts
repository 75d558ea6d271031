import type { EnvironmentView } from '../../../src/dashboard/environment/view.ts';
import type { InventoryRow } from '../../../src/domain/fleet.ts';
import type { RunLog } from '../../../src/domain/run-log.ts';

const commit = '8d1f0c2ab34e5f60718293a4b5c6d7e8f9012345';

export const aRow = (change: Partial<InventoryRow> = {}): InventoryRow => ({
  app: 'billing',
  environment: 'production',
  file: 'manifests/billing.yaml',
  line: 17,
  package: 'registry.example.com/payments/billing',
  version: '1.4.2',
  owner: 'team-payments',
  newest: '1.4.2',
  state: 'current',
  since: '2026-11-12T08:00:00Z',
  ...change,
});

const object = (kind: string, name: string) => ({ apiVersion: 'apps/v1', kind, namespace: 'billing', name });

/** A run that failed after it had changed something. */
export const aRunLog = (change: Partial<RunLog> = {}): RunLog => ({
  id: '20261120114500000',
  run: '20261120114502',
  environment: 'production',
  cluster: 'production-eu',
  commit,
  state: 'failed',
  beganAt: '2026-11-20T11:45:00.000Z',
  endedAt: '2026-11-20T11:50:12.000Z',
  seconds: 312,
  requests: [
    { id: 41, title: 'billing 1.4.1 → 1.4.2', url: 'https://gitlab.example.com/p/-/merge_requests/41', author: 'lockkeeper', by: 'ada' },
  ],
  moreRequests: 0,
  counts: { created: 1, changed: 2, unchanged: 36, pruned: 0, kept: 1, failures: 1 },
  compareUrl: 'https://gitlab.example.com/p/-/compare/a...b',
  steps: [
    { name: 'lock', units: 1, done: 1, last: 'the lock of production', at: '2026-11-20T11:45:00.000Z' },
    { name: 'apply', units: 39, done: 39, last: 'apps/Deployment/billing/billing', at: '2026-11-20T11:45:08.000Z' },
    { name: 'rollout', units: 3, done: 2, last: 'apps/Deployment/billing/worker', at: '2026-11-20T11:45:12.000Z' },
  ],
  lines: [{ at: '2026-11-20T11:45:01.000Z', text: 'production: another run has the lock, and is waited for: web-7' }],
  plan: { created: 1, changed: 2, pruned: 1 },
  report: {
    created: [object('ConfigMap', 'flags')],
    changed: [object('Deployment', 'billing'), object('Deployment', 'worker')],
    pruned: [],
    kept: [{ object: object('PersistentVolumeClaim', 'data'), reason: 'PersistentVolumeClaim is protected' }],
    failures: [
      {
        object: object('Deployment', 'billing'),
        message: 'has 0 of 3 pods available: ImagePullBackOff',
        help: 'kubectl -n billing describe deployment billing',
      },
    ],
    notes: ['Prune left 1 object, as something failed.'],
  },
  ...change,
});

/** Production as one sees it on a usual day. */
export const anEnvironmentView = (change: Partial<EnvironmentView> = {}): EnvironmentView => {
  const {
    steps: _steps,
    lines: _lines,
    plan: _plan,
    report: _report,
    environment: _in,
    cluster: _cluster,
    compareUrl: _url,
    ...failed
  } = aRunLog();
  return {
    snapshot: {
      environment: 'production',
      repository: 'gitlab:platform/environments/production',
      url: 'https://gitlab.example.com/platform/environments/production',
      commit,
      at: '2026-11-20T11:58:00Z',
      rows: [
        aRow({
          state: 'held',
          newest: '2.0.0',
          reason: 'no higher version may be taken; 2.0.0: major update; this environment takes minor, patch (app.yml:41)',
        }),
        aRow({
          app: 'search',
          package: 'registry.example.com/search/api',
          version: '3.1.0',
          newest: '3.2.0',
          state: 'proposed',
          mergeRequest: 'https://gitlab.example.com/p/-/merge_requests/44',
          owner: 'team-search',
          since: '2026-10-02T08:00:00Z',
        }),
        aRow({ app: 'shop', package: 'registry.example.com/shop/web', version: '7.0.3', newest: '7.0.3', owner: 'team-shop' }),
      ],
      requests: [
        {
          id: 44,
          url: 'https://gitlab.example.com/p/-/merge_requests/44',
          title: 'search 3.1.0 → 3.2.0',
          app: 'search',
          branch: 'lockkeeper/search',
          commit,
          createdAt: '2026-11-20T08:00:00Z',
          updatedAt: '2026-11-20T08:00:00Z',
          conflicts: false,
        },
      ],
      problems: [],
    },
    deploy: 'service',
    cluster: 'production-eu',
    deployed: {
      commit,
      run: '20261120114502',
      outcome: 'failed',
      at: '2026-11-20T11:45:02.000Z',
      good: { commit: 'c0ffee00c0ffee00', run: '20261119100000' },
    },
    drift: {
      commit,
      counts: { changed: 1, missing: 1, 'left-over': 0, 'not-deployed': 0, unknown: 0 },
      since: '2026-11-20T10:00:00Z',
      lookedAt: '2026-11-20T11:30:00Z',
      objects: [
        { object: object('Deployment', 'worker'), kind: 'changed', summary: 'spec.replicas is 5, not 3', by: ['kubectl-edit'] },
        { object: object('ConfigMap', 'flags'), kind: 'missing', summary: 'it was deleted' },
      ],
    },
    runs: [
      failed,
      {
        ...failed,
        id: '20261119100000000',
        run: '20261119100000',
        state: 'succeeded',
        beganAt: '2026-11-19T10:00:00.000Z',
        seconds: 41,
        requests: [],
        because: 'what was changed by hand is set back (drift.correct)',
        counts: { created: 0, changed: 1, unchanged: 38, pruned: 2, kept: 0, failures: 0 },
      },
    ],
    lease: { kind: 'held', holder: 'lockkeeper-0 (run 20261120114502)', since: '2026-11-20T11:45:00Z' },
    holds: [
      {
        id: 44,
        title: 'search 3.1.0 → 3.2.0',
        url: 'https://gitlab.example.com/p/-/merge_requests/44',
        objects: 4,
        since: '2026-11-20T08:01:00Z',
      },
    ],
    schedule: {
      nextScan: '2026-11-20T13:00:00Z',
      nextDrift: '2026-11-20T12:30:00Z',
      types: ['minor', 'patch'],
      windows: ['Mon-Thu 09:00-15:00 Europe/Stockholm'],
      isOpen: false,
      opensAt: '2026-11-23T08:00:00Z',
      after: { environment: 'staging', soak: '24h' },
      maxOpen: 10,
      openCount: 1,
    },
    asked: [
      { key: 'b', what: 'Propose billing 2.0.0', by: 'gitlab:bob', at: '2026-11-20T11:59:00Z', state: 'waiting' },
      {
        key: 'a',
        what: 'Roll back shop to 7.0.2',
        by: 'ada',
        at: '2026-11-20T11:40:00Z',
        endedAt: '2026-11-20T11:41:00Z',
        state: 'done',
        text: 'opened: Roll back shop 7.0.3 → 7.0.2',
        url: 'https://gitlab.example.com/p/-/merge_requests/45',
      },
    ],
    scanning: undefined,
    ...change,
  };
};
