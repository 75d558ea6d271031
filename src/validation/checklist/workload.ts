import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from '../set/field.ts';
import { kindOf } from '../set/object-set.ts';
import type { Labelled } from '../set/selectors.ts';
import { workloadOf as knownWorkload } from '../set/workloads.ts';

/** `sidecar`: an init container that is restarted, and so runs as long as the others. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
type ContainerRole = 'container' | 'sidecar' | 'init' | 'ephemeral';

export interface Container {
  readonly name: string;
  readonly role: ContainerRole;
  readonly field: Field;
}

/** `custom`: of a kind that we do not know, so that nothing is certain but what stands there. */
type WorkloadRole = 'replicated' | 'daemon' | 'job' | 'pod' | 'custom';

/** An object that makes pods, and what it makes them from. */
export interface Workload extends Labelled {
  readonly role: WorkloadRole;
  /** Annotations of its pods. */
  readonly annotations: Field;
  /** Their spec. */
  readonly pod: Field;
  readonly containers: readonly Container[];
}

const roles: ReadonlyMap<string, WorkloadRole> = new Map([
  ...['apps/Deployment', 'apps/StatefulSet', 'apps/ReplicaSet', 'ReplicationController', 'argoproj.io/Rollout'].map(
    (kind) => [kind, 'replicated'] as const,
  ),
  ...['batch/Job', 'batch/CronJob'].map((kind) => [kind, 'job'] as const),
  ['apps/DaemonSet', 'daemon'],
  ['Pod', 'pod'],
]);

/** undefined for an object without a pod template that stands where Kubernetes' own kinds have it, or that makes no pods of it. */
export function workloadOf(object: DesiredObject): Workload | undefined {
  const role = roles.get(kindOf(object)) ?? 'custom';
  if (role === 'custom' && kindOf(object) === 'PodTemplate') return undefined;
  const pod = knownWorkload(object)?.pod ?? new Field(object.value).at('spec', 'template', 'spec');
  if (role === 'custom' && pod.at('containers').items.length === 0) return undefined;
  const metadata = new Field(object.value).at(...pod.path.slice(0, -1), 'metadata');
  return { object, role, labels: metadata.at('labels').texts, annotations: metadata.at('annotations'), pod, containers: containersOf(pod) };
}

const lists = [
  ['containers', 'container'],
  ['initContainers', 'init'],
  ['ephemeralContainers', 'ephemeral'],
] as const;

function containersOf(pod: Field): readonly Container[] {
  return lists.flatMap(([list, role]) =>
    pod.at(list).items.map((field, index) => ({
      name: shortened(field.at('name').text) || `${list}[${index}]`,
      role: role === 'init' && field.at('restartPolicy').text === 'Always' ? 'sidecar' : role,
      field,
    })),
  );
}

/** Those that run as long as the pod does. */
export const longRunning = ({ containers }: Workload): readonly Container[] =>
  containers.filter(({ role }) => role === 'container' || role === 'sidecar');

/** What is written; one where Kubernetes takes one. undefined where nobody counts replicas, or where a custom kind does not say. */
export function writtenReplicas({ object, role }: Workload): number | undefined {
  const spec = new Field(object.value).at('spec');
  if (role !== 'replicated' && role !== 'custom') return undefined;
  // A Rollout may take its pods from a Deployment: https://argo-rollouts.readthedocs.io/en/stable/migrating/
  const unwritten = role === 'replicated' && !spec.at('workloadRef').isThere ? 1 : undefined;
  return spec.at('replicas').isThere ? spec.at('replicas').wholeNumber : unwritten;
}

/** `Deployment web` */
export const called = ({ object }: { readonly object: DesiredObject }): string => `${object.kind} ${shortened(object.name)}`;

/** Names and labels have 63 characters at the most, paths seldom more than that; what is longer is nonsense, and the API server says so. */
export const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);

/** `a, b and c` */
export const sentence = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
