import type { DesiredObject } from '../../manifests/desired-object.ts';
import { kedaAutoscaler, targetOf } from '../set/autoscalers.ts';
import { Field } from '../set/field.ts';
import { identityOf, kindOf } from '../set/object-set.ts';

/** Who decides how many replicas there are, and how few they may become. */
export interface Autoscaler {
  readonly object: DesiredObject;
  readonly minimum: number;
  /** Where it says so. */
  readonly field: string;
}

/** Where each kind keeps its minimum, and what it is when unwritten. */
const kinds: ReadonlyMap<string, { readonly field: string; readonly unwritten: number }> = new Map([
  // https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
  ['autoscaling/HorizontalPodAutoscaler', { field: 'minReplicas', unwritten: 1 }],
  // https://keda.sh/docs/latest/reference/scaledobject-spec/
  [kedaAutoscaler, { field: 'minReplicaCount', unwritten: 0 }],
]);

/** By the identity of what they scale. */
export function autoscalersIn(objects: readonly DesiredObject[]): ReadonlyMap<string, Autoscaler> {
  const found = new Map<string, Autoscaler>();
  for (const object of objects) {
    const [kind, target] = [kinds.get(kindOf(object)), targetOf(object)];
    if (kind === undefined || target === undefined) continue;
    const written = new Field(object.value).at('spec', kind.field);
    const minimum = written.isThere ? written.wholeNumber : kind.unwritten;
    if (minimum !== undefined) found.set(identityOf(target), { object, minimum, field: kind.field });
  }
  return found;
}
