import type { DeployOutcome, DeployPhase, DeployReport } from './deployment.ts';

/** `running` until it ended; `interrupted`: it came to no end of its own, and the queue goes on with it. */
export type RunState = 'running' | 'interrupted' | DeployOutcome;

/** One deployment run in a few words. Texts come from outside. */
export interface RunSummary {
  /** Of the record: a run has its own number only once it has the lock. */
  readonly id: string;
  /** `YYYYMMDDhhmmss`, as the label says. */
  readonly run?: string;
  readonly commit: string;
  readonly state: RunState;
  /** RFC 3339, UTC. */
  readonly beganAt: string;
  readonly endedAt?: string;
  readonly seconds?: number;
  /** What came with it, oldest first, the first few. */
  readonly requests: readonly RunRequest[];
  /** Others that came with it. */
  readonly moreRequests: number;
  /** Why it runs though nothing came. */
  readonly because?: string;
  readonly counts: RunCounts;
}

/** A merge request whose merge the run deploys. */
export interface RunRequest {
  readonly id: number;
  readonly title: string;
  readonly url: string;
  readonly author: string;
  /** Who merged it. */
  readonly by?: string;
}

export interface RunCounts {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly pruned: number;
  readonly kept: number;
  readonly failures: number;
}

/** How far one phase has come. */
export interface RunStep {
  readonly name: DeployPhase;
  readonly units: number;
  readonly done: number;
  /** What was done last. */
  readonly last?: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

export interface RunLine {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly text: string;
}

/** Everything that is kept of one run. Lists are bounded; the counts say how many there were. */
export interface RunLog extends RunSummary {
  readonly environment: string;
  readonly cluster: string;
  readonly compareUrl?: string;
  readonly steps: readonly RunStep[];
  readonly lines: readonly RunLine[];
  /** What it was about to touch, once it is known. */
  readonly plan?: { readonly created: number; readonly changed: number; readonly pruned: number };
  /** Once it ended. */
  readonly report?: Pick<DeployReport, 'created' | 'changed' | 'pruned' | 'kept' | 'failures' | 'notes'>;
}
