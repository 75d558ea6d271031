import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { findingAt, identityOf, spoken, spokenPlace } from './object-set.ts';

/** Something of which a cluster has only one. */
interface Claim {
  readonly object: DesiredObject;
  readonly field: Field;
  readonly what: string;
}

/** A dry run takes each Service for itself, and any port; really created, what does not fit is refused. */
export function serviceAddresses(services: readonly DesiredObject[]): Finding[] {
  const ports = services.flatMap(nodePorts);
  return [
    ...ports.flatMap(outOfRange),
    ...clashes(ports, 'node-port-clash', 'Give it another number, or leave nodePort out: the cluster then picks a free one.'),
    ...clashes(services.flatMap(clusterAddresses), 'cluster-ip-clash', 'Leave clusterIP out: the cluster then picks a free one.'),
  ];
}

function nodePorts(object: DesiredObject): Claim[] {
  const spec = new Field(object.value).at('spec');
  const ports = spec.at('ports').items.map((port) => ({ field: port.at('nodePort'), protocol: port.at('protocol').text || 'TCP' }));
  return [...ports, { field: spec.at('healthCheckNodePort'), protocol: 'TCP' }]
    .filter(({ field }) => typeof field.value === 'number' && field.value > 0)
    .map(({ field, protocol }) => ({ object, field, what: `Node port ${String(field.value)}/${protocol}` }));
}

function clusterAddresses(object: DesiredObject): Claim[] {
  const spec = new Field(object.value).at('spec');
  const listed = spec.at('clusterIPs').items;
  return (listed.length > 0 ? listed : [spec.at('clusterIP')])
    .filter(({ text }) => !['', 'none'].includes(text.toLowerCase()))
    .map((field) => ({ object, field, what: `Cluster IP ${field.text.toLowerCase()}` }));
}

/** Unless the cluster has another range, which few have. https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport */
const [lowest, highest] = [30_000, 32_767];

function outOfRange({ object, field, what }: Claim): Finding[] {
  const port = Number(field.value);
  if (port >= lowest && port <= highest) return [];
  const message = `${what} of ${spoken(object)} is none that a cluster gives: they are ${lowest} to ${highest}.`;
  const help = 'Give it a number in between, or leave nodePort out. Where the cluster has a range of its own, all is well.';
  return [findingAt(object, field.path, { severity: 'warning', rule: 'node-port-range', message, help })];
}

/** Within one Service the server notices. */
function clashes(claims: readonly Claim[], rule: string, help: string): Finding[] {
  const first = new Map<string, Claim>();
  return claims.flatMap(({ object, field, what }) => {
    const earlier = first.get(what);
    if (earlier === undefined) first.set(what, { object, field, what });
    if (earlier === undefined || identityOf(earlier.object) === identityOf(object)) return [];
    const by = `${spoken(earlier.object)} (${spokenPlace(earlier.object, earlier.field.path)})`;
    return findingAt(object, field.path, { severity: 'error', rule, message: `${what} of ${spoken(object)} is taken by ${by}.`, help });
  });
}
