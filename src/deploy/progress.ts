import type { DeployPhase } from '../domain/deployment.ts';

/** Who is told how far a run has come. */
export interface Progress {
  /** A phase begins, of so many units. */
  phase(name: DeployPhase, units: number): void;
  /** One unit of the phase is done. */
  done(what: string): void;
}
