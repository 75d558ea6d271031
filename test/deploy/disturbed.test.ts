import { join } from 'node:path';
import { connectCluster } from '../../src/adapters/cluster/client.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { isLock, isWrite, startApiProxy } from '../support/api-proxy.ts';
import { everything, longest } from '../support/busy-worlds.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { expectedValues, lockOf, put, putStrangers, standingOf, startDeploy, walkedFiles } from '../support/deploy-walk.ts';
import { deployed, stateOf, told } from '../support/deploy-world.ts';
import type { Failure } from '../support/faults.ts';
import { describeWith } from '../support/parts.ts';
import { ended } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

describeWith('control-plane', 'deployment runs that are disturbed', () => {
  const shared = sharedControlPlane();
  const folder = temporaryFolder();

  /** The environment as it was deployed before, with its repository moved on. */
  async function moved(env: string) {
    const { address } = await shared();
    const server = connectCluster(address, { throwAway: true });
    const { before, after } = walkedFiles(env, false);
    expect(told((await deployed(server, env, await stateOf(before))).report)).toMatchObject({ outcome: 'succeeded' });
    await putStrangers(server, env);
    return { address, server, after };
  }

  test(
    'several started at once: one after the other, no write of one among those of another',
    async () => {
      const env = 'disturbed-together';
      const { address, server, after } = await moved(env);
      const repository = put(join(folder(), env), after);
      const writes: { readonly who: number; readonly what: string }[] = [];
      const processes = [0, 1, 2].map(async (who) => {
        const proxy = await startApiProxy(address, (request) => {
          if (isWrite(request) && !isLock(request)) writes.push({ who, what: `${request.method} ${request.path}` });
        });
        const result = await ended(startDeploy(repository, proxy.kubeconfig(join(folder(), `${who}.kubeconfig`)), '--json'));
        await proxy.close();
        return result;
      });
      const results = await Promise.all(processes);
      const reports = results.map(
        ({ out }) => JSON.parse(out) as { readonly run: string; readonly outcome: string; readonly created: string[] },
      );
      expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
      expect(reports.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'succeeded']);
      expect(new Set(reports.map(({ run }) => run)).size).toBe(3);
      // Who writes changes twice, from the first to the second and to the third.
      const changes = writes.filter(({ who }, index) => index > 0 && who !== writes[index - 1]?.who).length;
      expect({ changes, by: new Set(writes.map(({ who }) => who)).size }).toEqual({ changes: 2, by: 3 });
      expect(reports.map(({ created }) => created.length).toSorted()).toEqual([0, 0, 5]);
      expect((await standingOf(server, env)).values).toEqual(expectedValues(env));
      await server.close();
    },
    longest,
  );

  const message = 'etcdserver: request timed out';
  const ways: readonly (readonly [string, Failure])[] = [
    ['too busy', { status: 429, headers: { 'retry-after': '0' }, body: '{}' }],
    ['its storage slow', { status: 500, body: JSON.stringify({ kind: 'Status', message, code: 500 }) }],
    ['not there', { status: 503, body: '{}' }],
    ['connections broken', { reset: true }],
    ['answers lost', { reset: true, after: true }],
    ['answers cut short', { cut: 'length', after: true }],
  ];
  const every = everything ? [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 17, 19, 23] : [3, 7];

  test.each(ways.flatMap(([name, how], way) => every.map((nth) => [name, nth, how, `disturbed-${way}-${nth}`] as const)))(
    'a server with %s at every %ith request: the run says what it could do, and the next one has the rest',
    async (_, nth, how, env) => {
      const { address, server, after } = await moved(env);
      const proxy = await startApiProxy(address);
      let seen = 0;
      proxy.faults.plan(() => ++seen % nth === 0, { ...how, times: Number.POSITIVE_INFINITY });
      const disturbed = connectCluster(proxy.address, { throwAway: true, wait: () => Promise.resolve() });
      const state = await stateOf(after);
      const first = await deployed(disturbed, env, state).catch((error: unknown) => {
        if (!(error instanceof OutsideError)) throw error;
        return undefined;
      });
      await disturbed.close();
      await proxy.close();
      expect(seen).toBeGreaterThan(nth);
      for (const { outside, message: said } of first?.report.failures ?? []) expect([said, outside]).toEqual([said, true]);
      const { report } = await deployed(server, env, state);
      expect(told(report)).toMatchObject({ outcome: 'succeeded', kept: [], failures: [] });
      const standing = await standingOf(server, env);
      expect(standing.values).toEqual(expectedValues(env));
      expect(standing.runs).toEqual([report.run]);
      expect(await lockOf(server, env)).toEqual({ run: report.run, holder: undefined });
      await server.close();
    },
    longest,
  );
});
