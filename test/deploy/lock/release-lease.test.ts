import { type ClusterClient, connectCluster } from '../../../src/adapters/cluster/client.ts';
import type { LeaseClock } from '../../../src/deploy/lock/clock.ts';
import { holderNow, releaseDead } from '../../../src/deploy/lock/release-lease.ts';
import type { ApiReply } from '../../../src/domain/cluster.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { describeWith } from '../../support/parts.ts';

const namespace = '/api/v1/namespaces/lockkeeper-system';
const leases = '/apis/coordination.k8s.io/v1/namespaces/lockkeeper-system/leases';
const never = new AbortController().signal;
const start = Date.UTC(2026, 10, 21, 19);

/** Time that passes when somebody sleeps; what happens meanwhile, happens each time. */
function clockWith(meanwhile: () => Promise<unknown> = () => Promise.resolve()): LeaseClock & { passed: number } {
  const clock = {
    passed: 0,
    now: () => new Date(start + clock.passed),
    elapsed: () => clock.passed,
    sleep: async (ms: number) => {
      clock.passed += ms;
      await meanwhile();
    },
  };
  return clock;
}

describeWith('control-plane', 'a lock that somebody wants released', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  let environment = '';
  let number = 0;
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
    if ((await server.ask({ method: 'GET', path: namespace })).status === 404)
      await server.ask({ method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify({ metadata: { name: 'lockkeeper-system' } }) });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    number += 1;
    environment = `released-${number}`;
  });

  const time = (seconds: number): string => new Date(start + seconds * 1000).toISOString().replace('Z', '000Z');
  const held = { holderIdentity: 'pod-1', leaseDurationSeconds: 30, acquireTime: time(-60), renewTime: time(-5) };
  const path = (): string => `${leases}/lockkeeper-${environment}`;
  async function stands(spec: object): Promise<void> {
    const metadata = { name: `lockkeeper-${environment}` };
    const made = await server.ask({ method: 'POST', path: leases, body: JSON.stringify({ metadata, spec }) });
    expect(made.status).toBe(201);
  }
  const change = (spec: object): Promise<ApiReply> =>
    server.ask({ method: 'PATCH', path: path(), body: JSON.stringify({ spec }), type: 'application/merge-patch+json' });
  const spec = async (): Promise<unknown> =>
    (JSON.parse((await server.ask({ method: 'GET', path: path() })).body) as Record<string, unknown>)['spec'];

  test('none: there is nothing to release, and nobody is named', async () => {
    expect(await releaseDead(server, environment, never, clockWith())).toEqual({ kind: 'none' });
    await stands({ leaseDurationSeconds: 30, renewTime: time(0) });
    expect(await releaseDead(server, environment, never, clockWith())).toEqual({ kind: 'none' });
    expect(await holderNow(server, environment, never)).toBeUndefined();
  });

  test("a dead run's, once it was silent for its whole duration by our clock", async () => {
    await stands(held);
    expect(await holderNow(server, environment, never)).toEqual({ name: 'pod-1', since: time(-60) });
    const clock = clockWith();
    expect(await releaseDead(server, environment, never, clock)).toEqual({ kind: 'released', holder: 'pod-1' });
    expect(clock.passed).toBeGreaterThan(30_000);
    expect(await spec()).not.toHaveProperty('holderIdentity');
  });

  test('not that of a run that renews it, however late; its time is told', async () => {
    await stands({ ...held, leaseDurationSeconds: 60, renewTime: '2020-01-01T00:00:00.000000Z' });
    const clock = clockWith(async () => {
      if (clock.passed > 50_000) await change({ renewTime: time(50) });
    });
    const released = await releaseDead(server, environment, never, clock);
    expect(released).toEqual({ kind: 'alive', holder: 'pod-1', until: new Date(start + clock.passed + 60_000).toISOString() });
    expect(clock.passed).toBeLessThanOrEqual(60_000);
    expect(await spec()).toMatchObject({ holderIdentity: 'pod-1' });
  });

  test('not that of the next run, which took it while we looked', async () => {
    await stands(held);
    const clock = clockWith(() => change({ holderIdentity: 'pod-2', acquireTime: time(1) }));
    expect(await releaseDead(server, environment, never, clock)).toMatchObject({ kind: 'alive', holder: 'pod-2' });
  });

  test('one that ends meanwhile is none', async () => {
    await stands(held);
    expect(
      await releaseDead(
        server,
        environment,
        never,
        clockWith(() => change({ holderIdentity: null })),
      ),
    ).toEqual({ kind: 'none' });
  });

  test('one that is renewed in the last moment is not taken away', async () => {
    await stands(held);
    const late = {
      ...server,
      host: server.host,
      throwAway: true,
      kinds: () => server.kinds(),
      discover: () => server.discover(),
      ask: async (...of: Parameters<ClusterClient['ask']>) => {
        if (of[0].method === 'PUT') await change({ renewTime: time(99) });
        return server.ask(...of);
      },
    };
    expect(await releaseDead(late, environment, never, clockWith())).toMatchObject({ kind: 'alive', holder: 'pod-1' });
    expect(await spec()).toMatchObject({ holderIdentity: 'pod-1' });
  });
});
