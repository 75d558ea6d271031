import { type Health, isObserved, type Metadata, notObserved, progressing, ready, readyBut, type Value } from './health.ts';

interface DaemonSet {
  readonly metadata?: Metadata;
  readonly spec?: { readonly updateStrategy?: { readonly type?: string } };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
  };
}

/** As `kubectl rollout status` sees it. https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/ */
export function daemonSetHealth(value: Value): Health {
  const { metadata, spec, status } = value as DaemonSet;
  if (!isObserved(metadata, status?.observedGeneration)) return notObserved;
  const [nodes, updated] = [status?.desiredNumberScheduled ?? 0, status?.updatedNumberScheduled ?? 0];
  const available = status?.numberAvailable ?? 0;
  const onDelete = spec?.updateStrategy?.type === 'OnDelete';
  if (updated < nodes && !onDelete) return progressing(`${updated} of ${nodes} pods are updated`);
  if (available < nodes) return progressing(`${available} of ${nodes} pods are available`);
  return updated < nodes ? readyBut(`${nodes - updated} of ${nodes} pods are updated when somebody deletes them (OnDelete)`) : ready;
}
