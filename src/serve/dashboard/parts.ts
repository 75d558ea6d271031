import type { Logger } from 'pino';
import type { Config } from '../../config/schema.ts';
import type { LiveSource } from '../../dashboard/live/room.ts';
import type { Redact } from '../../domain/redact.ts';
import type { Services } from '../../services.ts';

/** What the pages are made from. */
export interface DashboardParts {
  readonly config: Config;
  readonly services: Services;
  readonly redact: Redact;
  readonly log: Logger;
  readonly live: LiveSource;
}
