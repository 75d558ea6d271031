import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';
import { listAt, recordAt, textAt, textsAt, valueAt, wholeAt } from './values.ts';

/** `sidecar`: an init container that is restarted, and so runs as long as the others. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
type ContainerRole = 'container' | 'sidecar' | 'init' | 'ephemeral';

export interface Container {
  readonly name: string;
  readonly role: ContainerRole;
  readonly path: FieldPath;
  readonly value: unknown;
}

/** `custom`: of a kind that we do not know, so that nothing is certain but what stands there. */
type WorkloadRole = 'replicated' | 'daemon' | 'job' | 'pod' | 'custom';

/** An object that makes pods, and the pods that it makes. */
export interface Workload {
  readonly object: DesiredObject;
  readonly role: WorkloadRole;
  readonly namespace: string;
  /** Of its pods. */
  readonly labels: ReadonlyMap<string, string>;
  /** Of its pods. */
  readonly annotations: ReadonlyMap<string, string>;
  readonly specPath: FieldPath;
  /** Of its pods. */
  readonly spec: unknown;
  readonly containers: readonly Container[];
}

const roles: Readonly<Record<string, WorkloadRole>> = {
  'apps/Deployment': 'replicated',
  'apps/StatefulSet': 'replicated',
  'apps/ReplicaSet': 'replicated',
  '/ReplicationController': 'replicated',
  'argoproj.io/Rollout': 'replicated',
  'apps/DaemonSet': 'daemon',
  'batch/Job': 'job',
  'batch/CronJob': 'job',
  '/Pod': 'pod',
};

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** `apps/Deployment`, `/Pod` */
export const groupKind = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string =>
  `${groupOf(apiVersion)}/${kind}`;

/** An object that names no namespace goes, where nobody says otherwise, to `default`. */
export const namespaceOf = ({ namespace }: { readonly namespace: string }): string => namespace || 'default';

/** undefined for an object without a pod template where Kubernetes' own kinds have it. */
export function workloadOf(object: DesiredObject): Workload | undefined {
  const role = roles[groupKind(object)] ?? 'custom';
  const path = templatePath(object);
  const template = valueAt(object.value, ...path);
  const specPath = [...path, 'spec'];
  const spec = valueAt(template, 'spec');
  if (role === 'custom' && listAt(spec, 'containers').length === 0) return undefined;
  return {
    object,
    role,
    namespace: namespaceOf(object),
    labels: textsAt(template, 'metadata', 'labels'),
    annotations: textsAt(template, 'metadata', 'annotations'),
    specPath,
    spec,
    containers: containersOf(spec, specPath),
  };
}

function templatePath(object: DesiredObject): readonly string[] {
  if (groupKind(object) === '/Pod') return [];
  return groupKind(object) === 'batch/CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}

const lists = [
  ['containers', 'container'],
  ['initContainers', 'init'],
  ['ephemeralContainers', 'ephemeral'],
] as const;

function containersOf(spec: unknown, specPath: FieldPath): readonly Container[] {
  return lists.flatMap(([list, role]) =>
    listAt(spec, list).map((value, index) => ({
      name: textAt(value, 'name') || `${list}[${index}]`,
      role: role === 'init' && textAt(value, 'restartPolicy') === 'Always' ? 'sidecar' : role,
      path: [...specPath, list, index],
      value,
    })),
  );
}

/** Those that run as long as the pod does. */
export const longRunning = ({ containers }: Workload): readonly Container[] =>
  containers.filter(({ role }) => role === 'container' || role === 'sidecar');

/** What is written; one where Kubernetes takes one. undefined where nobody counts replicas, or where a custom kind does not say. */
export function writtenReplicas({ object, role }: Workload): number | undefined {
  if (role === 'custom') return wholeAt(object.value, 'spec', 'replicas');
  if (role !== 'replicated') return undefined;
  return valueAt(object.value, 'spec', 'replicas') === undefined && !isElsewhere(object) ? 1 : wholeAt(object.value, 'spec', 'replicas');
}

/** A Rollout may take its pods from a Deployment. https://argo-rollouts.readthedocs.io/en/stable/migrating/ */
const isElsewhere = (object: DesiredObject): boolean => Object.keys(recordAt(object.value, 'spec', 'workloadRef')).length > 0;

/** `Deployment web` */
export const called = ({ object }: { readonly object: DesiredObject }): string => `${object.kind} ${object.name}`;
