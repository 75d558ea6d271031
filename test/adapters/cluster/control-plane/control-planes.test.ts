import type { Binaries } from '../../../../src/adapters/cluster/control-plane/binaries.ts';
import { type ControlPlaneParts, createControlPlanes } from '../../../../src/adapters/cluster/control-plane/control-planes.ts';
import { type ControlPlane, startControlPlane } from '../../../../src/adapters/cluster/control-plane/start.ts';
import { OutsideError } from '../../../../src/domain/errors.ts';
import { controlPlaneBinaries } from '../../../support/control-plane.ts';
import { describeWith } from '../../../support/parts.ts';

/** Control planes that are only counted. */
class Played implements ControlPlaneParts {
  readonly obtained: (string | undefined)[] = [];
  readonly started: string[] = [];
  readonly stopped: string[] = [];
  readonly deaths: string[] = [];
  readonly #ends = new Map<string, (why: OutsideError | undefined) => void>();
  /** What the next start fails with. */
  failure: Error | undefined;

  readonly obtain = async (version: string | undefined): Promise<Binaries> => {
    this.obtained.push(version);
    const exact = version === undefined ? '1.36.3' : `${version}.3`;
    return { etcd: '/etcd', apiserver: `/${exact}/kube-apiserver`, version: exact };
  };

  readonly start = async ({ version }: Binaries): Promise<ControlPlane> => {
    await new Promise(setImmediate);
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    this.started.push(version);
    const { promise: exited, resolve } = Promise.withResolvers<OutsideError | undefined>();
    this.#ends.set(version, resolve);
    const stop = async (): Promise<void> => {
      this.stopped.push(version);
      resolve(undefined);
    };
    const url = `https://127.0.0.1/${this.started.length}`;
    return { address: { url }, version, kubeconfig: '', pids: { etcd: 1, apiserver: 2 }, exited, stop };
  };

  readonly died = (error: Error): void => void this.deaths.push(error.message);

  kill(version: string): void {
    this.#ends.get(version)?.(new OutsideError('the minimal API server', `${version} died`));
  }
}

test('two who ask at once share one, and so does who comes later', async () => {
  const parts = new Played();
  const planes = createControlPlanes(parts);
  const [one, two] = await Promise.all([planes.lease('1.36'), planes.lease('1.36')]);
  one.release();
  two.release();
  const three = await planes.lease('1.36');
  expect([one, two, three].map(({ address, version }) => [address.url, version])).toEqual(Array(3).fill(['https://127.0.0.1/1', '1.36.3']));
  expect(parts).toMatchObject({ obtained: ['1.36'], started: ['1.36.3'], stopped: [] });
  await planes.close();
  expect(parts.stopped).toEqual(['1.36.3']);
});

test('who does not say which shares with who does', async () => {
  const parts = new Played();
  const planes = createControlPlanes(parts);
  await Promise.all([planes.lease(), planes.lease('1.36')]);
  expect(parts.started).toEqual(['1.36.3']);
});

test('one that died is started anew by the next', async () => {
  const parts = new Played();
  const planes = createControlPlanes(parts);
  const before = await planes.lease('1.36');
  parts.kill('1.36.3');
  await new Promise(setImmediate);
  before.release();
  const after = await planes.lease('1.36');
  expect([before.address.url, after.address.url]).toEqual(['https://127.0.0.1/1', 'https://127.0.0.1/2']);
  expect(parts.deaths).toEqual(['1.36.3 died']);
});

test('a failed start fails for all who wait, and the next tries again', async () => {
  const parts = new Played();
  parts.failure = new OutsideError('the minimal API server', 'no memory');
  const planes = createControlPlanes(parts);
  const both = await Promise.allSettled([planes.lease('1.36'), planes.lease('1.36')]);
  expect(both.map((one) => one.status === 'rejected' && (one.reason as Error).message)).toEqual(['no memory', 'no memory']);
  expect((await planes.lease('1.36')).version).toBe('1.36.3');
});

test('who gives up waiting does not take it from the others', async () => {
  const planes = createControlPlanes(new Played());
  const impatient = new AbortController();
  const [given, other] = [planes.lease('1.36', impatient.signal), planes.lease('1.36')];
  impatient.abort(new Error('superseded'));
  await expect(given).rejects.toThrow('superseded');
  expect((await other).version).toBe('1.36.3');
});

test('of versions that nobody uses only the last few stay warm; those in use all do', async () => {
  const parts = new Played();
  const planes = createControlPlanes(parts);
  const leases = [];
  for (const version of ['1.31', '1.32', '1.33', '1.34', '1.35']) leases.push(await planes.lease(version));
  expect(parts.stopped).toEqual([]);
  for (const lease of leases) lease.release();
  leases[0]?.release();
  await new Promise(setImmediate);
  expect(parts.stopped).toEqual(['1.31.3', '1.32.3']);
  await planes.lease('1.31');
  expect(parts.started.at(-1)).toBe('1.31.3');
});

test('after it is closed nothing starts', async () => {
  const parts = new Played();
  const planes = createControlPlanes(parts);
  const starting = planes.lease('1.36');
  await planes.close();
  await Promise.allSettled([starting]);
  await expect(planes.lease('1.36')).rejects.toThrow('Lockkeeper stops');
  expect(parts.started).toEqual(parts.stopped);
});

describeWith('control-plane', 'with real ones', () => {
  test('a dead one is replaced', async () => {
    const deaths: string[] = [];
    const started: ControlPlane[] = [];
    const planes = createControlPlanes({
      obtain: controlPlaneBinaries,
      start: async (binaries, signal) => {
        const plane = await startControlPlane(binaries, { signal });
        started.push(plane);
        return plane;
      },
      died: ({ message }) => deaths.push(message),
    });
    const first = await planes.lease();
    process.kill(started[0]?.pids.apiserver ?? 0, 'SIGKILL');
    await started[0]?.exited;
    const second = await planes.lease();
    expect(second.address.url).not.toBe(first.address.url);
    expect(deaths).toHaveLength(1);
    await planes.close();
    expect(await started[1]?.exited).toBeUndefined();
  });
});
