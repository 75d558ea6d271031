import type { ApiServer } from '../../domain/cluster.ts';
import { RefusedError } from '../../domain/errors.ts';
import { runOf } from './lease-record.ts';
import { LeaseRequests } from './lease-requests.ts';
import { nextRun } from './run-id.ts';

/**
 * The id that a run would have that began now: later than the last one, be that of this very second. Who may not look at the lock is told the
 * time. Throws OutsideError where the server cannot be asked.
 */
export async function upcomingRun(server: ApiServer, environment: string, now: Date, signal: AbortSignal): Promise<string> {
  const lease = await new LeaseRequests(server, environment).read(signal).catch((error: unknown) => {
    if (error instanceof RefusedError) return undefined;
    throw error;
  });
  return nextRun(now, lease && runOf(lease));
}
