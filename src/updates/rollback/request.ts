import type { RollbackMark } from '../../domain/rollback.ts';
import type { UpdateReport } from '../report.ts';

/** Who wants what taken back. */
export interface RollbackRequest extends Pick<RollbackMark, 'by' | 'why'> {
  readonly environment: string;
  /** Without one, the whole environment. */
  readonly app?: string;
  /** A version of the app that ran there before, or a commit of the environment; without it the one before the current one. */
  readonly to?: string;
  /** Commits of which it is known that they were deployed well, newest first: without `to` the environment goes back to such a one. */
  readonly deployed: readonly string[];
  /** Those of which it is known that they were tried, and never went well: without `to` it does not go back to one. */
  readonly failed: readonly string[];
  /** Decides, and writes nothing outside. */
  readonly dryRun: boolean;
}

/** What `rollback --json` prints. */
export interface RollbackReport {
  readonly environment: string;
  /** Absent where it is the whole environment. */
  readonly app?: string;
  readonly branch: string;
  readonly title: string;
  /** `hold`: nothing may be opened, and `reason` says why. */
  readonly action: 'open' | 'update' | 'keep' | 'hold';
  /** Absent for a merge request that is not there (yet). */
  readonly url?: string;
  readonly reason?: string;
  readonly updates: readonly UpdateReport[];
}
