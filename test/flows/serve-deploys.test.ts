import { sharedControlPlane } from '../support/control-plane.ts';
import { deployingWorld, path } from '../support/deploying-world.ts';
import { describeWith } from '../support/parts.ts';
import { until } from '../support/served.ts';
import { temporaryFolder } from '../support/temporary.ts';

describeWith('control-plane', 'lockkeeper serve deploys', () => {
  const plane = sharedControlPlane();
  const folder = temporaryFolder();
  let world: Awaited<ReturnType<typeof deployingWorld>>;
  afterEach(() => world.close());

  const environment = 'manifests: [manifests/]\n';
  /** Four ConfigMaps, deployed by a service that runs. */
  async function deployed(more = '') {
    world = await deployingWorld(folder(), await plane(), { more });
    const names = ['a', 'b', 'c', 'd'];
    const manifests = Object.fromEntries(names.map((name) => [`manifests/${name}.yaml`, world.manifest(name, 'one')]));
    await world.createRepository(path, { 'environment.yml': environment, ...manifests });
    const served = await world.start();
    await world.told(/: deployed 4 created/);
    return served;
  }

  /** Opened by Ada, judged, and merged. */
  async function merged(title: string, files: Parameters<typeof world.pushAsPerson>[2], before?: () => Promise<unknown>): Promise<number> {
    const branch = title.replaceAll(' ', '-');
    const head = await world.pushAsPerson(path, branch, files, title);
    const id = await world.openAsPerson(path, branch, title);
    await world.opened(id);
    await until(async () => (await world.forge.statuses(path, head)).find(({ state }) => state === 'success'));
    await before?.();
    await world.mergeAsPerson(path, id);
    return id;
  }

  test('a merge is deployed by its push: applied, pruned as its plan said, in the journal before it was done, told, counted; once', async () => {
    await deployed();
    const id = await merged('billing 1.4.2 to 1.5.0', { 'manifests/a.yaml': world.manifest('a', 'two'), 'manifests/d.yaml': undefined });
    await world.pushed();
    const text = await world.told(/: deployed 1 changed, 1 pruned/);
    expect(text).toMatch(/ · <[^|]*merge_requests\/1\|billing 1\.4\.2 to 1\.5\.0>, merged by ada$/);
    expect([await world.value('a'), await world.value('b'), await world.value('d')]).toEqual(['two', 'one', undefined]);
    const entries = await world.entries();
    expect(
      entries.flatMap(({ kind, facts }) =>
        kind === 'deployment-run' || kind === 'prune' ? [`${kind} ${facts['phase'] ?? facts['objects']}`] : [],
      ),
    ).toEqual([
      'deployment-run begin',
      'deployment-run end',
      'deployment-run begin',
      `prune ConfigMap/${world.namespace}/d`,
      'deployment-run end',
    ]);
    expect(entries.at(-1)).toMatchObject({
      environment: world.namespace,
      facts: { outcome: 'succeeded', changed: 1, pruned: 1, mergeRequests: String(id) },
    });
    expect(await world.metrics()).toContain(`lockkeeper_deployments_total{environment="${world.namespace}",outcome="succeeded"} 2`);
    await world.pushed();
    await world.queue({ data: { kind: 'drift' }, key: '', trace: 'test' });
    await until(async () =>
      (await world.metrics()).includes(`lockkeeper_drift_objects{environment="${world.namespace}",kind="changed"} 0`),
    );
    expect(await world.metrics()).toContain(`lockkeeper_deployments_total{environment="${world.namespace}",outcome="succeeded"} 2`);
  });

  test('what the cluster refuses is not begun, and not repeated for that commit; the next is deployed', async () => {
    await deployed();
    await world.pushAsPerson(
      path,
      'main',
      { 'manifests/a.yaml': world.manifest('a', '{ not: text }'), 'manifests/b.yaml': world.manifest('b', 'two') },
      'wrong',
    );
    await world.pushed();
    const text = await world.told(/\*refused\*/);
    expect(text).toContain(`• ConfigMap/${world.namespace}/a: `);
    expect(text).toContain(`lockkeeper rollback --env ${world.namespace}`);
    expect(await world.value('b')).toBe('one');
    expect(await world.metrics()).toContain(`lockkeeper_deployment_ok{environment="${world.namespace}"} 0`);
    await world.pushed();
    await world.pushAsPerson(path, 'main', { 'manifests/a.yaml': world.manifest('a', 'two') }, 'mended');
    await world.pushed();
    await world.told(/: deployed 2 changed/);
    expect(await world.value('b')).toBe('two');
    expect(await world.metrics()).toContain(`lockkeeper_deployments_total{environment="${world.namespace}",outcome="refused"} 1`);
  });

  test('a prune that the merged plan does not have is not begun, and says which object and which merge request', async () => {
    await deployed();
    const push = () => world.pushAsPerson(path, 'main', { 'manifests/c.yaml': undefined }, 'gone, by nobody’s leave');
    const id = await merged('less', { 'manifests/d.yaml': undefined }, push);
    await world.pushed();
    const text = await world.told(/\*refused\*/);
    expect(text).toContain(`ConfigMap/${world.namespace}/c`);
    expect(text).toContain(`merge request ${id}`);
    expect([await world.value('c'), await world.value('d')]).toEqual(['one', 'one']);
    expect((await world.entries()).map(({ kind }) => kind)).not.toContain('prune');
  });

  test('what was changed by hand is found and told', async () => {
    await deployed();
    await world.changeByHand('a', 'by-hand');
    await world.queue({ data: { kind: 'drift' }, key: '', trace: 'test' });
    expect(await world.told(/not as the repository says/)).toContain(`ConfigMap/${world.namespace}/a is changed`);
    expect(await world.value('a')).toBe('by-hand');
    expect(await world.metrics()).toContain(`lockkeeper_drift_objects{environment="${world.namespace}",kind="changed"} 1`);
    expect((await world.entries()).at(-1)).toMatchObject({ kind: 'drift', facts: { count: 1, corrects: false } });
  });

  test('where the environment wants it, it is set back, and seen to be', async () => {
    await deployed(', drift: { correct: true }');
    await world.changeByHand('a', 'by-hand');
    await world.queue({ data: { kind: 'drift' }, key: '', trace: 'test' });
    await world.told(/the cluster is as the repository says again/);
    expect(await world.value('a')).toBe('one');
    const entries = await world.entries();
    expect(entries.map(({ kind, why }) => `${kind}: ${why}`)).toContain(
      'deployment-run: what was changed by hand is set back (drift.correct)',
    );
    expect(entries.filter(({ kind }) => kind === 'drift')).toHaveLength(2);
  });

  test('a lost store costs nothing, as the cluster knows its last run; without that one run, which changes nothing', async () => {
    const served = await deployed();
    expect(await served.stop()).toBe(0);
    world.loseStore();
    const second = await world.start();
    const runs = `lockkeeper_deployments_total{environment="${world.namespace}",outcome="succeeded"}`;
    await until(async () => (await world.metrics()).includes(`lockkeeper_deployment_ok{environment="${world.namespace}"} 1`));
    expect(await world.metrics()).not.toContain(runs);
    expect(await second.stop()).toBe(0);
    world.loseStore();
    const lease = `/apis/coordination.k8s.io/v1/namespaces/lockkeeper-system/leases/lockkeeper-${world.namespace}`;
    expect((await world.admin.ask({ method: 'DELETE', path: lease })).status).toBe(200);
    await world.start();
    await until(async () => (await world.metrics()).includes(`${runs} 1`));
    expect((await world.entries()).at(-1)).toMatchObject({
      facts: { outcome: 'succeeded', created: 0, changed: 0, unchanged: 4, pruned: 0 },
    });
    expect(world.texts()).toHaveLength(1);
  });

  test('stopped while it waits for a rollout it lets the lock go at once, and the next process goes on', async () => {
    const served = await deployed();
    await world.pushAsPerson(
      path,
      'main',
      { 'manifests/web.yaml': world.deployment('web'), 'manifests/a.yaml': world.manifest('a', 'two') },
      'web',
    );
    await world.pushed();
    await until(async () => (await world.value('a')) === 'two');
    expect(await world.holder()).not.toBe('');
    expect(await served.stop()).toBe(0);
    expect(await world.holder()).toBe('');
    const again = await world.start();
    await until(async () => (await world.holder()) !== '');
    await world.comeUp('web');
    await until(async () =>
      (await world.metrics()).includes(`lockkeeper_deployments_total{environment="${world.namespace}",outcome="succeeded"} 1`),
    );
    expect(await again.stop()).toBe(0);
  });
});
