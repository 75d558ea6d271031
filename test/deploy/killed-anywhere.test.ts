import { join } from 'node:path';
import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import type { ControlPlane } from '../../src/adapters/cluster/control-plane/start.ts';
import { startApiProxy } from '../support/api-proxy.ts';
import { everything, longest, upTo } from '../support/busy-worlds.ts';
import { sharedControllers } from '../support/controller-manager.ts';
import { expectedValues, lockOf, put, putStrangers, standingOf, startDeploy, walkedFiles } from '../support/deploy-walk.ts';
import { deployed, stateOf, told } from '../support/deploy-world.ts';
import { describeWith } from '../support/parts.ts';
import { exitOf } from '../support/scan-process.ts';
import { temporaryFolder } from '../support/temporary.ts';

describeWith('controller-manager', 'the process of a deployment run', () => {
  const shared = sharedControllers();
  const folder = temporaryFolder();
  let plane: ControlPlane;
  let server: ClusterClient;
  beforeAll(async () => {
    plane = await shared();
    server = connectCluster(plane.address, { throwAway: true });
  }, longest);
  afterAll(() => server.close());

  /** The environment as it was deployed before, among strangers, with its repository moved on. */
  async function moved(env: string, namespaceGoes: boolean) {
    const { before, after } = walkedFiles(env, namespaceGoes);
    expect(told((await deployed(server, env, await stateOf(before))).report)).toMatchObject({ outcome: 'succeeded', failures: [] });
    await putStrangers(server, env);
    return { repository: put(join(folder(), env), after), state: await stateOf(after), uids: (await standingOf(server, env)).uids };
  }

  /** Runs it as a process of its own, kills it at its request of that number, and gives how many it made. */
  async function walk(env: string, number = Number.POSITIVE_INFINITY): Promise<number> {
    const { repository, state, uids } = await moved(env, everything || number % 4 === 1 || number > 1000);
    const proxy = await startApiProxy(plane.address);
    let seen = 0;
    const child = startDeploy(repository, proxy.kubeconfig(join(folder(), `${env}.kubeconfig`)));
    const end = exitOf(child);
    proxy.faults.plan(() => ++seen >= number && (child.kill('SIGKILL') || true), { reset: true, after: number % 2 === 0 });
    proxy.faults.plan(() => seen >= number, { reset: true, times: Number.POSITIVE_INFINITY });
    if (child.stdout?.closed === false) child.stdout.resume();
    const ended = await end;
    await proxy.close();
    expect({ number, ...ended }).toMatchObject(number <= seen ? { signal: 'SIGKILL' } : { code: 0 });
    const { report } = await deployed(server, env, state);
    expect({ number, ...told(report) }).toMatchObject({ number, outcome: 'succeeded', kept: [], failures: [] });
    const standing = await standingOf(server, env);
    expect({ number, values: standing.values }).toEqual({ number, values: expectedValues(env) });
    expect({ number, runs: standing.runs }).toEqual({ number, runs: [report.run] });
    const stayed = ['same', 'changes', 'stranger', 'theirs'].map((name) => `ConfigMap/${env}/${name}`);
    for (const name of [`Namespace/${env}`, ...stayed]) expect([name, standing.uids[name]]).toEqual([name, uids[name]]);
    expect({ number, lock: await lockOf(server, env) }).toEqual({ number, lock: { run: report.run, holder: undefined } });
    return seen;
  }

  const stride = everything ? 1 : 15;

  test(
    `killed at one request in ${stride}, with and without its effect: the next run ends in the right state`,
    async () => {
      const last = await walk('walk-undisturbed');
      expect(last).toBeGreaterThan(50);
      for (const number of upTo(last, stride)) await walk(`walk-${number}`, number);
    },
    longest,
  );
});
