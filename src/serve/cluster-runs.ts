import type { KubeconfigPlace } from '../adapters/cluster/kubeconfig.ts';
import type { DeployReport, Drift } from '../domain/deployment.ts';
import { UsageError } from '../domain/errors.ts';
import type { ObjectId } from '../domain/finding.ts';
import type { DesiredState } from '../manifests/desired-object.ts';

/** What a run shall do. */
export interface WantedRun {
  readonly environment: string;
  /** `FORGE:PATH` */
  readonly repository: string;
  readonly formerly: readonly string[];
  readonly state: DesiredState;
  readonly commit: string;
  readonly share: number;
  readonly timeoutMs: number;
  /** What it may prune at most, as objectName gives it; without it, what the rules of pruning allow. */
  readonly approvedPrune?: readonly string[];
  /** Fields that were changed by hand are taken back. */
  readonly takeOver: boolean;
}

/** How many objects a run is about to touch. */
export interface RunPlan {
  readonly created: number;
  readonly changed: number;
  readonly pruned: number;
}

/** Told before the run does what cannot be undone; it does it once they resolve. */
export interface RunHooks {
  begin(run: string, plan: RunPlan): Promise<void>;
  prune(run: string, objects: readonly ObjectId[]): Promise<void>;
  readonly progress: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** What is done in clusters; the same that the commands do. Throws OutsideError, and UsageError for a kubeconfig that leads nowhere. */
export interface ClusterRuns {
  deploy(place: KubeconfigPlace, wanted: WantedRun, hooks: RunHooks, signal: AbortSignal): Promise<DeployReport>;
  /** Undefined where no deployment of the environment is there to compare with, or a run is under way. */
  drift(
    place: KubeconfigPlace,
    wanted: Pick<WantedRun, 'environment' | 'formerly' | 'state'>,
    signal: AbortSignal,
  ): Promise<{ readonly drifts: readonly Drift[]; readonly notes: readonly string[] } | undefined>;
}

/** Until deployEnvironment and findDrift are here. */
export function createClusterRuns(_now: () => Date): ClusterRuns {
  return {
    deploy: () => Promise.reject(new UsageError('this version deploys nothing yet')),
    drift: () => Promise.resolve(undefined),
  };
}
