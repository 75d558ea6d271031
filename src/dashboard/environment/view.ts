import type { Drift } from '../../domain/deployment.ts';
import type { EnvironmentSnapshot, OpenRequest } from '../../domain/fleet.ts';
import type { RunLog, RunSummary } from '../../domain/run-log.ts';
import type { AppActions, Pending } from '../actions/forms.ts';
import type { Notice } from '../actions/notice.ts';

/** All that is known of one environment. Texts come from outside. */
export interface EnvironmentView {
  readonly snapshot: EnvironmentSnapshot;
  /** Who brings the cluster to where the repository is. */
  readonly deploy: 'service' | 'pipeline' | 'off';
  /** Name of the cluster in app.yml. */
  readonly cluster?: string;
  /** The last run that this service knows of, and the last good one. */
  readonly deployed?: Deployed;
  /** Undefined where nobody has looked yet. */
  readonly drift?: SeenDrift;
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  readonly lease: Lease;
  readonly holds: readonly Hold[];
  readonly schedule: Plan;
  readonly asked: readonly Notice[];
  readonly scanning: Pending;
  /** For the app that was chosen. */
  readonly actions?: AppActions;
}

export interface Deployed {
  readonly commit: string;
  readonly run: string;
  readonly outcome: 'succeeded' | 'failed' | 'refused';
  /** When the run began: RFC 3339, UTC. */
  readonly at: string;
  /** What was deployed well last; absent where nothing was. */
  readonly good?: { readonly commit: string; readonly run: string };
}

export interface SeenDrift {
  /** It was compared with this commit. */
  readonly commit: string;
  readonly counts: Readonly<Record<Drift['kind'], number>>;
  /** Since when cluster and repository are apart; absent while they are not. RFC 3339, UTC. */
  readonly since?: string;
  readonly lookedAt?: string;
  /** The first few. */
  readonly objects: readonly Pick<Drift, 'object' | 'kind' | 'summary' | 'by'>[];
}

/** Who has the lock of the environment in its cluster. */
export type Lease =
  | { readonly kind: 'none' }
  | { readonly kind: 'free' }
  | { readonly kind: 'held'; readonly holder: string; readonly since: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** What an open merge request holds until it is merged, closed or released. */
export interface Hold extends Pick<OpenRequest, 'id' | 'title' | 'url'> {
  readonly objects: number;
  /** RFC 3339, UTC. */
  readonly since: string;
}

/** When what happens by itself; times in RFC 3339, UTC. */
export interface Plan {
  readonly nextScan?: string;
  /** Absent where there is nothing to compare: no cluster, or nobody deploys. */
  readonly nextDrift?: string;
  readonly types: readonly string[];
  /** As app.yml has them; without any, always. */
  readonly windows: readonly string[];
  readonly isOpen: boolean;
  /** When the next window opens; absent while one is open. */
  readonly opensAt?: string;
  readonly after?: { readonly environment: string; readonly soak: string };
  readonly maxOpen?: number;
  readonly openCount: number;
}

/** What the pages of environments ask. */
export interface EnvironmentSource {
  /** Undefined for none of that name. With an app, what can be done about it there. */
  environment(name: string, app: string | undefined, now: Date): Promise<EnvironmentView | undefined>;
  /** By the number of the run, or of its record. */
  run(environment: string, run: string): Promise<RunLog | undefined>;
}
