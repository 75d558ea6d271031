import { sharedControllers } from '../../../support/controller-manager.ts';
import { describeWith } from '../../../support/parts.ts';
import { config, configId, pruneWorld } from '../../../support/prune-world.ts';

const namespaceText = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
const workload = (kind: string, space: string, more: string): string => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: web, namespace: ${space}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {terminationGracePeriodSeconds: 0, containers: [{name: web, image: web:1}]}
${more}`;
const service = (space: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: ${space}}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n`;

describeWith('controller-manager', 'prune beside the controllers of a cluster', () => {
  const world = pruneWorld(sharedControllers());
  const { put, deploy, change, has, namespace, prune, list } = world;
  const patienceMs = 60_000;

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      await new Promise((go) => {
        setTimeout(go, 100);
      });
    }
  }
  const names = async (apiVersion: string, kind: string, space: string): Promise<readonly string[]> => list(apiVersion, kind, space);

  test('what controllers made for an object goes with it, and is never deleted by itself', async () => {
    await namespace('beside-a');
    await deploy('beside-a', `${workload('Deployment', 'beside-a', '')}---\n${service('beside-a')}`);
    await until(async () => (await names('v1', 'Pod', 'beside-a')).length === 2);
    await until(async () => (await names('v1', 'Endpoints', 'beside-a')).length === 1);
    const { pruned, deletes, kept } = await prune('beside-a');
    expect([pruned, kept]).toEqual([['Service/beside-a/web', 'apps/Deployment/beside-a/web'], {}]);
    expect(deletes).toHaveLength(2);
    await until(async () => (await names('apps/v1', 'ReplicaSet', 'beside-a')).length === 0);
    await until(async () => (await names('v1', 'Pod', 'beside-a')).length === 0);
  });

  test('a namespace of which all goes: its objects, what controllers made for them and for it, and then itself', async () => {
    await deploy(
      'beside-b',
      `${namespaceText('beside-b')}---\n${workload('Deployment', 'beside-b', '')}---\n${service('beside-b')}---\n${config('beside-b', 'c')}`,
    );
    await until(async () => (await names('v1', 'Pod', 'beside-b')).length === 2);
    const { pruned, kept, failures } = await prune('beside-b', { protect: [], patienceMs });
    expect([kept, failures]).toEqual([{}, []]);
    expect(pruned).toEqual(['ConfigMap/beside-b/c', 'Namespace/beside-b', 'Service/beside-b/web', 'apps/Deployment/beside-b/web']);
    expect(await has('v1', 'Namespace', '', 'beside-b')).toBe(false);
  });

  test('a StatefulSet leaves the data of its volume claims, and they keep the namespace', async () => {
    const template =
      '  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]\n';
    await deploy('beside-c', `${namespaceText('beside-c')}---\n${workload('StatefulSet', 'beside-c', `  serviceName: web\n${template}`)}`);
    await until(async () => (await names('v1', 'PersistentVolumeClaim', 'beside-c')).length > 0);
    const { pruned, kept } = await prune('beside-c', { protect: [], patienceMs });
    expect(pruned).toEqual(['apps/StatefulSet/beside-c/web']);
    expect(kept).toEqual({
      'Namespace/beside-c': expect.stringMatching(/: PersistentVolumeClaim\/beside-c\/data-web-0( and .*data-web-1)?$/),
    });
    expect(await has('v1', 'PersistentVolumeClaim', 'beside-c', 'data-web-0')).toBe(true);
  });

  test('a namespace that somebody else is deleting already is left to him, and named with what it waits for', async () => {
    await deploy('beside-d', namespaceText('beside-d'));
    await put(config('beside-d', 'hangs', ', finalizers: [example.com/hold]'));
    await world.server().ask({ method: 'DELETE', path: '/api/v1/namespaces/beside-d' });
    const { deletes, kept } = await prune('beside-d', { protect: [] });
    expect([deletes, kept]).toEqual([[], { 'Namespace/beside-d': expect.stringContaining('it is being deleted already') }]);
    await change(configId('beside-d', 'hangs'), { finalizers: null });
    await until(async () => !(await has('v1', 'Namespace', '', 'beside-d')));
  });
});
