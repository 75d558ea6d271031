import type { ManagedFields } from '../../domain/cluster.ts';

/** As which kubectl applied, or the server names who set fields before it took note: what they set is ours to take over. */
const applied = new Set(['kubectl-client-side-apply', 'kubectl-last-applied', 'before-first-apply']);

/** Whether the fields came from `kubectl apply`, so that a deployment from git goes on with them. */
export function isMigrated({ manager = '', operation, subresource }: ManagedFields): boolean {
  if (subresource !== undefined && subresource !== '') return false;
  return applied.has(manager) || (manager === 'kubectl' && operation === 'Apply');
}
