import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { kindOf } from './object-set.ts';

/** What makes pods, or is one. */
export interface Workload {
  readonly object: DesiredObject;
  /** `apps/Deployment` */
  readonly kind: string;
  /** The pod's spec. */
  readonly pod: Field;
  /** The pod's labels. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Where the pod (its metadata and spec) stands in an object. */
const templates: ReadonlyMap<string, FieldPath> = new Map<string, FieldPath>([
  ['Pod', []],
  ['PodTemplate', ['template']],
  ['batch/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
  ...['ReplicationController', 'apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', 'batch/Job'].map(
    (kind) => [kind, ['spec', 'template']] as const,
  ),
  // Argo Rollouts: a Deployment in all that counts here
  ['argoproj.io/Rollout', ['spec', 'template']],
]);

export function workloadOf(object: DesiredObject): Workload | undefined {
  const kind = kindOf(object);
  const path = templates.get(kind);
  if (path === undefined) return undefined;
  const template = new Field(object.value).at(...path);
  return { object, kind, pod: template.at('spec'), labels: template.at('metadata', 'labels').texts };
}

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'];

export const containersOf = (pod: Field): readonly Field[] => containerLists.flatMap((list) => pod.at(list).items);
