import type { Status } from '../../domain/api-status.ts';
import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';
import type { Mend } from './mend.ts';

/**
 * What a throw-away server refuses because of itself: its own ranges of addresses and ports, what is taken there, the one family of addresses
 * that it has. Whether the cluster can give them nobody knows here.
 */
const local =
  /is not in the valid range|provided (?:IP|port) is (?:already allocated|not in the valid range)|failed to allocate|not configured (?:on this cluster|for dual-stack)/;

export const isLocal = (message: string): boolean => local.test(message);

const addresses: readonly FieldPath[] = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort'].map((name) => [
  'spec',
  name,
]);

/** Addresses are given before the rest of a Service is looked at: what to leave out of it, so that the rest is. */
export function withoutLocal(
  { causes, message }: Status,
  { kind, value }: DesiredObject,
  mends: readonly Mend[],
  throwAway: boolean,
): Mend[] {
  if (!throwAway || mends.length > 0 || kind !== 'Service') return [];
  if (!isLocal(message) && !causes.some((cause) => isLocal(cause.message))) return [];
  const { ports } = (value['spec'] ?? {}) as { readonly ports?: unknown };
  const nodePorts = Array.isArray(ports) ? ports.map((_, index) => ['spec', 'ports', index, 'nodePort']) : [];
  return [...addresses, ...nodePorts].map((path) => ({ path }));
}
