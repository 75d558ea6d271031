import type { ObjectId } from './finding.ts';

/** How a deployment run ended. `refused`: before the first write. `yielded` is none: who waits for the lock in vain has no run. */
export type DeployOutcome = 'succeeded' | 'failed' | 'refused';

/** Something that did not go. Texts are plain, and may hold text from outside: whoever shows them escapes them. */
export interface DeployFailure {
  /** Absent where it is about the run itself. */
  readonly object?: ObjectId;
  /** One sentence; the server's own words where it spoke. Never a secret's value. */
  readonly message: string;
  /** What to do, where we know it. */
  readonly help?: string;
  /** The cluster or another server did not answer: another run may go better as it is. */
  readonly outside?: boolean;
}

export interface KeptObject {
  readonly object: ObjectId;
  readonly reason: string;
}

/** What a deployment run did. */
export interface DeployReport {
  readonly environment: string;
  /** `YYYYMMDDhhmmss`, UTC: what the label says. */
  readonly run: string;
  readonly outcome: DeployOutcome;
  /** Absent for a folder as it lies there. */
  readonly commit?: string;
  readonly created: readonly ObjectId[];
  readonly changed: readonly ObjectId[];
  readonly unchanged: number;
  readonly pruned: readonly ObjectId[];
  readonly kept: readonly KeptObject[];
  /** All of them. */
  readonly failures: readonly DeployFailure[];
  /** Whole sentences that are no failures: what could not be seen, what was taken over, how long was waited for whom. */
  readonly notes: readonly string[];
  readonly seconds: number;
}

/** What a deployment run is told of as it goes; for a progress bar, a log, a journal. */
export type DeployPhase = 'lock' | 'look' | 'preflight' | 'apply' | 'prune' | 'rollout';

/** One object of the cluster that is not as the environment wants it. */
export interface Drift {
  readonly object: ObjectId;
  /** `not-deployed`: the repository moved on since the last run, and nobody touched the object. */
  readonly kind: 'changed' | 'missing' | 'left-over' | 'not-deployed' | 'unknown';
  /** One line: which fields, what the server said. */
  readonly summary: string;
  /** Unified diff from what is wanted to what is there, as YAML, secrets hidden; where it is there and comparable. */
  readonly diff?: string;
  /** The field managers whose hand it was, where the cluster says so. */
  readonly by?: readonly string[];
  /** It was put beside what is wanted, where no deployment takes it back, not even one that corrects. */
  readonly stays?: true;
}
