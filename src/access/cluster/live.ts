import type { Grant } from '../../domain/access.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import type { ClusterNaming } from './objects.ts';

/** An object as it stands in the cluster. */
export interface LiveObject {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** All of it. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** All that carries one id in one namespace. */
export interface LiveGrant {
  readonly id: string;
  readonly namespace: string;
  readonly binding?: LiveObject;
  readonly timer?: LiveObject;
  /** Names of further bindings and timers with that id: nobody of ours made them. */
  readonly others: readonly string[];
}

/** All that carries a grant's label, whoever made it. Throws OutsideError. */
export function liveGrants(_server: ApiServer, _signal: AbortSignal): Promise<readonly LiveGrant[]> {
  return Promise.reject(new Error('not built yet'));
}

/** What somebody changed of what was given, in words; undefined: nothing. */
export function differs(_live: LiveGrant, _grant: Grant, _naming: ClusterNaming): string | undefined {
  throw new Error('not built yet');
}
