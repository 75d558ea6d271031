import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterClient, connectCluster } from '../../../src/adapters/cluster/client.ts';
import { type HeldLease, type LeaseOptions, withLease } from '../../../src/deploy/lock/lease.ts';
import type { ApiRequest, ApiServer } from '../../../src/domain/cluster.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { DreamClock, FrozenClock } from '../../support/lease-clocks.ts';
import { describeWith } from '../../support/parts.ts';

const leases = '/apis/coordination.k8s.io/v1/namespaces/lockkeeper-system/leases';
const never = new AbortController().signal;

describeWith('control-plane', 'the lock of an environment', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  let number = 0;
  let environment = '';
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    number += 1;
    environment = `locked-${number}`;
  });

  const options = (holder: string, more: Partial<LeaseOptions> = {}): LeaseOptions => ({
    holder,
    patienceMs: 600_000,
    onWait: () => {},
    warn: () => {},
    clock: new FrozenClock(),
    ...more,
  });
  interface Standing {
    readonly metadata: { readonly resourceVersion: string; readonly annotations?: Record<string, string> };
    readonly spec: Record<string, unknown>;
  }
  async function standing(): Promise<Standing> {
    const reply = await server.ask({ method: 'GET', path: `${leases}/lockkeeper-${environment}` });
    expect(reply.status).toBe(200);
    return JSON.parse(reply.body) as Standing;
  }
  async function write(method: 'POST' | 'PATCH', spec: object, metadata: object = {}): Promise<void> {
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: `lockkeeper-${environment}`, ...metadata },
      spec,
    };
    const path = method === 'POST' ? leases : `${leases}/lockkeeper-${environment}`;
    const { status, body } = await server.ask({
      method,
      path,
      body: JSON.stringify(lease),
      ...(method === 'PATCH' && { type: 'application/merge-patch+json' }),
    });
    expect({ status, body }).toMatchObject({ status: method === 'POST' ? 201 : 200 });
  }
  const dead = {
    holderIdentity: 'dead',
    leaseDurationSeconds: 30,
    acquireTime: '2026-11-21T18:00:00.000000Z',
    renewTime: '2026-11-21T18:00:00.000000Z',
    leaseTransitions: 0,
  };
  const config = (name: string): ApiRequest => ({
    method: 'POST',
    path: '/api/v1/namespaces/default/configmaps',
    body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }),
  });
  const isThere = async (name: string): Promise<boolean> =>
    (await server.ask({ method: 'GET', path: `/api/v1/namespaces/default/configmaps/${name}` })).status === 200;
  /** The server, of which something is another way. */
  const instead = (ask: ApiServer['ask']): ApiServer => ({
    host: server.host,
    throwAway: true,
    kinds: () => server.kinds(),
    discover: () => server.discover(),
    ask,
  });

  test('is made with its namespace, and let go; what ran last stays, and the next has it at once', async () => {
    const about = { repository: 'gitlab:platform/environments/staging', commit: 'c0ffee' };
    const first = await withLease(server, environment, options('first', about), never, async ({ run }) => {
      expect(await standing()).toMatchObject({
        metadata: {
          annotations: { 'lockkeeper.dev/run': run, 'lockkeeper.dev/repository': about.repository, 'lockkeeper.dev/commit': 'c0ffee' },
        },
        spec: { holderIdentity: 'first', leaseDurationSeconds: 30 },
      });
      return run;
    });
    expect(first).toBe('20261121190000');
    const free = await standing();
    expect(free.spec).not.toHaveProperty('holderIdentity');
    expect(free.metadata.annotations).toMatchObject({ 'lockkeeper.dev/run': first, 'lockkeeper.dev/commit': 'c0ffee' });
    const second = await withLease(server, environment, options('second', { patienceMs: 0 }), never, ({ run }) => Promise.resolve(run));
    expect(second).toBe('20261121190001');
    expect((await standing()).metadata.annotations).not.toHaveProperty(['lockkeeper.dev/commit']);
    const reply = await server.ask({ method: 'GET', path: '/api/v1/namespaces/lockkeeper-system' });
    expect(JSON.parse(reply.body)).not.toHaveProperty(['metadata', 'labels', 'lockkeeper.dev/environment']);
  });

  test('many at once: one after the other, each with a later run', async () => {
    let inside = 0;
    const seen: number[] = [];
    const one = (holder: string) =>
      withLease(server, environment, { ...options(holder), clock: undefined, durationMs: 1500 }, never, async (held) => {
        inside += 1;
        await held.server.ask(config(`${environment}-${holder}`));
        seen.push(inside);
        await held.server.ask({ method: 'DELETE', path: `/api/v1/namespaces/default/configmaps/${environment}-${holder}` });
        inside -= 1;
        return held.run;
      });
    const runs = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(one));
    expect(seen).toEqual([1, 1, 1, 1, 1]);
    expect(new Set(runs).size).toBe(5);
  });

  test('two environments do not wait for each other', async () => {
    const inner = await withLease(server, environment, options('a'), never, () =>
      withLease(server, `${environment}-other`, options('b', { patienceMs: 0 }), never, () => Promise.resolve('both')),
    );
    expect(inner).toBe('both');
  });

  test('who is waited for is said once; when patience ends, so is since when', async () => {
    const told: string[] = [];
    await withLease(server, environment, options('holder'), never, async () => {
      const clock = new DreamClock();
      const waiting = withLease(
        server,
        environment,
        options('waiter', { clock, patienceMs: 10_000, onWait: ({ name }) => void told.push(name) }),
        never,
        () => Promise.resolve(),
      );
      await expect(waiting).rejects.toThrow(
        new OutsideError(
          server.host,
          `another deployment run has the lock of ${environment} (Lease lockkeeper-system/lockkeeper-${environment}): holder, since 2026-11-21T19:00:00.000000Z`,
        ),
      );
      expect(clock.passed).toBe(10_000);
    });
    expect(told).toEqual(['holder']);
  });

  test('of a killed holder: had after 30 s of silence, by our own clock', async () => {
    await write('POST', { ...dead, renewTime: '2031-01-01T00:00:00.000000Z' }); // its clock is years ahead
    const clock = new DreamClock();
    await withLease(server, environment, options('next', { clock }), never, () => {
      expect(clock.passed).toBeGreaterThan(30_000);
      expect(clock.passed).toBeLessThan(35_000);
      return Promise.resolve();
    });
  });

  test('of a slow holder: each renewal counts, whatever time it writes', async () => {
    await write('POST', dead);
    const clock = new DreamClock();
    let renewals = 0;
    clock.meanwhile = async () => {
      if (clock.passed % 28_000 !== 0 || clock.passed > 84_000) return;
      renewals += 1;
      await write('PATCH', { ...dead, renewTime: `2001-01-01T00:00:0${renewals}.000000Z` });
    };
    await withLease(server, environment, options('next', { clock }), never, () => {
      expect(renewals).toBe(3);
      expect(clock.passed).toBeGreaterThan(84_000 + 30_000);
      return Promise.resolve();
    });
  });

  test.each<[string, object, object]>([
    ['a duration of 68 years', { leaseDurationSeconds: 2 ** 31 - 1 }, {}],
    ['no duration, no times', { leaseDurationSeconds: undefined, acquireTime: undefined, renewTime: undefined }, {}],
    ['times of the year 9999', { acquireTime: '9999-12-31T23:59:59.000000Z', renewTime: '9999-12-31T23:59:59.000000Z' }, {}],
    ['a holder of escape sequences', { holderIdentity: '\u001b[2J'.repeat(100) }, {}],
    ['the most transitions there can be', { leaseTransitions: 2 ** 31 - 1 }, {}],
    ['a run that is none', {}, { annotations: { 'lockkeeper.dev/run': '<script>', 'lockkeeper.dev/commit': 'x'.repeat(10_000) } }],
    ['the last run there can be', {}, { annotations: { 'lockkeeper.dev/run': '99991231235959' } }],
  ])('with hostile contents: %s', async (_, spec, metadata) => {
    await write('POST', { ...dead, ...spec }, metadata);
    const clock = new DreamClock();
    const told: string[] = [];
    const holding = options('next', { clock, onWait: ({ name }) => void told.push(name) });
    const run = await withLease(server, environment, holding, never, async (held) => {
      expect(await held.stillOurs()).toBe(true);
      return held.run;
    });
    expect(run).toMatch(/^20261121190\d{3}$/);
    expect(clock.passed).toBeLessThan(130_000);
    expect(told.map(({ length }) => length <= 200)).toEqual([true]);
  });

  test('somebody who writes on it all the time does not keep it', async () => {
    await write('POST', dead);
    const clock = new DreamClock();
    clock.meanwhile = () => write('PATCH', dead, { annotations: { touched: String(clock.passed) } });
    await withLease(server, environment, options('next', { clock }), never, () => {
      return Promise.resolve();
    });
    expect(clock.passed).toBeLessThan(35_000);
    expect((await standing()).metadata.annotations).toHaveProperty('touched');
  });

  /** Holds the lock by a clock of the test, and gives what it needs. */
  async function holding(work: (held: HeldLease, clock: FrozenClock, signal: AbortSignal) => Promise<void>, of: ApiServer = server) {
    const clock = new FrozenClock();
    await withLease(of, environment, options('holder', { clock }), never, (held, signal) => work(held, clock, signal));
  }
  const takeOver = (): Promise<void> => {
    const clock = new DreamClock();
    return withLease(server, environment, options('thief', { clock }), never, () => {
      return Promise.resolve();
    });
  };

  test('a holder that was frozen does not write after another took over', async () => {
    await holding(async (held, clock, signal) => {
      await takeOver();
      clock.passed += 60_000; // what it would do next comes before its own timers
      await expect(held.server.ask(config(`${environment}-late`))).rejects.toThrow(`the lock of ${environment} was lost`);
      expect(signal.aborted).toBe(true);
      expect(await held.stillOurs()).toBe(false);
      await expect(held.server.ask(config(`${environment}-late`))).rejects.toThrow('was lost');
    });
    expect(await isThere(`${environment}-late`)).toBe(false);
    expect(await standing()).toMatchObject({ spec: { leaseTransitions: 1 } });
  });

  test('and neither does one whose machine slept, though its steady clock stood still', async () => {
    await holding(async (held, clock) => {
      await takeOver();
      const slept = clock.passed + 3_600_000;
      clock.now = () => new Date(Date.UTC(2026, 10, 21, 19) + slept);
      await expect(held.server.ask(config(`${environment}-late`))).rejects.toThrow('was lost');
    });
    expect(await isThere(`${environment}-late`)).toBe(false);
  });

  test('a holder that was frozen goes on where nobody else came', async () => {
    await holding(async (held, clock, signal) => {
      clock.passed += 60_000;
      const { status } = await held.server.ask(config(`${environment}-on`));
      expect({ status, aborted: signal.aborted }).toEqual({ status: 201, aborted: false });
    });
  });

  test('reading and dry runs need no certainty', async () => {
    await holding(async (held, clock) => {
      await takeOver();
      clock.passed += 60_000;
      const dry = { ...config(`${environment}-dry`), path: '/api/v1/namespaces/default/configmaps?dryRun=All' };
      expect((await held.server.ask(dry)).status).toBe(201);
      expect((await held.server.ask({ method: 'GET', path: '/version' })).status).toBe(200);
    });
  });

  test('a renewal that finds another holder stops the work', async () => {
    const reason = holding(async (_, clock, signal) => {
      await takeOver();
      clock.wake(10_000);
      await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
      signal.throwIfAborted();
    });
    await expect(reason).rejects.toThrow(`the lock of ${environment} was lost, and nothing more is written: `);
  });

  test('a lock that somebody deleted is lost', async () => {
    await holding(async (held, _, signal) => {
      await server.ask({ method: 'DELETE', path: `${leases}/lockkeeper-${environment}` });
      expect(await held.stillOurs()).toBe(false);
      expect((signal.reason as Error).message).toContain('somebody took it away');
    });
    expect((await server.ask({ method: 'GET', path: `${leases}/lockkeeper-${environment}` })).status).toBe(404);
  });

  test('a note that somebody wrote on it stays, and takes nothing away', async () => {
    await holding(async (held) => {
      const { spec } = await standing();
      await write('PATCH', spec, { annotations: { note: 'who is this?' } });
      expect(await held.stillOurs()).toBe(true);
    });
    const left = await standing();
    expect(left.metadata.annotations).toMatchObject({ note: 'who is this?' });
    expect(left.spec).not.toHaveProperty('holderIdentity');
  });

  /** Does not answer while it is off. */
  function unreliable() {
    const state = { off: false, asked: 0 };
    const of = instead((request, signal) => {
      state.asked += 1;
      return state.off ? Promise.reject(new OutsideError(server.host, 'connect ECONNREFUSED')) : server.ask(request, signal);
    });
    return { state, of };
  }
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await sleep(5);
  };

  test('an API server that is gone for a short while costs nothing', async () => {
    const { state, of } = unreliable();
    await holding(async (held, clock, signal) => {
      state.off = true;
      const before = state.asked;
      clock.wake(10_000);
      await until(() => state.asked > before);
      state.off = false;
      clock.wake(2_000);
      expect(await held.stillOurs()).toBe(true);
      expect(signal.aborted).toBe(false);
    }, of);
  });

  test('one that is gone for longer than the lock lasts: lost', async () => {
    const { state, of } = unreliable();
    const gone = holding(async (held, clock, signal) => {
      state.off = true;
      clock.passed += 21_000;
      await expect(held.server.ask(config(`${environment}-late`))).rejects.toThrow(`renewing the lock of ${environment}`);
      clock.wake(10_000);
      await until(() => signal.aborted);
      state.off = false;
      await expect(held.server.ask(config(`${environment}-late`))).rejects.toThrow('was lost');
      signal.throwIfAborted();
    }, of);
    await expect(gone).rejects.toThrow('was lost');
    expect(await isThere(`${environment}-late`)).toBe(false);
  });

  test('answers that are lost on their way: what was done is found again', async () => {
    let lose = 1;
    const of = instead(async (request, signal) => {
      const reply = await server.ask(request, signal);
      if (request.method !== 'GET' && lose-- > 0) throw new OutsideError(server.host, 'read ECONNRESET');
      return reply;
    });
    const clock = new DreamClock();
    await withLease(of, environment, options('holder', { clock }), never, async (held) => {
      expect(clock.passed).toBeLessThan(5_000);
      lose = 1;
      await expect(held.stillOurs()).rejects.toThrow(`renewing the lock of ${environment}`);
      expect(await held.stillOurs()).toBe(true);
    });
    expect((await standing()).spec).not.toHaveProperty('holderIdentity');
  });

  test('who does not want to wait any longer stops waiting', async () => {
    await withLease(server, environment, options('holder'), never, async () => {
      const stop = new AbortController();
      const waiting = withLease(
        server,
        environment,
        options('waiter', { onWait: () => stop.abort(new OutsideError('deploy', 'stopped')) }),
        stop.signal,
        () => Promise.resolve(),
      );
      await expect(waiting).rejects.toThrow('stopped');
      expect((await standing()).spec).toMatchObject({ holderIdentity: 'holder' });
    });
  });

  test('it is let go when the work fails', async () => {
    await expect(withLease(server, environment, options('a'), never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect((await standing()).spec).not.toHaveProperty('holderIdentity');
  });

  test('one that cannot be let go is said, and the work counts', async () => {
    const { state, of } = unreliable();
    const warnings: string[] = [];
    const done = await withLease(of, environment, options('a', { warn: (text) => void warnings.push(text) }), never, () => {
      state.off = true;
      return Promise.resolve('done');
    });
    expect(done).toBe('done');
    expect(warnings).toEqual([expect.stringContaining('could not be let go: connect ECONNREFUSED')]);
  });
});
