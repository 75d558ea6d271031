import { objectName } from '../../../../src/domain/finding.ts';
import { describeWith } from '../../../support/parts.ts';
import { config, pruneWorld } from '../../../support/prune-world.ts';

const workload = (kind: string): string => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: web, namespace: whose-h}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web:1}]}
`;

describeWith('control-plane', 'prune and what is not ours', () => {
  const { put, deploy, mark, get, has, hasConfig, namespace, prune } = pruneWorld();

  test('what a run applied and nothing wants any more goes', async () => {
    await namespace('whose-a');
    await deploy('whose-a', config('whose-a', 'old'));
    expect(await prune('whose-a')).toEqual({
      pruned: ['ConfigMap/whose-a/old'],
      kept: {},
      failures: [],
      help: [],
      notes: [],
      deletes: ['/api/v1/namespaces/whose-a/configmaps/old'],
    });
    expect(await hasConfig('whose-a', 'old')).toBe(false);
  });

  test('an object with the label of somebody else’s environment, as two deploy to one cluster', async () => {
    await namespace('whose-b');
    await deploy('whose-b', config('whose-b', 'mine'));
    await deploy('whose-b-other', config('whose-b', 'theirs'));
    expect(await prune('whose-b')).toMatchObject({ pruned: ['ConfigMap/whose-b/mine'], kept: {} });
    expect(await hasConfig('whose-b', 'theirs')).toBe(true);
  });

  test('an environment whose name begins with ours', async () => {
    await namespace('whose-c');
    await deploy('whose-c-eu', config('whose-c', 'theirs'));
    expect(await prune('whose-c')).toMatchObject({ deletes: [], kept: {} });
    expect(await hasConfig('whose-c', 'theirs')).toBe(true);
  });

  test('an environment whose name differs from ours in case', async () => {
    await namespace('whose-d');
    await deploy('Whose-D', config('whose-d', 'theirs'));
    expect(await prune('whose-d')).toMatchObject({ deletes: [], kept: {} });
    expect(await hasConfig('whose-d', 'theirs')).toBe(true);
  });

  test('a renamed environment: what carries the old name stays until the new one says that it was its own', async () => {
    await namespace('whose-e');
    await deploy('whose-e-old', config('whose-e', 'left'));
    expect(await prune('whose-e')).toMatchObject({ deletes: [] });
    expect(await prune('whose-e', { formerly: ['whose-e-old'] })).toMatchObject({ pruned: ['ConfigMap/whose-e/left'] });
  });

  test('a label that somebody wrote by hand, without the identity annotation', async () => {
    await namespace('whose-f');
    await deploy('whose-f', config('whose-f', 'by-hand'), { identity: null });
    const { deletes, kept } = await prune('whose-f');
    expect(deletes).toEqual([]);
    expect(kept).toEqual({ 'ConfigMap/whose-f/by-hand': expect.stringContaining('does not name it') });
  });

  test.each([
    ['another name', '/ConfigMap/whose-g/original'],
    ['another namespace', '/ConfigMap/shop/copy'],
    ['another kind', '/Secret/whose-g/copy'],
    ['another group', 'example.com/ConfigMap/whose-g/copy'],
    ['nothing', ''],
  ])('a copy of an object of ours, whose identity annotation names %s', async (_, identity) => {
    await namespace('whose-g');
    await deploy('whose-g', config('whose-g', 'copy'), { identity });
    const { deletes, kept } = await prune('whose-g');
    expect(deletes).toEqual([]);
    expect(kept).toEqual({ 'ConfigMap/whose-g/copy': expect.stringContaining('copied') });
  });

  test('a ReplicaSet onto which its Deployment’s labels were copied: its owner takes it along', async () => {
    await namespace('whose-h');
    await deploy('whose-h', workload('Deployment'));
    const live = await get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'whose-h', name: 'web' });
    const owner = `ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: ${live.metadata.uid}}]`;
    const owned = workload('ReplicaSet').replace('{name: web,', `{name: web-1, ${owner},`);
    await deploy('whose-h', owned);
    expect(await prune('whose-h', { wanted: workload('Deployment') })).toMatchObject({ deletes: [], kept: {} });
    expect(await has('apps/v1', 'ReplicaSet', 'whose-h', 'web-1')).toBe(true);
  });

  test('endpoints that carry their service’s labels are no left-over of ours, and no news', async () => {
    await namespace('whose-i');
    const endpoints = 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web, namespace: whose-i}\n';
    await deploy('whose-i', endpoints, { identity: null });
    expect(await prune('whose-i')).toMatchObject({ deletes: [], kept: {} });
  });

  test.each([
    ['missing', null],
    ['empty', ''],
    ['no digits', 'yesterday'],
    ['13 digits', '2026112023363'],
    ['15 digits', '202611202336320'],
    ['below zero', '1-2026112023363'],
  ])('a label of the run that is %s says of no run that it applied the object', async (_, run) => {
    await namespace('whose-j');
    await deploy('whose-j', config('whose-j', 'odd'), { run });
    const { deletes, kept } = await prune('whose-j');
    expect(deletes).toEqual([]);
    expect(kept).toEqual({ 'ConfigMap/whose-j/odd': expect.stringMatching(/^its label lockkeeper\.dev\/deployed-at is /) });
  });

  test.each(['disabled', 'Disabled', 'false', 'never', ''])(
    'the live object is annotated "%s", and the repository never said so',
    async (annotation) => {
      await namespace('whose-k');
      await deploy('whose-k', config('whose-k', 'left'));
      await put(config('whose-k', 'left', `, annotations: {lockkeeper.dev/prune: "${annotation}"}`));
      const { deletes, kept } = await prune('whose-k');
      expect(deletes).toEqual([]);
      expect(kept).toEqual({ 'ConfigMap/whose-k/left': 'its annotation lockkeeper.dev/prune is disabled' });
    },
  );

  test('an object of ours in a namespace of the system goes like any other; the namespace does not', async () => {
    await deploy('whose-l', config('kube-system', 'whose-l'));
    expect(await prune('whose-l', { protect: [] })).toMatchObject({ pruned: ['ConfigMap/kube-system/whose-l'] });
    expect(await has('v1', 'Namespace', '', 'kube-system')).toBe(true);
  });

  test('cluster-wide objects go like any other', async () => {
    await deploy('whose-m', 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: whose-m}\n');
    expect(await prune('whose-m')).toMatchObject({ pruned: ['rbac.authorization.k8s.io/ClusterRole/whose-m'] });
  });

  test.each([
    ['a role of Kubernetes itself', 'rbac.authorization.k8s.io/v1', 'ClusterRole', '', 'view'],
    ['the service of the API server', 'v1', 'Service', 'default', 'kubernetes'],
    ['a priority level of Kubernetes itself', 'flowcontrol.apiserver.k8s.io/v1', 'PriorityLevelConfiguration', '', 'catch-all'],
    ['an API that the server serves itself', 'apiregistration.k8s.io/v1', 'APIService', '', 'v1.apps'],
  ])('%s, that somebody had in a repository', async (_, apiVersion, kind, space, name) => {
    await mark('whose-n', { apiVersion, kind, namespace: space, name });
    const { deletes, kept } = await prune('whose-n');
    expect(deletes).toEqual([]);
    expect(kept[objectName({ apiVersion, kind, namespace: space, name })]).toBe('it is a part of Kubernetes itself');
    expect(await has(apiVersion, kind, space, name)).toBe(true);
  });
});
