import type { ManagedFields } from '../../domain/cluster.ts';
import { isHand, isSpared } from '../drift/hands.ts';
import { type FieldSet, split } from './field-sets.ts';

/** As which kubectl applied, or the server names who set fields before it took note: what they set is ours to take over. */
const applied = new Set(['kubectl-client-side-apply', 'kubectl-last-applied', 'before-first-apply']);

/** Whether the fields came from `kubectl apply`, so that a deployment from git goes on with them. */
export function isMigrated({ manager = '', operation, subresource }: ManagedFields): boolean {
  if (subresource !== undefined && subresource !== '') return false;
  return applied.has(manager) || (manager === 'kubectl' && operation === 'Apply');
}

/** Whose fields become ours before an object is applied, so that what no manifest has leaves: kubectl apply's; people's, too. */
export type Predecessors = 'kubectl' | 'kubectl and hands';

/**
 * What an entry has of the fields that people set, and the entry without them, if anything is left of it. Nothing where it is no person's, is about
 * a subresource (`scale`), or is in the words of another version than ours.
 */
export function setByHand(entry: ManagedFields, version: string): { readonly fields?: FieldSet; readonly left?: ManagedFields } {
  const { manager = '', subresource = '', fieldsV1, apiVersion } = entry;
  const isMoved = subresource === '' && apiVersion === version && isHand({ manager }) && !isMigrated(entry);
  if (!isMoved || fieldsV1 === undefined) return { left: entry };
  const { meant, rest } = split(fieldsV1, isSpared);
  return { ...(rest !== undefined && { fields: rest }), ...(meant !== undefined && { left: { ...entry, fieldsV1: meant } }) };
}
