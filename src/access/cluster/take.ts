import type { ApiServer } from '../../domain/cluster.ts';
import type { LiveGrant } from './live.ts';

/** Deletes every binding of the grant, and its timer; comes back once no binding of it is there any more. Throws OutsideError. */
export function takeGrant(
  _server: ApiServer,
  _live: Pick<LiveGrant, 'id' | 'namespace'>,
  _signal: AbortSignal,
): Promise<{ readonly goneAt: Date }> {
  return Promise.reject(new Error('not built yet'));
}
