import type { Logger } from 'pino';
import type { Metrics } from '../../adapters/metrics.ts';
import type { Config } from '../../config/schema.ts';
import type { LiveSource } from '../../dashboard/live/room.ts';
import type { Redact } from '../../domain/redact.ts';
import type { FollowedJournal } from '../../journal/follow.ts';
import type { Verified } from '../../journal/watch.ts';
import type { Services } from '../../services.ts';
import type { Watch } from './operations/watch.ts';

/** What the pages are made from. */
export interface DashboardParts {
  readonly config: Config;
  readonly services: Services;
  readonly redact: Redact;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** People are told, in Slack. */
  readonly tells: boolean;
  readonly journal: FollowedJournal;
  /** What is known of the journal's chain; undefined while it is read for the first time. */
  readonly verified: () => Verified | undefined;
  readonly live: LiveSource;
  readonly watch: Watch;
  /** Where the journal's newest hash is put. */
  readonly places: () => readonly { readonly name: string }[];
  /** Has a merge request of an environment's repository (`FORGE:PATH`) judged again, soon. */
  readonly judgeAgain: (repository: string, request: number) => Promise<void>;
}
