import type { Grant } from '../../domain/access.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import type { ClusterNaming } from './objects.ts';

/** `given`: it was not there before, or not all of it; `over`: its hour has come. */
export type Given = { readonly outcome: 'given' | 'there' | 'over' } | { readonly outcome: 'refused'; readonly reason: string };

/**
 * The timer, and the binding that it owns. Repeatable, and repairs what an earlier one left half done; never makes a grant last longer.
 * Throws OutsideError where the server cannot be asked, RefusedError where it does not let us.
 */
export function giveGrant(_server: ApiServer, _grant: Grant, _naming: ClusterNaming, _now: Date, _signal: AbortSignal): Promise<Given> {
  return Promise.reject(new Error('not built yet'));
}
