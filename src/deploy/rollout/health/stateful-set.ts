import { type Health, isObserved, type Metadata, notObserved, progressing, ready, readyBut, type Value } from './health.ts';

interface StatefulSet {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly updatedReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

/**
 * As `kubectl rollout status` and kstatus see it; pods that are only replaced when somebody deletes them are not waited for.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies
 */
export function statefulSetHealth(value: Value): Health {
  const { metadata, spec, status = {} } = value as StatefulSet;
  if (!isObserved(metadata, status.observedGeneration)) return notObserved;
  const [wanted, updated] = [spec?.replicas ?? 1, status.updatedReplicas ?? 0];
  const up = (spec?.minReadySeconds ?? 0) > 0 ? (status.availableReplicas ?? 0) : (status.readyReplicas ?? 0);
  if (up < wanted) return progressing(`${up} of ${wanted} pods are ready`);
  if ((status.replicas ?? 0) > wanted) return progressing(`${(status.replicas ?? 0) - wanted} pods too many have not ended`);
  const behind = status.updateRevision !== status.currentRevision;
  if (spec?.updateStrategy?.type === 'OnDelete') {
    return behind && updated < wanted
      ? readyBut(`${wanted - updated} of ${wanted} pods are updated when somebody deletes them (OnDelete)`)
      : ready;
  }
  const partition = spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  const due = Math.max(0, wanted - partition);
  if (behind && updated < due) return progressing(`${updated} of ${due} pods are updated`);
  return behind && partition > 0 && updated < wanted
    ? readyBut(`the pods below ${partition} are not updated, as its partition says`)
    : ready;
}
