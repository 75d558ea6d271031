/**
 * `current`: nothing newer may be taken and nothing is held back; `proposed`: a merge request is open; `waiting`: the next scan opens one;
 * `held`: something newer is out, and `reason` says why it is not proposed; `unknown`: not looked up, or the registry failed.
 */
export const inventoryStates = ['current', 'proposed', 'waiting', 'held', 'unknown'] as const;
export type InventoryState = (typeof inventoryStates)[number];

/** One reference and how it stands: what `inventory --json` prints (design, section 3). */
export interface InventoryRow {
  readonly app: string;
  readonly environment: string;
  readonly file: string;
  readonly line: number;
  readonly package: string;
  readonly version: string;
  readonly owner?: string;
  /** The highest version known, taken or not, without pre-releases where a stable one runs; absent when nothing could be learned. */
  readonly newest?: string;
  readonly state: InventoryState;
  readonly reason?: string;
  readonly mergeRequest?: string;
  /** Since when a scan has seen this version here, RFC 3339. */
  readonly since?: string;
}

/** A merge request of ours that is open. */
export interface OpenRequest {
  /** The number that people see. */
  readonly id: number;
  readonly url: string;
  readonly title: string;
  /** Absent for a rollback of the whole environment, and where nobody knows. */
  readonly app?: string;
  /** It takes versions back. */
  readonly rollback?: true;
  readonly branch: string;
  /** Head commit. */
  readonly commit: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** True only when the forge is sure. */
  readonly conflicts: boolean;
}

/** What the last scan of an environment could not do. */
export interface FleetProblem {
  /** A registry's host, the environment, or its repository. */
  readonly scope: string;
  /** One sentence: what failed, and what to do. */
  readonly message: string;
  /** The first of the scans, without one in between that worked, in which the scope failed. RFC 3339, UTC. */
  readonly since: string;
  /** Which apps it holds up; none: the environment as a whole. */
  readonly apps: readonly string[];
}

/** What runs in one environment, as the last scan saw it. */
export interface EnvironmentSnapshot {
  readonly environment: string;
  /** `FORGE:PATH` */
  readonly repository: string;
  /** The repository's page. '' where none is known. */
  readonly url: string;
  /** Commit of the default branch. Absent where no scan has read the environment yet. */
  readonly commit?: string;
  /** When a scan last looked at all of it, RFC 3339, UTC. Absent where none has yet. */
  readonly at?: string;
  /** By app, then as they stand in its files. Of what a registry does not tell now: what it told last. */
  readonly rows: readonly InventoryRow[];
  readonly requests: readonly OpenRequest[];
  readonly problems: readonly FleetProblem[];
}

/** Which versions of one package an app has had in an environment. */
export interface AppHistory {
  readonly package: string;
  /** Each time that another version was seen there; newest last. RFC 3339, UTC. */
  readonly points: readonly { readonly version: string; readonly at: string; readonly commit: string }[];
  /** When the app was first seen without the package, RFC 3339, UTC; absent while it is there. */
  readonly leftAt?: string;
}
