import type { EndPlace, EndPorts } from './ports.ts';

export interface Revocation {
  readonly id: string;
  /** `FORGE:USERNAME` */
  readonly by: string;
  /** In the words of whoever revokes it. */
  readonly reason?: string;
}

/** Ends a grant now, whoever may do that having been found out. `over`: it had ended already; `unknown`: there is none of that id. */
export function revokeGrant(
  _ports: EndPorts,
  _place: EndPlace,
  _revocation: Revocation,
  _signal: AbortSignal,
): Promise<'revoked' | 'over' | 'unknown'> {
  return Promise.reject(new Error('not built yet'));
}
