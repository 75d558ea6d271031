import { aContainer, aWorkload, said } from '../../support/builders/workloads.ts';

type Fields = Readonly<Record<string, unknown>>;
const safeToEvict = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
const safeVolumes = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

const mounted = (volume: Fields, mountPath = '/data', change: Parameters<typeof aWorkload>[0] = {}) =>
  aWorkload({ ...change, pod: { volumes: [{ name: 'files', ...volume }] }, container: { volumeMounts: [{ name: 'files', mountPath }] } });
const annotated = (annotations: Fields) => ({ podMetadata: { annotations } });

const host = 'Volume files is /var/data of the node: what it holds does not move along, and the cluster autoscaler keeps the node.';
const empty = (path: string) =>
  `Volume files, mounted at ${path}, is an emptyDir: a drain deletes what it holds, and the cluster autoscaler keeps the node.`;
const hostPath = { hostPath: { path: '/var/data' } };
const emptyDir = { emptyDir: {} };

test.each<[string, Fields, readonly string[]]>([
  ['a hostPath', mounted(hostPath), [host]],
  ['a hostPath in a Job', mounted(hostPath, '/x', { apiVersion: 'batch/v1', kind: 'Job' }), [host]],
  ['a hostPath in a DaemonSet', mounted(hostPath, '/x', { kind: 'DaemonSet' }), []],
  ['a hostPath that is safe to evict', mounted(hostPath, '/x', annotated({ [safeToEvict]: 'true' })), []],
  ['a hostPath whose volume is safe to evict', mounted(hostPath, '/x', annotated({ [safeVolumes]: 'tmp, files' })), []],
  ['a hostPath beside a volume that is safe to evict', mounted(hostPath, '/x', annotated({ [safeVolumes]: 'tmp' })), [host]],
  ['an emptyDir for data', mounted(emptyDir), [empty('/data')]],
  ['an emptyDir below /var/lib', mounted(emptyDir, '/var/lib/redis'), [empty('/var/lib/redis')]],
  ['an emptyDir for /tmp', mounted(emptyDir, '/tmp'), []],
  ['an emptyDir for a cache', mounted(emptyDir, '/var/lib/nginx/cache'), []],
  ['an emptyDir for a configuration that is made at the start', mounted(emptyDir, '/etc/app'), []],
  ['an emptyDir in memory', mounted({ emptyDir: { medium: 'Memory' } }), []],
  ['an emptyDir of a Job', mounted(emptyDir, '/data', { apiVersion: 'batch/v1', kind: 'Job' }), []],
  ['an emptyDir whose volume is safe to evict', mounted(emptyDir, '/data', annotated({ [safeVolumes]: 'files' })), []],
  [
    'never to be evicted',
    aWorkload(annotated({ [safeToEvict]: 'false' })),
    [`${safeToEvict} is false: the cluster autoscaler never removes the node that it runs on.`],
  ],
  ['a Job that is never to be evicted', aWorkload({ apiVersion: 'batch/v1', kind: 'Job', ...annotated({ [safeToEvict]: 'false' }) }), []],
  ['a ConfigMap', mounted({ configMap: { name: 'web' } }), []],
])('local-state: %s', (_, workload, expected) => {
  expect(said('local-state', workload)).toEqual(expected);
});

const volume = (spec: Fields) => ({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk-1' }, spec });
const storageClass = (provisioner: string) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'fast' },
  provisioner,
});
const claim = (spec: Fields) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'files', namespace: 'shop' }, spec });
const using = mounted({ persistentVolumeClaim: { claimName: 'files' } });
const templates = aWorkload({
  kind: 'StatefulSet',
  spec: { volumeClaimTemplates: [{ metadata: { name: 'files' }, spec: { storageClassName: 'fast' } }] },
});
const ephemeral = mounted({ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: 'fast' } } } });

test.each<[string, readonly Fields[], boolean]>([
  ['a claim of a class that we do not know', [using, claim({ storageClassName: 'fast' })], false],
  [
    'a claim of a class of disks in nodes',
    [using, claim({ storageClassName: 'fast' }), storageClass('kubernetes.io/no-provisioner')],
    true,
  ],
  ['a claim of a class of folders of nodes', [using, claim({ storageClassName: 'fast' }), storageClass('rancher.io/local-path')], true],
  ['a claim of a class in the cloud', [using, claim({ storageClassName: 'fast' }), storageClass('ebs.csi.aws.com')], false],
  ['a claim that names a local volume', [using, claim({ volumeName: 'disk-1' }), volume({ local: { path: '/mnt/1' } })], true],
  [
    'a claim that a local volume names',
    [using, claim({}), volume({ hostPath: { path: '/mnt/1' }, claimRef: { namespace: 'shop', name: 'files' } })],
    true,
  ],
  [
    'a claim of the class of a local volume',
    [using, claim({ storageClassName: 'fast' }), volume({ local: {}, storageClassName: 'fast' })],
    true,
  ],
  ['a claim that names a volume elsewhere', [using, claim({ volumeName: 'disk-1' }), volume({ nfs: { server: 'nas' } })], false],
  ['templates of claims', [templates, storageClass('rancher.io/local-path')], true],
  ['a claim for as long as the pod lives', [ephemeral, storageClass('rancher.io/local-path')], true],
])('local-state: %s', (_, objects, isLocal) => {
  const expected = 'Claim files is on a disk of one node: after a drain its pod can start nowhere else.';
  expect(said('local-state', ...objects)).toEqual(isLocal ? [expected] : []);
});

test('local-state: an object without a namespace is in default', () => {
  const local = volume({ local: { path: '/mnt/1' }, claimRef: { namespace: 'default', name: 'files' } });
  const metadata = { name: 'web', namespace: undefined };
  const inDefault = mounted({ persistentVolumeClaim: { claimName: 'files' } }, '/data', { metadata });
  expect(said('local-state', inDefault, local)).toHaveLength(1);
  expect(said('local-state', using, local)).toEqual([]);
});

test('bare-pod: a pod that nobody makes anew', () => {
  const pod = (metadata: Fields) => aWorkload({ apiVersion: 'v1', kind: 'Pod', metadata });
  expect(said('bare-pod', pod({}))).toEqual([expect.stringContaining('nobody makes it anew')]);
  expect(said('bare-pod', pod({ ownerReferences: [{ kind: 'ReplicaSet', name: 'web' }] }))).toEqual([]);
  expect(said('bare-pod', aWorkload())).toEqual([]);
  expect(said('single-replica', pod({}))).toEqual([]);
});

test('an emptyDir counts wherever it is mounted, sidecars and init containers too', () => {
  const pod = {
    volumes: [{ name: 'files', emptyDir: {} }],
    initContainers: [aContainer({ volumeMounts: [{ name: 'files', mountPath: '/db' }] })],
  };
  expect(said('local-state', aWorkload({ pod }))).toEqual([empty('/db')]);
});
