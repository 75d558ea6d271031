import { conditionOf, conditionWords } from './conditions.ts';
import { failed, type Health, isObserved, type Metadata, notObserved, progressing, ready, readyBut, type Value } from './health.ts';

interface Deployment {
  readonly metadata?: Metadata;
  readonly spec?: { readonly replicas?: number; readonly paused?: boolean };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

/**
 * As `kubectl rollout status` sees it. A progress deadline that had passed before the run began is no failure of the run: what it brought may be
 * just what the pods lacked. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
export function deploymentHealth(value: Value, since: Date): Health {
  const { metadata, spec, status } = value as Deployment;
  if (!isObserved(metadata, status?.observedGeneration)) return notObserved;
  const rest = unfinished(value);
  if (rest === '') return ready;
  if (spec?.paused === true) return readyBut('it is paused: its pods stay as they are until somebody resumes it');
  const deadline = conditionOf(value, 'Progressing');
  if (deadline?.reason !== 'ProgressDeadlineExceeded') return progressing(rest);
  const passed = Date.parse(deadline.lastUpdateTime ?? '') < since.getTime();
  return passed ? progressing(`${rest}; its progress deadline had passed before`) : failed(`${rest}; its progress deadline has passed`);
}

/** Empty when nothing is left to do. */
function unfinished(value: Value): string {
  const { spec, status } = value as Deployment;
  const [wanted, updated] = [spec?.replicas ?? 1, status?.updatedReplicas ?? 0];
  const [all, available] = [status?.replicas ?? 0, status?.availableReplicas ?? 0];
  const failure = conditionOf(value, 'ReplicaFailure');
  if (updated < wanted) {
    const why = failure?.status === 'True' ? `; no more can be made: ${conditionWords(failure)}` : '';
    return `${updated} of ${wanted} pods are updated${why}`;
  }
  if (all > updated) return `${updated} of ${wanted} pods are updated, and ${all - updated} old ones have not ended`;
  return available < updated ? `${available} of ${updated} updated pods are available` : '';
}
