import type { Operations, ShownCluster } from '../../src/dashboard/operations/report.ts';

const now = new Date('2026-11-20T12:00:00Z');
const before = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();

/** A job whose id repeats the digit. */
export const aJob = (digit: string, state: 'waiting' | 'running' | 'parked', change: Partial<Operations['jobs'][number]> = {}) => ({
  id: `${digit.repeat(8)}-0000-4000-8000-000000000000`,
  kind: 'scan',
  key: '',
  trace: `scan ${digit}`,
  state,
  attempts: 1,
  addedAt: before(180),
  ...change,
});

/** A whole day, in which `missed` questions of the hour that is so many hours ago were not answered. */
const hours = (missed: Readonly<Record<number, number>> = {}): ShownCluster['hours'] =>
  Array.from({ length: 24 }, (_, at) => {
    const back = 23 - at;
    const asked = back === 0 ? 1 : 60;
    return { from: before(back * 60), asked, answered: asked - (missed[back] ?? 0) };
  });

/** A service with a bit of everything, at noon of 2026-11-20. */
export const someOperations = (change: Partial<Operations> = {}): Operations => ({
  scans: {
    last: {
      at: before(42),
      seconds: 73.4,
      environments: 3,
      errors: [{ scope: 'nexus.example.com', message: 'nexus.example.com: listing versions of charts/web: the server fails (503)' }],
    },
    next: before(-17),
    schedule: '0 * * * *',
    timezone: 'Etc/UTC',
  },
  jobs: [
    aJob('a', 'parked', {
      kind: 'deploy',
      key: 'gitlab:platform/environments/staging',
      environment: 'staging',
      attempts: 5,
      problem: 'staging: 10.0.0.4:6443: GET https://10.0.0.4:6443/api: connect ECONNREFUSED 10.0.0.4:6443 (4 tries)',
    }),
    aJob('b', 'running', {
      kind: 'validate',
      key: 'gitlab:platform/environments/production 41',
      environment: 'production',
      addedAt: before(0.5),
    }),
    aJob('c', 'waiting', { kind: 'notify', key: 'run staging', addedAt: before(3) }),
    aJob('d', 'waiting', {
      kind: 'notify',
      key: 'run production',
      addedAt: before(2),
      notBefore: before(-4),
      problem: 'Slack: too many requests (429)',
    }),
  ],
  clusters: [
    {
      cluster: 'staging',
      environments: ['staging'],
      state: 'down',
      since: before(12),
      at: before(0.4),
      problem: '10.0.0.4:6443: GET https://10.0.0.4:6443/readyz: connect ECONNREFUSED 10.0.0.4:6443 (4 tries)',
      day: 0.9611,
      week: 0.9944,
      hours: hours({ 1: 12, 9: 30, 10: 4 }),
    },
    {
      cluster: 'production',
      environments: ['production', 'production-eu'],
      state: 'up',
      since: before(9000),
      at: before(0.4),
      latencyMs: 14,
      day: 1,
      week: 1,
      hours: hours(),
    },
    { cluster: 'new', environments: [], state: 'unknown', hours: hours().map((one) => ({ ...one, asked: 0, answered: 0 })) },
  ],
  troubles: [
    {
      scope: 'nexus.example.com',
      message: 'listing versions of charts/web: the server fails (503); look whether it is up',
      since: before(160),
      environments: ['staging', 'production'],
    },
  ],
  hosts: [
    {
      host: 'gitlab.example.com',
      use: 'forge gitlab',
      at: before(1),
      lastSuccess: before(1),
      limits: [{ resource: '', limit: 2000, remaining: 1988, resetAt: before(-1), at: before(1) }],
    },
    {
      host: 'api.github.com',
      use: 'forge github',
      at: before(2),
      lastSuccess: before(2),
      limits: [
        { resource: 'core', limit: 5000, remaining: 212, resetAt: before(-31), at: before(2) },
        { resource: 'search', limit: 30, remaining: 30, resetAt: before(-1), at: before(5) },
      ],
    },
    {
      host: 'nexus.example.com',
      use: 'registry',
      at: before(42),
      lastSuccess: before(170),
      failingSince: before(160),
      problem: 'the server fails (503)',
      limits: [],
    },
    { host: 'registry.example.com', use: 'registry', limits: [] },
  ],
  webhooks: [{ sender: 'gitlab/gitlab', at: before(8), outcome: 'accepted', stopped: 1 }, { sender: 'registry/registry.example.com' }],
  service: {
    version: '0.1.0',
    replicas: [
      { name: 'lockkeeper-7d9f4/1', version: '0.1.0', startedAt: before(4000), at: before(0.1) },
      { name: 'lockkeeper-bx2p8/1', version: '0.1.0', startedAt: before(3990), at: before(0.2) },
    ],
    store: 'postgres',
    journal: { newest: 1204, anchored: { number: 1200, at: before(30) } },
  },
  ...change,
});
