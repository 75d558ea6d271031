import { createMetrics } from '../../src/adapters/metrics.ts';
import { readConfig } from '../../src/config/load.ts';
import type { Drift } from '../../src/domain/deployment.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { clusterFigures } from '../../src/serve/drift-watch.ts';
import { configMap, configMapId, deploymentWorld } from '../support/deployment-world.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const settings = (...environments: readonly string[]) =>
  `clusters: { shared: { kubeconfig: ./kubeconfig } }\nenvironments:\n${environments.map((one) => `  - ${one}\n`).join('')}`;
const service = '{ name: staging, repository: "local:staging", cluster: shared, deploy: service }';
const correcting = '{ name: staging, repository: "local:staging", cluster: shared, deploy: service, drift: { correct: true } }';
const pipeline = '{ name: staging, repository: "local:staging", cluster: shared, deploy: pipeline }';
const other = '{ name: production, repository: "local:production", cluster: shared, deploy: pipeline }';
const off = '{ name: off, repository: "local:off", cluster: shared }';
const files = { 'environment.yml': 'manifests: [manifests/]\n', 'manifests/a.yaml': configMap('a') };
const drift = (name: string, kind: Drift['kind'] = 'changed'): Drift => ({ object: configMapId(name), kind, summary: 'data.value' });

async function world(...environments: readonly string[]) {
  const made = await deploymentWorld(folder(), settings(...environments));
  for (const name of ['staging', 'production', 'off']) await made.createRepository(name, files);
  const drifted = () => made.entries().flatMap(({ kind, what }) => (kind === 'drift' ? [what] : []));
  return { ...made, drifted };
}

test('found, told and recorded once; again where it changes, and when it is gone', async () => {
  const { play, look, drifted, said, clock, metrics, entries } = await world(pipeline, off);
  play.drifts = [[drift('a')], [drift('a')], [drift('a'), drift('b', 'missing')], [], []];
  const since = clock.now.toISOString();
  for (let hour = 0; hour < 5; hour += 1) {
    await look();
    clock.now = new Date(clock.now.getTime() + 3_600_000);
    if (hour === 1)
      expect(await said(`drift local:staging ${since}`)).toContain('*staging*: 1 object in the cluster not as the repository says');
  }
  expect(drifted().map((what) => what.replaceAll(/[0-9a-f]{12}/g, 'COMMIT'))).toEqual([
    '1 object in shared not as COMMIT says: ConfigMap/shop/a (changed)',
    '2 objects in shared not as COMMIT says: ConfigMap/shop/a (changed) and ConfigMap/shop/b (missing)',
    'shared is as COMMIT says again',
  ]);
  expect(await said(`drift local:staging ${since}`)).toBe('*staging*: the cluster is as the repository says again');
  expect(entries()).toHaveLength(3);
  expect(metrics).toEqual([]);
});

test('what the service deploys and has not yet, or could not begin, is compared with what was deployed before', async () => {
  const { play, look, deploy, drifted, pushAsPerson, runs } = await world(service);
  play.drifts = [[drift('a')]];
  await look();
  expect(play.drifts).toHaveLength(1); // nothing was looked at
  await deploy('staging');
  await pushAsPerson('staging', 'main', { 'manifests/b.yaml': configMap('b') }, 'more');
  play.runs.push({ outcome: 'refused', failures: [{ message: 'no' }] });
  await deploy('staging');
  await look();
  expect(drifted()[0]).toContain(`not as ${runs[0]?.commit.slice(0, 12)} says`);
});

test('what the service has deployed is known to have been there; what a pipeline does is not known', async () => {
  const made = await world(service, other);
  await made.deploy('staging');
  made.play.drifts = [[], []];
  await made.look();
  expect(made.expected).toEqual([true, false]);
});

test('while a run goes, nothing is said', async () => {
  const { play, look, drifted } = await world(pipeline);
  play.drifts = [undefined];
  await look();
  expect(drifted()).toEqual([]);
});

test('set back where the environment says so, by a run of the same commit that is recorded as that, once per look', async () => {
  const { play, look, deploy, waiting, runs, entries, drifted } = await world(correcting);
  await deploy('staging');
  play.drifts = [[drift('a')], []];
  await look();
  expect(waiting()).toEqual(['deploy local:staging']);
  await deploy('staging');
  expect(runs).toHaveLength(2);
  expect(runs[1]).toMatchObject({ takeOver: true, commit: runs[0]?.commit });
  expect(entries().at(-1)?.why).toBe('what was changed by hand is set back (drift.correct)');
  expect(waiting()).toEqual(['drift ']); // whether it worked, the next look says
  await deploy('staging');
  expect(runs).toHaveLength(2);
  await look();
  expect(drifted()).toHaveLength(2);
});

test('what comes back at once is not fought without end: the next correction is that of a later look', async () => {
  const { play, look, deploy, waiting, clock } = await world(correcting);
  await deploy('staging');
  play.drifts = [[drift('a')], [drift('a')], [drift('a')]];
  await look();
  expect(waiting()).toEqual(['deploy local:staging']);
  await deploy('staging');
  waiting();
  await look();
  expect(waiting()).toEqual([]);
  clock.now = new Date(clock.now.getTime() + 10 * 60_000);
  await look();
  expect(waiting()).toEqual(['deploy local:staging']);
});

test('not set back where nobody wants that, nor what could not be compared, nor after a run that failed', async () => {
  const without = await world(service);
  await without.deploy('staging');
  without.play.drifts = [[drift('a')]];
  await without.look();
  expect(without.waiting()).toEqual([]);
  const wanted = await world(correcting);
  wanted.play.runs.push({ outcome: 'failed', failures: [{ message: 'no' }] });
  await wanted.deploy('staging');
  wanted.play.drifts = [[drift('a', 'unknown')], [drift('a')]];
  await wanted.look();
  expect(wanted.waiting()).toEqual([]);
  await wanted.look();
  expect(wanted.entries().flatMap(({ kind, facts }) => (kind === 'drift' ? [facts['corrects']] : []))).toEqual([false, false]);
  expect(wanted.waiting()).toEqual([]);
  await wanted.deploy('staging');
  expect(wanted.runs).toHaveLength(1);
});

test('a cluster that does not answer keeps nobody from looking at the others, and is tried again', async () => {
  const { play, look, drifted } = await world(pipeline, other);
  play.drifts = [new OutsideError('shared', 'connect ECONNREFUSED'), [drift('a')]];
  await expect(look()).rejects.toThrow('staging: connect ECONNREFUSED');
  expect(drifted()).toHaveLength(1);
});

test('the metrics say how each cluster stands', async () => {
  const made = await world(service, other);
  await made.deploy('staging');
  made.play.drifts = [[drift('a'), drift('b', 'not-deployed')]];
  await made.look();
  const text = `forges: { local: { type: local, path: ./repositories } }\n${settings(service, other)}`;
  const { config } = readConfig('app.yml', text, { env: {}, readFile: () => '' });
  const metrics = createMetrics({
    queue: async () => ({ counts: { waiting: 0, running: 0, parked: 0 }, oldest: 0 }),
    journal: async () => 0,
    anchor: async () => undefined,
    lastScan: async () => undefined,
    stoppedWebhooks: async () => new Map(),
    clusters: () => clusterFigures(made, config),
    access: async () => [],
  });
  const lines = (await metrics.text()).split('\n').filter((line) => /^lockkeeper_(?:drift|deployment)\w*\{/.test(line));
  expect(lines.sort()).toEqual([
    'lockkeeper_deployment_last_success_timestamp_seconds{environment="staging"} 1795262401',
    'lockkeeper_deployment_ok{environment="staging"} 1',
    'lockkeeper_drift_objects{environment="staging",kind="changed"} 1',
    'lockkeeper_drift_objects{environment="staging",kind="left-over"} 0',
    'lockkeeper_drift_objects{environment="staging",kind="missing"} 0',
    'lockkeeper_drift_objects{environment="staging",kind="not-deployed"} 1',
    'lockkeeper_drift_objects{environment="staging",kind="unknown"} 0',
  ]);
});
