import { OutsideError } from '../../src/domain/errors.ts';
import { RetryAt } from '../../src/domain/queue.ts';
import { keepPlan } from '../../src/plan/kept-plan.ts';
import { configMap, configMapId, deploymentWorld } from '../support/deployment-world.ts';
import { branchHead } from '../support/git-repository.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const environment = (name: string, more = '') =>
  `  - { name: ${name}, repository: "local:${name}", cluster: shared, deploy: service${more} }\n`;
const settings = (...environments: readonly string[]) =>
  `clusters: { shared: { kubeconfig: ./kubeconfig } }\nenvironments:\n${environments.join('')}`;
const files = { 'environment.yml': 'name: staging\nmanifests: [manifests/]\n', 'manifests/a.yaml': configMap('a') };

async function staging(text = settings(environment('staging'))) {
  const world = await deploymentWorld(folder(), text);
  await world.createRepository('staging', files);
  const head = async () => (await branchHead(world.directory('staging'), 'main')) ?? '';
  /** A person's merge request with these files, merged; what validation said that it prunes, where it said anything. */
  const merge = async (title: string, changed: Parameters<typeof world.pushAsPerson>[2], pruned?: readonly string[]) => {
    const branch = title.replaceAll(/\W+/g, '-');
    const commit = await world.pushAsPerson('staging', branch, changed, title);
    const id = await world.openAsPerson('staging', branch, title);
    const prune = pruned?.map((name) => ({ object: configMapId(name), lost: '' }));
    if (prune !== undefined) await keepPlan(world.store, { forge: 'local', path: 'staging' }, commit, { prune });
    await world.mergeAsPerson('staging', id);
    return id;
  };
  return { ...world, head, merge };
}

test('the head is deployed once, with what app.yml says; recorded before and after; told, and remembered', async () => {
  const world = await staging(
    settings(environment('staging', ', formerly: [stage], prune: { share: 0.25 }, rollout: { timeout: 5m }, drift: { correct: true }')),
  );
  await world.deploy('staging');
  const commit = await world.head();
  const [run] = world.runs;
  expect(run).toMatchObject({
    environment: 'staging',
    repository: 'local:staging',
    formerly: ['stage'],
    share: 0.25,
    timeoutMs: 300_000,
    commit,
    takeOver: true,
  });
  expect(run?.state.objects.map(({ name }) => name)).toEqual(['a']);
  expect(run).not.toHaveProperty('approvedPrune');
  expect(world.entries().map(({ kind, facts }) => `${kind} ${facts['phase']}`)).toEqual(['deployment-run begin', 'deployment-run end']);
  expect(await world.said(`deployment local:staging ${commit}`)).toBe(`*staging*: deployed 1 changed · ${commit.slice(0, 12)}`);
  expect(world.metrics).toEqual(['staging succeeded']);
  await world.deploy('staging');
  expect(world.runs).toHaveLength(1);
  expect(world.waiting()).toEqual([]);
});

test('while a run goes, comments say so: that is asked for once it has begun, and not where it is refused before', async () => {
  const world = await staging();
  const during: (readonly string[])[] = [];
  world.play.runs.push({ outcome: 'refused', failures: [{ message: 'no' }] }, () => {
    during.push([...world.othersAt]);
    return {};
  });
  await world.deploy('staging');
  expect(world.othersAt).toEqual([]);
  await world.merge('mend', { 'manifests/b.yaml': configMap('b') }, []);
  await world.deploy('staging');
  expect(during).toEqual([['local:staging']]);
});

test('a repository that is not deployed by the service is left alone', async () => {
  const world = await staging(settings('  - { name: staging, repository: "local:staging", cluster: shared, deploy: pipeline }\n'));
  await world.deploy('staging');
  await world.deploy('elsewhere');
  expect(world.runs).toEqual([]);
  expect(world.deployment.jobs('t')).toEqual([]);
});

test('merge requests since the last good run are named, and what their plans prune is what may be pruned', async () => {
  const world = await staging();
  await world.deploy('staging');
  const ids = [
    await world.merge('billing 1.4.2 → 1.5.0', { 'manifests/b.yaml': configMap('b') }, ['x']),
    await world.merge('less', { 'manifests/c.yaml': configMap('c') }, ['y']),
  ];
  await world.deploy('staging');
  expect(world.runs[1]?.approvedPrune).toEqual(['ConfigMap/shop/x', 'ConfigMap/shop/y']);
  const [, , begin] = world.entries();
  expect(begin?.why).toMatch(/^merge request 1 \(billing 1\.4\.2 → 1\.5\.0\) of ada.* and merge request 2 \(less\) of ada/);
  expect(begin?.facts['mergeRequests']).toBe(ids.join(' and '));
  expect(await world.said(`deployment local:staging ${await world.head()}`)).toContain('billing 1.4.2 → 1.5.0');
});

test('what was approved and not pruned yet stays approved; where nobody saw a plan, nothing is compared, and the log says so', async () => {
  const world = await staging();
  await world.deploy('staging');
  await world.merge('one', { 'manifests/b.yaml': configMap('b') }, ['x', 'y']);
  world.play.runs.push({ pruned: [configMapId('x')] });
  await world.deploy('staging');
  expect(world.entries().map(({ kind }) => kind)).toContain('prune');
  await world.merge('two', { 'manifests/c.yaml': configMap('c') }, []);
  await world.deploy('staging');
  expect(world.runs[2]?.approvedPrune).toEqual(['ConfigMap/shop/y']);
  await world.merge('three', { 'manifests/d.yaml': configMap('d') });
  await world.deploy('staging');
  expect(world.runs[3]).not.toHaveProperty('approvedPrune');
  expect(world.log()).toContain('nobody was shown a plan of merge request 3');
});

test('what failed is not tried again for the same commit, until something changes; people are told why, and how to go back', async () => {
  const world = await staging();
  await world.deploy('staging');
  await world.merge('billing 1.4.2 → 1.5.0', { 'manifests/b.yaml': configMap('b') }, []);
  world.play.runs.push({ outcome: 'failed', failures: [{ object: configMapId('b'), message: 'no, hunter2' }] });
  await world.deploy('staging');
  const text = await world.said(`deployment local:staging ${await world.head()}`);
  expect(text).toContain('the deployment *failed*');
  expect(text).toContain('• ConfigMap/shop/b: no, [redacted]');
  expect(text).toContain('lockkeeper rollback --env staging --app billing --to 1.4.2');
  expect(JSON.stringify(world.entries())).not.toContain('hunter2');
  await world.deploy('staging');
  expect(world.runs).toHaveLength(2);
  await world.merge('mend', { 'manifests/c.yaml': configMap('c') }, []);
  await world.deploy('staging');
  expect(world.runs).toHaveLength(3);
  // The merge request of the failed run is deployed only now.
  expect(world.entries().at(-1)?.facts['mergeRequests']).toBe('1 and 2');
});

test.each([
  ['the cluster does not answer', new OutsideError('shared', 'connect ECONNREFUSED'), 'interrupted'],
  ["a bundle's server does not answer", { outcome: 'refused' as const, failures: [{ message: 'no answer', outside: true }] }, 'refused'],
])('where %s the queue tries again', async (_, played, outcome) => {
  const world = await staging();
  world.play.runs.push(played);
  await expect(world.deploy('staging')).rejects.toThrow(OutsideError);
  expect(world.metrics).toEqual([`staging ${outcome}`]);
  await world.deploy('staging');
  expect(world.metrics).toEqual([`staging ${outcome}`, 'staging succeeded']);
});

test('a cluster that does not answer at all is counted, too', async () => {
  const world = await staging();
  world.play.last = new OutsideError('shared', 'connect ECONNREFUSED');
  await expect(world.deploy('staging')).rejects.toThrow('ECONNREFUSED');
  expect(world.metrics).toEqual(['staging interrupted']);
  expect(world.runs).toEqual([]);
});

test('nobody is asked to go back from what is tried again by itself', async () => {
  const world = await staging();
  world.play.runs.push({ outcome: 'failed', failures: [{ message: 'no answer', outside: true }] });
  await expect(world.deploy('staging')).rejects.toThrow(OutsideError);
  const text = await world.said(`deployment local:staging ${await world.head()}`);
  expect(text).toContain('• no answer\nThis passes: it is tried again by itself.');
  expect(text).not.toContain('rollback');
});

test('stopped in the middle it is handed back, not remembered as failed, and done by the next process', async () => {
  const world = await staging();
  const stop = new AbortController();
  world.play.runs.push(() => {
    stop.abort(new Error('the service stops'));
    return { outcome: 'failed', failures: [{ message: 'stopped' }] };
  });
  await expect(world.deploy('staging', stop.signal)).rejects.toThrow('the service stops');
  expect(world.metrics).toEqual([]);
  await world.deploy('staging');
  expect(world.runs).toHaveLength(2);
  expect(world.metrics).toEqual(['staging succeeded']);
});

test('a commit that came while a run went has a run of its own afterwards', async () => {
  const world = await staging();
  world.play.runs.push(async () => {
    await world.pushAsPerson('staging', 'main', { 'manifests/b.yaml': configMap('b') }, 'meanwhile');
    return {};
  });
  await world.deploy('staging');
  expect(world.waiting()).toEqual(['deploy local:staging']);
  await world.deploy('staging');
  expect(world.runs.map(({ commit }) => commit)).toEqual([world.runs[0]?.commit, await world.head()]);
  expect(world.waiting()).toEqual([]);
});

test('an older commit never goes over a newer one that somebody deployed while the lock was waited for', async () => {
  const world = await staging();
  world.play.waiting = () => world.pushAsPerson('staging', 'main', { 'manifests/b.yaml': configMap('b') }, 'meanwhile');
  await expect(world.deploy('staging')).rejects.toThrow(RetryAt);
  expect(world.entries()).toEqual([]);
  expect(world.metrics).toEqual([]);
  delete world.play.waiting;
  await world.deploy('staging');
  expect(world.entries().map(({ facts }) => facts['commit'])).toEqual([await world.head(), await world.head()]);
});

test('what somebody else has deployed well, the cluster says: a lost store costs nothing then, and a failure is mended by hand', async () => {
  const world = await staging();
  const commit = await world.head();
  const deployed = { run: '20261121130000', repository: 'local:staging', commit, succeeded: true };
  world.play.last = { ...deployed, repository: 'local:other' };
  world.play.runs.push({ outcome: 'failed', failures: [{ message: 'no' }] });
  await world.deploy('staging');
  expect(world.runs).toHaveLength(1);
  world.play.last = { ...deployed, succeeded: false };
  await world.deploy('staging');
  expect(world.runs).toHaveLength(1);
  world.play.last = deployed;
  await world.deploy('staging');
  await world.merge('one', { 'manifests/b.yaml': configMap('b') }, ['x']);
  await world.deploy('staging');
  expect(world.runs).toHaveLength(2);
  expect(world.runs[1]?.approvedPrune).toEqual(['ConfigMap/shop/x']);
  await world.store.delete('deployment', 'local:staging');
  world.play.last = { ...deployed, commit: await world.head() };
  await world.deploy('staging');
  expect(world.runs).toHaveLength(2);
});

test('a lost store costs one run more, without anything to compare with', async () => {
  const world = await staging();
  await world.deploy('staging');
  await world.store.delete('deployment', 'local:staging');
  await world.deploy('staging');
  await world.deploy('staging');
  expect(world.runs).toHaveLength(2);
  expect(world.runs[1]).not.toHaveProperty('approvedPrune');
  expect(world.entries().at(-1)?.why).toBe('nothing is known of an earlier run');
});

test('two environments of one cluster know nothing of one another', async () => {
  const world = await staging(settings(environment('staging'), environment('production')));
  await world.createRepository('production', files);
  expect(world.deployment.jobs('t').map(({ key }) => key)).toEqual(['local:staging', 'local:production']);
  await world.deploy('staging');
  await world.deploy('production');
  expect(world.runs.map(({ environment: name }) => name)).toEqual(['staging', 'production']);
});
