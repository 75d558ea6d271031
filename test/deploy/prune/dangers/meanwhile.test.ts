import { describeWith } from '../../../support/parts.ts';
import { config, configId, pruneWorld, watching } from '../../../support/prune-world.ts';

describeWith('control-plane', 'prune and what happens between its look and its delete', () => {
  const world = pruneWorld();
  const { put, deploy, change, get, hasConfig, namespace, prune } = world;
  const remove = (space: string, name: string) =>
    world.server().ask({ method: 'DELETE', path: `/api/v1/namespaces/${space}/configmaps/${name}` });

  test('it is deleted and made anew, under the same name', async () => {
    await namespace('mean-a');
    await deploy('mean-a', config('mean-a', 'old'));
    const meanwhile = async (): Promise<void> => {
      await remove('mean-a', 'old');
      await put(config('mean-a', 'old'));
    };
    expect(await prune('mean-a', { meanwhile })).toMatchObject({
      pruned: [],
      kept: { 'ConfigMap/mean-a/old': 'it was deleted and made anew meanwhile' },
    });
    expect(await hasConfig('mean-a', 'old')).toBe(true);
  });

  test('it is made anew with all our marks: it is another object all the same', async () => {
    await namespace('mean-b');
    await deploy('mean-b', config('mean-b', 'old'));
    const meanwhile = async (): Promise<void> => {
      await remove('mean-b', 'old');
      await deploy('mean-b', config('mean-b', 'old'));
    };
    expect(await prune('mean-b', { meanwhile })).toMatchObject({ pruned: [] });
    expect(await hasConfig('mean-b', 'old')).toBe(true);
  });

  test('somebody edits it, and nothing that speaks against its deletion', async () => {
    await namespace('mean-c');
    await deploy('mean-c', config('mean-c', 'old'));
    const meanwhile = () => put(config('mean-c', 'old', ', labels: {touched: "yes"}'));
    const { pruned, deletes } = await prune('mean-c', { meanwhile });
    expect([pruned, deletes.length]).toEqual([['ConfigMap/mean-c/old'], 2]);
  });

  test.each([
    ['annotates it', { annotations: { 'lockkeeper.dev/prune': 'disabled' } }, 'its annotation lockkeeper.dev/prune is disabled'],
    [
      'gives it to another environment',
      { labels: { 'lockkeeper.dev/environment': 'mean-other' } },
      'it belongs to the environment mean-other',
    ],
    ['takes its label away', { labels: { 'lockkeeper.dev/environment': null } }, 'it does not carry the label of an environment any more'],
    ['takes its identity away', { annotations: { 'lockkeeper.dev/identity': null } }, expect.stringContaining('does not name it')],
    [
      'applies it by a newer run',
      { labels: { 'lockkeeper.dev/deployed-at': '20261121000001' } },
      'the run 20261121000001 applied it, which is not older than this one',
    ],
    [
      'makes it another’s',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' }] },
      'another object owns it, and takes it along',
    ],
  ])('somebody %s', async (_, metadata, reason) => {
    await namespace('mean-d');
    await remove('mean-d', 'old');
    await deploy('mean-d', config('mean-d', 'old'));
    const meanwhile = () => change(configId('mean-d', 'old'), metadata);
    const { pruned, kept } = await prune('mean-d', { meanwhile });
    expect(pruned).toEqual([]);
    expect(kept).toEqual({ 'ConfigMap/mean-d/old': reason === String(reason) ? `it was changed meanwhile: ${reason}` : reason });
    expect(await hasConfig('mean-d', 'old')).toBe(true);
  });

  test('it changes all the time', async () => {
    await namespace('mean-e');
    await deploy('mean-e', config('mean-e', 'old'));
    let edits = 0;
    const edit = (): Promise<void> => {
      edits += 1;
      return change(configId('mean-e', 'old'), { labels: { edit: String(edits) } });
    };
    const server = watching(world.server(), (of) => (of.method === 'DELETE' ? edit().then(() => world.server().ask(of)) : undefined));
    expect(await prune('mean-e', { server })).toMatchObject({
      pruned: [],
      kept: { 'ConfigMap/mean-e/old': 'it changes all the time: the next run tries again' },
    });
    expect(edits).toBe(2);
  });

  test('somebody else deletes it', async () => {
    await namespace('mean-f');
    await deploy('mean-f', config('mean-f', 'old'));
    const meanwhile = () => remove('mean-f', 'old');
    expect(await prune('mean-f', { meanwhile })).toMatchObject({ pruned: ['ConfigMap/mean-f/old'], failures: [] });
  });

  test('somebody else deletes it, and a finalizer holds it: it is waited for, not deleted again', async () => {
    await namespace('mean-g');
    await deploy('mean-g', config('mean-g', 'old', ', finalizers: [example.com/hold]'));
    const meanwhile = () => remove('mean-g', 'old');
    const { pruned, failures, deletes } = await prune('mean-g', { meanwhile });
    expect([pruned, deletes.length]).toEqual([[], 1]);
    expect(failures).toEqual([
      expect.stringMatching(/^ConfigMap\/mean-g\/old: after 1 s it is being deleted still: example\.com\/hold holds it$/),
    ]);
    expect((await get(configId('mean-g', 'old'))).metadata.finalizers).toEqual(['example.com/hold']);
    await change(configId('mean-g', 'old'), { finalizers: null });
  });

  test('each delete says what was looked at, and that dependents go, too', async () => {
    await namespace('mean-h');
    await deploy('mean-h', config('mean-h', 'old'));
    const { uid, resourceVersion } = (await get(configId('mean-h', 'old'))).metadata;
    const bodies: unknown[] = [];
    const server = watching(world.server(), ({ method, body }) => {
      if (method === 'DELETE') bodies.push(JSON.parse(String(body)));
      return undefined;
    });
    await prune('mean-h', { server });
    expect(bodies).toEqual([
      { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions: { uid, resourceVersion } },
    ]);
  });
});
