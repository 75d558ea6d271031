import { claimed, leaseName, released, renewed, runOf, silenceOf } from '../../../src/deploy/lock/lease-record.ts';

test.each([
  ['production', 'lockkeeper-production'],
  ['eu-west-1.prod', 'lockkeeper-eu-west-1.prod'],
  ['Production', 'lockkeeper-production--'],
  ['PRODUCTION', 'lockkeeper-production--'],
  ['a_b', 'lockkeeper-a-b--'],
  ['a--b', 'lockkeeper-a-b--'],
  ['a..b', 'lockkeeper-a-b--'],
])('the lock of %s', (environment, name) => {
  expect(leaseName(environment).startsWith(name)).toBe(true);
  expect(leaseName(environment)).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
});

test('no two environments share a lock', () => {
  const names = ['a-b', 'a_b', 'A-b', 'a--b', 'a.b', 'a..b', 'a.-b', '_', '-', 'ä'];
  expect(new Set(names.map(leaseName)).size).toBe(names.length);
});

test.each([
  ['what it says', 60, 60_000],
  ['a shorter one is not believed', 1, 30_000],
  ['nobody locks for ever', 2 ** 31 - 1, 120_000],
  ['a negative one', -5, 30_000],
  ['no number', '60', 30_000],
])('how long the holder may be silent: %s', (_, leaseDurationSeconds, expected) => {
  expect(silenceOf({ spec: { leaseDurationSeconds } }, 30_000)).toBe(expected);
});

const now = new Date('2026-11-21T19:00:00.123Z');
const claim = { environment: 'staging', holder: 'me', repository: 'gitlab:platform/staging', commit: 'c0ffee', durationMs: 30_000 };

test('a claim keeps what others wrote, and is later than the last run', () => {
  const standing = {
    metadata: {
      resourceVersion: '7',
      labels: { team: 'x' },
      annotations: { note: 'hands off', 'lockkeeper.dev/run': '20270101000000', 'lockkeeper.dev/commit': 'old' },
    },
    spec: { leaseTransitions: 4 },
  };
  const { repository: _, commit: __, ...bare } = claim;
  expect(claimed(standing, bare, now)).toEqual({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: 'lockkeeper-staging',
      namespace: 'lockkeeper-system',
      resourceVersion: '7',
      labels: { team: 'x' },
      annotations: { note: 'hands off', 'lockkeeper.dev/run': '20270101000001' },
    },
    spec: {
      holderIdentity: 'me',
      leaseDurationSeconds: 30,
      acquireTime: '2026-11-21T19:00:00.123000Z',
      renewTime: '2026-11-21T19:00:00.123000Z',
      leaseTransitions: 5,
    },
  });
});

test('renewed and let go, it keeps what it says of the run', () => {
  const lease = claimed(undefined, claim, now);
  const later = new Date('2026-11-21T19:00:10Z');
  expect(renewed(lease, later)['spec']).toMatchObject({ holderIdentity: 'me', renewTime: '2026-11-21T19:00:10.000000Z' });
  const free = released(renewed(lease, later), later);
  expect(free['spec']).not.toHaveProperty('holderIdentity');
  expect(runOf(free)).toBe('20261121190000');
  expect(free['metadata']).toMatchObject({
    annotations: { 'lockkeeper.dev/repository': 'gitlab:platform/staging', 'lockkeeper.dev/commit': 'c0ffee' },
  });
});
