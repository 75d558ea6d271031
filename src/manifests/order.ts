import type { ObjectId } from '../domain/finding.ts';
import { groupKind } from './identity.ts';

/** Kinds that others wait for, step by step. Of the same kind name in other groups none is meant. */
const steps: readonly (readonly string[])[] = [
  ['apiextensions.k8s.io/CustomResourceDefinition'],
  ['Namespace'],
  [
    'ServiceAccount',
    'rbac.authorization.k8s.io/ClusterRole',
    'rbac.authorization.k8s.io/Role',
    'rbac.authorization.k8s.io/ClusterRoleBinding',
    'rbac.authorization.k8s.io/RoleBinding',
  ],
  [
    'ConfigMap',
    'Secret',
    'LimitRange',
    'ResourceQuota',
    'scheduling.k8s.io/PriorityClass',
    'node.k8s.io/RuntimeClass',
    'networking.k8s.io/IngressClass',
    'networking.k8s.io/NetworkPolicy',
    'policy/PodDisruptionBudget',
  ],
  ['storage.k8s.io/StorageClass', 'storage.k8s.io/CSIDriver', 'PersistentVolume', 'PersistentVolumeClaim'],
  ['Service', 'Endpoints', 'discovery.k8s.io/EndpointSlice'],
  [
    'Pod',
    'ReplicationController',
    'apps/ReplicaSet',
    'apps/Deployment',
    'apps/StatefulSet',
    'apps/DaemonSet',
    'batch/Job',
    'batch/CronJob',
  ],
];

/** Refuse or change what others send, or hand it on: nothing of the set may wait for what is behind them. */
const gates = [
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'apiregistration.k8s.io/APIService',
];

const rest = steps.length;
const stepOf: ReadonlyMap<string, number> = new Map([
  ...steps.flatMap((kinds, step) => kinds.map((kind) => [kind, step] as const)),
  ...gates.map((kind) => [kind, rest + 1] as const),
]);

/**
 * In what order a deployment applies objects: those of a step at once, steps one after the other. Definitions, namespaces, service accounts
 * and roles, configuration, storage, services, workloads, the rest, and last what judges others' requests. Within a step the given order.
 */
export function applyOrder<T extends ObjectId>(objects: readonly T[]): readonly (readonly T[])[] {
  const found = Map.groupBy(objects, (object) => stepOf.get(groupKind(object)) ?? rest);
  return [...found].sort(([a], [b]) => a - b).map(([, step]) => step);
}

/** The other way round, except that whatever serves objects, definitions and aggregated APIs, goes behind all of them, and namespaces last. */
export function pruneOrder<T extends ObjectId>(objects: readonly T[]): readonly (readonly T[])[] {
  const found = Map.groupBy(objects, (object) => lastOf.get(groupKind(object)) ?? -(stepOf.get(groupKind(object)) ?? rest));
  return [...found].sort(([a], [b]) => a - b).map(([, step]) => step);
}

const lastOf: ReadonlyMap<string, number> = new Map([
  ['apiextensions.k8s.io/CustomResourceDefinition', 1],
  ['apiregistration.k8s.io/APIService', 1],
  ['Namespace', 2],
]);
