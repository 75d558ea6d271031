import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';
import { textAt, valueAt, wholeAt } from './values.ts';
import { groupKind, namespaceOf } from './workload.ts';

/** Who decides how many replicas there are, and how few they may become. */
export interface Autoscaler {
  readonly object: DesiredObject;
  readonly minimum: number;
  readonly path: FieldPath;
}

/** Where each kind keeps its minimum, and what it is when unwritten. Only KEDA may leave out the kind: a Deployment. */
const kinds: Readonly<Record<string, { readonly field: string; readonly unwritten: number }>> = {
  // https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
  'autoscaling/HorizontalPodAutoscaler': { field: 'minReplicas', unwritten: 1 },
  // https://keda.sh/docs/latest/reference/scaledobject-spec/
  'keda.sh/ScaledObject': { field: 'minReplicaCount', unwritten: 0 },
};

/** By `targetKey`. */
export function autoscalersIn(objects: readonly DesiredObject[]): ReadonlyMap<string, Autoscaler> {
  const found = new Map<string, Autoscaler>();
  for (const object of objects) {
    const known = kinds[groupKind(object)];
    if (known === undefined) continue;
    const written = valueAt(object.value, 'spec', known.field) ?? undefined;
    const minimum = written === undefined ? known.unwritten : wholeAt(object.value, 'spec', known.field);
    const target = { kind: textAt(object.value, 'spec', 'scaleTargetRef', 'kind') || 'Deployment', name: nameIn(object) };
    if (minimum !== undefined) found.set(targetKey(namespaceOf(object), target), { object, minimum, path: ['spec', known.field] });
  }
  return found;
}

const nameIn = (object: DesiredObject): string => textAt(object.value, 'spec', 'scaleTargetRef', 'name');

export const targetKey = (namespace: string, { kind, name }: { readonly kind: string; readonly name: string }): string =>
  `${namespace}/${kind}/${name}`;
