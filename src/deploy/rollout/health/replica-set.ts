import { conditionOf, conditionWords } from './conditions.ts';
import { type Health, isObserved, type Metadata, notObserved, progressing, ready, type Value } from './health.ts';

interface ReplicaSet {
  readonly metadata?: Metadata;
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly observedGeneration?: number; readonly replicas?: number; readonly availableReplicas?: number };
}

/** Of ReplicationControllers, too. Pods of an earlier template stay: they are nobody's to wait for. */
export function replicaSetHealth(value: Value): Health {
  const { metadata, spec, status } = value as ReplicaSet;
  if (!isObserved(metadata, status?.observedGeneration)) return notObserved;
  const [wanted, all, available] = [spec?.replicas ?? 1, status?.replicas ?? 0, status?.availableReplicas ?? 0];
  const failure = conditionOf(value, 'ReplicaFailure');
  if (all < wanted && failure?.status === 'True') {
    return progressing(`${all} of ${wanted} pods are there; no more can be made: ${conditionWords(failure)}`);
  }
  if (available < wanted) return progressing(`${available} of ${wanted} pods are available`);
  return all > wanted ? progressing(`${all - wanted} pods too many have not ended`) : ready;
}
