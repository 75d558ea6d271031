import type { ObjectId } from '../../../domain/finding.ts';
import { groupKind, groupOf } from '../../../manifests/identity.ts';
import { customHealth } from './custom.ts';
import { daemonSetHealth } from './daemon-set.ts';
import { deploymentHealth } from './deployment.ts';
import { failed, type Health, type Metadata, type Value } from './health.ts';
import { jobHealth } from './job.ts';
import { apiServiceHealth, type BindsLate, claimHealth, definitionHealth, namespaceHealth, serviceHealth } from './parts.ts';
import { podHealth } from './pod.ts';
import { replicaSetHealth } from './replica-set.ts';
import { statefulSetHealth } from './stateful-set.ts';

/** What is known beside the object. */
export interface Circumstances {
  /** When the run began. */
  readonly since: Date;
  readonly bindsLate: BindsLate;
  /** What is new may not have been seen by its controller yet. */
  readonly justApplied: boolean;
}

/** Kinds of Kubernetes itself that are not ready as soon as they are there. */
const families: ReadonlyMap<string, (value: Value, of: Circumstances) => Health> = new Map(
  Object.entries({
    'apps/Deployment': (value: Value, { since }: Circumstances) => deploymentHealth(value, since),
    'apps/StatefulSet': statefulSetHealth,
    'apps/DaemonSet': daemonSetHealth,
    'apps/ReplicaSet': replicaSetHealth,
    ReplicationController: replicaSetHealth,
    'batch/Job': jobHealth,
    Pod: podHealth,
    PersistentVolumeClaim: (value: Value, { bindsLate }: Circumstances) => claimHealth(value, bindsLate),
    Service: serviceHealth,
    Namespace: namespaceHealth,
    'apiextensions.k8s.io/CustomResourceDefinition': definitionHealth,
    'apiregistration.k8s.io/APIService': apiServiceHealth,
  }),
);

/** Groups that the API server has of itself; in others every kind is somebody's own. */
const ownGroups = new Set([
  ...['', 'apps', 'autoscaling', 'batch', 'extensions', 'policy'],
  ...['admissionregistration', 'apiextensions', 'apiregistration', 'authentication', 'authorization', 'certificates', 'coordination'].map(
    (name) => `${name}.k8s.io`,
  ),
  ...['discovery', 'events', 'internal.apiserver', 'flowcontrol.apiserver', 'networking', 'node', 'rbac.authorization', 'resource'].map(
    (name) => `${name}.k8s.io`,
  ),
  ...['scheduling', 'storage', 'storagemigration'].map((name) => `${name}.k8s.io`),
]);

/** Whether there is anything to wait for once it was applied. */
export const comesUp = (object: Pick<ObjectId, 'apiVersion' | 'kind'>): boolean =>
  families.has(groupKind(object)) || !ownGroups.has(groupOf(object.apiVersion));

/** Of a kind that comes up. */
export function healthOf(object: Pick<ObjectId, 'apiVersion' | 'kind'>, value: Value, of: Circumstances): Health {
  const { deletionTimestamp, finalizers = [] } = (value as { readonly metadata?: Metadata }).metadata ?? {};
  if (deletionTimestamp !== undefined) {
    const held = finalizers.length === 0 ? '' : `, held by the finalizers ${finalizers.join(', ')}`;
    return failed(`it is being deleted${held}: deploy again once it is gone`);
  }
  return (families.get(groupKind(object)) ?? customHealth)(value, of);
}
