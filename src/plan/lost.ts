import type { ObjectId } from '../domain/finding.ts';
import { groupKind } from '../manifests/identity.ts';
import { record } from '../manifests/objects.ts';

type Value = Readonly<Record<string, unknown>>;

/** What goes with an object that is deleted, in words. */
export function lostWith(object: ObjectId & { readonly value: Value }): string {
  const say = words[groupKind(object)];
  return say === undefined ? 'what its controller made for it, if anything' : say(object.value, object.name);
}

const words: Readonly<Record<string, (value: Value, name: string) => string>> = {
  'apps/Deployment': (value) => podsOf(value),
  'apps/ReplicaSet': (value) => podsOf(value),
  ReplicationController: (value) => podsOf(value),
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': () => 'its pod on every node',
  Pod: () => 'what runs in it, and what it keeps in local files',
  'batch/Job': () => 'its pods and their logs',
  'batch/CronJob': () => 'its schedule, its jobs and their logs',
  'autoscaling/HorizontalPodAutoscaler': () => 'the scaling: the number of pods stays what it is',
  'policy/PodDisruptionBudget': () => 'the limit on how many pods a drain may stop at once',
  PersistentVolumeClaim: () => 'the data of the volume claim, unless its volume is retained',
  PersistentVolume: (value) =>
    record(value['spec'])['persistentVolumeReclaimPolicy'] === 'Delete'
      ? 'the volume and its data'
      : 'the way to the data: the volume itself is retained',
  Namespace: () => 'everything in the namespace',
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
  Service: service,
  'networking.k8s.io/Ingress': (value) => `the way in${hosts(value)}`,
  'gateway.networking.k8s.io/HTTPRoute': (value) => `the way in${hosts(value)}`,
  'gateway.networking.k8s.io/Gateway': () => 'its external address, and all routes through it',
  'networking.k8s.io/NetworkPolicy': () => 'its rules: traffic that it holds back may pass',
  Secret: secret,
  ConfigMap: (value) => keysOf([value['data'], value['binaryData']]),
  'cert-manager.io/Certificate': () => 'the renewal of the certificate',
  ServiceAccount: () => 'its tokens: whoever uses them is shut out',
  'rbac.authorization.k8s.io/Role': () => 'what its bindings grant',
  'rbac.authorization.k8s.io/ClusterRole': () => 'what its bindings grant',
  'rbac.authorization.k8s.io/RoleBinding': grant,
  'rbac.authorization.k8s.io/ClusterRoleBinding': grant,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': () => 'its checks: what it refuses may pass',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': () => 'its changes to what is applied',
  ResourceQuota: () => 'the limit on what the namespace may use',
  LimitRange: () => 'the defaults and limits of the namespace',
};

function podsOf(value: Value): string {
  const { replicas } = record(value['spec']);
  const number = typeof replicas === 'number' ? replicas : 1;
  if (number === 0) return 'nothing that runs: it has no pods';
  return number === 1 ? 'its pod' : `its ${number} pods`;
}

function statefulSet(value: Value): string {
  const { volumeClaimTemplates, persistentVolumeClaimRetentionPolicy } = record(value['spec']);
  if (!Array.isArray(volumeClaimTemplates) || volumeClaimTemplates.length === 0) return podsOf(value);
  const deleted = record(persistentVolumeClaimRetentionPolicy)['whenDeleted'] === 'Delete';
  return `${podsOf(value)}${deleted ? ', and the data of their volume claims' : '; the data of their volume claims stays'}`;
}

function definition(value: Value): string {
  const kind = record(record(value['spec'])['names'])['kind'];
  return `every ${typeof kind === 'string' ? kind : 'custom resource'} in the cluster`;
}

function service(value: Value): string {
  const { type } = record(value['spec']);
  if (type === 'LoadBalancer') return 'its external address, which a new one need not get again';
  if (type === 'NodePort') return 'its cluster address and its node port';
  return type === 'ExternalName' ? 'its name in the cluster' : 'its cluster address';
}

function hosts(value: Value): string {
  const { rules, hostnames } = record(value['spec']);
  const named = [
    ...(Array.isArray(rules) ? rules.map((rule: unknown) => record(rule)['host']) : []),
    ...(Array.isArray(hostnames) ? hostnames : []),
  ];
  const texts = named.filter((host): host is string => typeof host === 'string');
  return texts.length === 0 ? '' : ` for ${texts.slice(0, 3).join(', ')}${texts.length > 3 ? ', …' : ''}`;
}

function secret(value: Value): string {
  if (value['type'] === 'kubernetes.io/tls') return 'the certificate and its key';
  return keysOf([value['data'], value['stringData']]);
}

function keysOf(parts: readonly unknown[]): string {
  const keys = new Set(parts.flatMap((part) => Object.keys(record(part))));
  if (keys.size === 0) return 'nothing: it has no keys';
  return keys.size === 1 ? 'the value of its key' : `the values of its ${keys.size} keys`;
}

function grant(value: Value): string {
  const { subjects } = value;
  const names = Array.isArray(subjects)
    ? subjects.flatMap((one: unknown) => (typeof record(one)['name'] === 'string' ? [String(record(one)['name'])] : []))
    : [];
  return `what it grants${names.length === 0 ? '' : ` to ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`}`;
}
