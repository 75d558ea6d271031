import type { DeployOutcome } from '../../domain/deployment.ts';
import type { EnvironmentSnapshot } from '../../domain/fleet.ts';
import type { Viewer } from '../../domain/site.ts';
import type { Pending } from '../actions/forms.ts';

/** The last deployment run of an environment, as far as this service remembers. */
export interface EnvironmentRun {
  readonly run: string;
  /** When it began, RFC 3339, UTC. */
  readonly at: string;
  readonly outcome: DeployOutcome;
  readonly commit: string;
  /** The last that went well. */
  readonly good?: { readonly commit: string; readonly at: string };
}

export interface FleetEnvironment extends EnvironmentSnapshot {
  /** Absent where nobody deploys it, or nobody has yet. */
  readonly run?: EnvironmentRun;
}

/** What runs where. */
export interface FleetSource {
  /** In the order in which versions travel. */
  environments(): Promise<readonly FleetEnvironment[]>;
  /** When all of it is looked at next; undefined where the schedule says never. */
  nextScan(): Date | undefined;
  /** Whether a look at all of it is under way. */
  scanning(): Promise<Pending>;
}

/** Those that the viewer may see. */
export const seenBy = async (source: FleetSource, viewer: Viewer): Promise<readonly FleetEnvironment[]> =>
  (await source.environments()).filter(({ environment }) => viewer.sees(environment));
