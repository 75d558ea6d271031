import { describeWith } from '../../../support/parts.ts';
import { config, lastRun, pruneWorld, thisRun, watching } from '../../../support/prune-world.ts';

const many = (space: string, number: number, name: string): string =>
  Array.from({ length: number }, (_, i) => config(space, `${name}-${i}`)).join('---\n');

const service = (space: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: first, namespace: ${space}}\nspec: {ports: [{port: 1}]}\n`;

describeWith('control-plane', 'prune and the run that asks for it', () => {
  const world = pruneWorld();
  const { deploy, hasConfig, namespace, prune } = world;

  test('a half-failed apply: what left the repository may be what holds the rest up', async () => {
    await namespace('run-a');
    await deploy('run-a', config('run-a', 'old'));
    expect(await prune('run-a', { failed: true })).toMatchObject({
      deletes: [],
      kept: { 'ConfigMap/run-a/old': 'not every object could be applied' },
      notes: ['Not every object could be applied: nothing is pruned until all are.'],
    });
  });

  test('an empty repository', async () => {
    await namespace('run-b');
    await deploy('run-b', config('run-b', 'all'));
    expect(await prune('run-b', { wanted: '', share: 1 })).toMatchObject({
      deletes: [],
      kept: { 'ConfigMap/run-b/all': 'nothing at all is wanted, which is taken for a mistake' },
      notes: ['Nothing at all is wanted: that is taken for a mistake, and nothing is pruned.'],
    });
  });

  test('a bundle that could not be fetched: what is in it may be all that is left over', async () => {
    await namespace('run-c');
    await deploy('run-c', config('run-c', 'in-the-bundle'));
    expect(await prune('run-c', { complete: false })).toMatchObject({
      deletes: [],
      kept: { 'ConfigMap/run-c/in-the-bundle': 'not all of the new state could be read: it may still be wanted' },
      notes: ['Not all of the new state could be read: nothing is pruned until it can be.'],
    });
  });

  test('suddenly little: half may go, and one more is refused', async () => {
    await namespace('run-d');
    await deploy('run-d', many('run-d', 3, 'old'));
    const refused = await prune('run-d', { wanted: many('run-d', 2, 'new') });
    expect(refused.refusal).toBe(
      '3 objects of 5 would be pruned (ConfigMap/run-d/old-0, ConfigMap/run-d/old-1 and ConfigMap/run-d/old-2), more than the share of 0.5 that prune.share in app.yml allows',
    );
    expect([refused.deletes, refused.notes]).toEqual([[], [`${refused.refusal}: a deployment is refused.`]]);
    expect(Object.keys(refused.kept)).toHaveLength(3);
    expect((await prune('run-d', { wanted: many('run-d', 3, 'new') })).pruned).toHaveLength(3);
  });

  test('what stays anyhow is not counted into the share', async () => {
    await namespace('run-e');
    await deploy('run-e', many('run-e', 1, 'old'));
    await deploy(
      'run-e',
      Array.from({ length: 5 }, (_, i) => config('run-e', `stays-${i}`, ', annotations: {lockkeeper.dev/prune: disabled}')).join('---\n'),
    );
    expect(await prune('run-e', { wanted: config('run-e', 'new') })).toMatchObject({ pruned: ['ConfigMap/run-e/old-0'] });
  });

  test('who says so may have all of it pruned but what is wanted', async () => {
    await namespace('run-f');
    await deploy('run-f', many('run-f', 9, 'old'));
    expect((await prune('run-f', { wanted: config('run-f', 'new'), share: 0.9 })).pruned).toHaveLength(9);
  });

  test('a clock that went backwards: everything that is there is newer than this run', async () => {
    await namespace('run-g');
    await deploy('run-g', many('run-g', 2, 'there'));
    const { deletes, kept, notes } = await prune('run-g', { run: '20251121000000' });
    expect(deletes).toEqual([]);
    expect(Object.values(kept)).toEqual(Array(2).fill(`the run ${lastRun} applied it, which is not older than this one`));
    expect(notes).toEqual([expect.stringContaining(`applied by the run ${lastRun}, which is newer than this one, 20251121000000`)]);
  });

  test('a newer run has begun: its stamp is on one object, and the others stay, too', async () => {
    await namespace('run-h');
    await deploy('run-h', config('run-h', 'old'));
    await deploy('run-h', config('run-h', 'newer'), { run: '20261121000001' });
    expect(await prune('run-h', { wanted: many('run-h', 2, 'new') })).toMatchObject({
      deletes: [],
      kept: { 'ConfigMap/run-h/old': 'a newer run, 20261121000001, has begun' },
    });
  });

  test('a newer run has begun: its stamp is on an object that both want', async () => {
    await namespace('run-i');
    await deploy('run-i', config('run-i', 'old'));
    await deploy('run-i', config('run-i', 'both'), { run: '20261121000001' });
    expect(await prune('run-i', { wanted: config('run-i', 'both') })).toMatchObject({ deletes: [] });
  });

  test('a stamp of the far future on a mere copy stops nobody', async () => {
    await namespace('run-j');
    await deploy('run-j', config('run-j', 'old'));
    await deploy('run-j', config('run-j', 'copy'), { run: '29990101000000', identity: '/ConfigMap/run-j/old' });
    expect(await prune('run-j')).toMatchObject({ pruned: ['ConfigMap/run-j/old'] });
  });

  test('what this very run applied, though the lists do not know it as wanted', async () => {
    await namespace('run-k');
    await deploy('run-k', config('run-k', 'new'), { run: thisRun });
    expect(await prune('run-k')).toMatchObject({
      deletes: [],
      kept: { 'ConfigMap/run-k/new': `the run ${thisRun} applied it, which is not older than this one` },
    });
  });

  test('a newer run begins between two steps: what is left of this one stays', async () => {
    await namespace('run-l');
    await deploy('run-l', `${config('run-l', 'later')}---\n${service('run-l')}`);
    let asked = 0;
    const stillOurs = (): Promise<boolean> => {
      asked += 1;
      return Promise.resolve(asked === 1);
    };
    expect(await prune('run-l', { stillOurs })).toMatchObject({
      pruned: ['Service/run-l/first'],
      kept: { 'ConfigMap/run-l/later': 'another run has taken over: the next run tries again' },
      failures: ['Prune was given up after 1 object: another run has taken over'],
    });
    expect(await hasConfig('run-l', 'later')).toBe(true);
  });

  test('the lock is lost: not one more is deleted', async () => {
    await namespace('run-m');
    await deploy('run-m', config('run-m', 'old'));
    const lost = new AbortController();
    const meanwhile = (): Promise<void> => {
      lost.abort(new Error('the lock is lost'));
      return Promise.resolve();
    };
    await expect(prune('run-m', { signal: lost.signal, meanwhile })).rejects.toThrow('the lock is lost');
    expect(await hasConfig('run-m', 'old')).toBe(true);
  });

  test('an object that moved to another file, bundle or app is the same object', async () => {
    await namespace('run-n');
    await deploy('run-n', config('run-n', 'moved', ', labels: {app: one}'));
    const moved = `# in another file\n${config('run-n', 'moved', ', labels: {app: two}')}`;
    expect(await prune('run-n', { wanted: moved })).toMatchObject({ deletes: [], kept: {} });
  });

  test('an object whose API version changed is the same object', async () => {
    await namespace('run-o');
    const scaler = (version: string, more: string) =>
      `apiVersion: autoscaling/${version}\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: run-o}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 3${more}}\n`;
    await deploy('run-o', scaler('v1', ', targetCPUUtilizationPercentage: 80'));
    expect(await prune('run-o', { wanted: scaler('v2', '') })).toMatchObject({ deletes: [], kept: {} });
    expect(await prune('run-o')).toMatchObject({ pruned: ['autoscaling/HorizontalPodAutoscaler/run-o/web'] });
  });

  const event = (apiVersion: string): string => {
    const v1 = apiVersion === 'v1';
    const about = v1 ? 'involvedObject' : 'regarding';
    const more = v1
      ? ''
      : 'eventTime: 2026-11-20T23:36:32.000000Z\nreportingController: x\nreportingInstance: x\naction: x\ntype: Normal\n';
    return `apiVersion: ${apiVersion}\nkind: Event\nmetadata: {name: e, namespace: run-p}\n${about}: {namespace: run-p, name: x, kind: Pod}\nreason: x\n${more}`;
  };

  test('an event shows in two groups, and is deleted once', async () => {
    await namespace('run-p');
    await deploy('run-p', event('v1'));
    expect((await prune('run-p')).deletes).toHaveLength(1);
  });

  test('an event that is wanted in the one group is not deleted in the other', async () => {
    await namespace('run-p');
    await deploy('run-p', event('v1'));
    expect(await prune('run-p', { wanted: event('events.k8s.io/v1') })).toMatchObject({ deletes: [], kept: {} });
  });

  test('a cluster-wide object to which its author gave a namespace', async () => {
    const role = (more: string) => `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: run-q${more}}\n`;
    await deploy('run-q', role(''));
    expect(await prune('run-q', { wanted: role(', namespace: shop') })).toMatchObject({ deletes: [], kept: {} });
  });

  test('an object whose author leaves the namespace to the server', async () => {
    await deploy('run-r', config('default', 'run-r'), { identity: '/ConfigMap//run-r' });
    const wanted = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: run-r}\n';
    expect(await prune('run-r', { wanted })).toMatchObject({ deletes: [], kept: {} });
    expect(await prune('run-r')).toMatchObject({ pruned: ['ConfigMap/default/run-r'] });
  });

  test('a run that ends in the middle of its deletes: the next one finds the rest', async () => {
    await namespace('run-s');
    await deploy('run-s', `${many('run-s', 2, 'old')}---\n${service('run-s')}`);
    const end = new AbortController();
    const server = watching(world.server(), ({ method, path }) => {
      if (method === 'DELETE' && path.includes('configmaps')) end.abort(new Error('ended'));
      return undefined;
    });
    await expect(prune('run-s', { server, signal: end.signal })).rejects.toThrow('ended');
    expect(await world.has('v1', 'Service', 'run-s', 'first')).toBe(false);
    expect(await prune('run-s', { run: '20261121000001' })).toMatchObject({ failures: [], kept: {} });
    expect([await hasConfig('run-s', 'old-0'), await hasConfig('run-s', 'old-1')]).toEqual([false, false]);
  });
});
