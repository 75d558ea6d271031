import type { ApiServer } from '../domain/cluster.ts';
import type { ObjectId } from '../domain/finding.ts';
import type { DesiredState } from '../manifests/desired-object.ts';
import type { LeaseOptions } from './lock/lease.ts';
import type { Progress } from './progress.ts';

/** How many objects a run is about to touch. */
export interface RunPlan {
  readonly created: number;
  readonly changed: number;
  readonly pruned: number;
}

/** Told before the run does what cannot be undone; it does it once they resolve, and does not where they reject. */
export interface RunRecorder {
  /** Before the first write. */
  begin(run: string, plan: RunPlan): Promise<void>;
  /** Before the first deletion; not where nothing is pruned. */
  prune(run: string, objects: readonly ObjectId[]): Promise<void>;
}

/** What a deployment run reaches the world through. */
export interface DeployPorts {
  readonly server: ApiServer;
  readonly now: () => Date;
  readonly warn: (text: string) => void;
  readonly progress: Progress;
  readonly record: RunRecorder;
  /** Who runs it, unique to this run: what others see who wait for the lock. */
  readonly holder: string;
  /** Only tests want another. */
  readonly lock?: Pick<LeaseOptions, 'durationMs' | 'clock'>;
}

/** What a run may do, and what it has to bring about. */
export interface WantedRun {
  readonly environment: string;
  /** `FORGE:PATH`, where it is known. */
  readonly repository?: string;
  /** Names that the environment was deployed under before. */
  readonly formerly: readonly string[];
  readonly state: DesiredState;
  /** Absent for a folder as it lies there. */
  readonly commit?: string;
  /** Most that may be pruned, 0 to 1: see PruneQuestion. */
  readonly share: number;
  /** How long is waited for rollouts. Milliseconds. */
  readonly timeoutMs: number;
  /** Whether rollouts are waited for. */
  readonly wait: boolean;
  /** How long is waited for another run to end. Milliseconds. */
  readonly patienceMs: number;
  /** What it may prune at most, as objectName gives it; without it, what the rules of pruning allow. */
  readonly approvedPrune?: readonly string[];
  /** Whose plans that was: `merge requests 12 and 14`. */
  readonly approvedBy?: string;
  /** Fields that were changed by hand are taken back. */
  readonly takeOver: boolean;
}
