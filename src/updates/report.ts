import type { DatasourceName, Warning } from '../domain/reference.ts';
import type { UpdateType } from '../domain/update.ts';
import type { ScanError } from './failure.ts';

/** What `scan --json` prints; the keys are the contract (design, section 3): more may be added, none renamed. */
export interface ScanReport {
  readonly environments: readonly EnvironmentReport[];
  readonly proposals: readonly ProposalReport[];
  /** What people merged or closed: new since the last scan, or not older than a week. */
  readonly ended: readonly EndedReport[];
  readonly held: readonly HeldReport[];
  readonly errors: readonly ScanError[];
}

export interface EnvironmentReport {
  readonly name: string;
  /** `FORGE:PATH` */
  readonly repository: string;
  readonly commit: string;
  /** How many references were found. */
  readonly references: number;
  readonly warnings: readonly Warning[];
}

export interface ProposalReport {
  readonly environment: string;
  readonly app: string;
  readonly branch: string;
  readonly title: string;
  readonly action: 'open' | 'update' | 'keep' | 'close';
  /** Absent for a merge request that is not there yet (`--dry-run`). */
  readonly url?: string;
  /** Why it was left alone or closed. */
  readonly reason?: string;
  readonly updates: readonly UpdateReport[];
}

export interface EndedReport {
  readonly environment: string;
  readonly title: string;
  readonly url: string;
  readonly action: 'merged' | 'closed';
  /** Name of the user; absent where the forge does not know one. */
  readonly by?: string;
}

export interface UpdateReport {
  readonly file: string;
  readonly line: number;
  readonly datasource: DatasourceName;
  readonly package: string;
  readonly from: string;
  readonly to: string;
  /** `sha256:…` of the image, or of the bundle's file, where it is known. */
  readonly digest?: string;
  readonly type: UpdateType;
}

export interface HeldReport {
  readonly environment: string;
  readonly app: string;
  readonly file: string;
  readonly line: number;
  readonly package: string;
  readonly from: string;
  /** Absent where a reference is not looked up. */
  readonly to?: string;
  readonly reason: string;
}
