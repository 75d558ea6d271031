import type { DesiredObject } from '../../manifests/desired-object.ts';
import { record } from '../../manifests/objects.ts';
import type { JudgedKind } from './one-object.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An object where nobody else meets it. */
export interface Moved {
  readonly name: string;
  readonly body: Fields;
}

/**
 * The object in the namespace `aside`, or with `aside` in its name. What may reach others, or keep it from going away again, is left out:
 * finalizers, owners, being the default class; and what only the cluster has: addresses and ports.
 */
export function moved({ value, kind: name, name: own }: DesiredObject, kind: JudgedKind, aside: string): Moved {
  const { labels, annotations } = record(value['metadata']);
  const { status: _status, ...rest } = value;
  if (name === 'CustomResourceDefinition') {
    const spec = record(value['spec']);
    const group = `${aside}.${String(spec['group'])}`;
    const there = `${String(record(spec['names'])['plural'])}.${group}`;
    const body = { ...rest, metadata: { name: there, labels, annotations }, spec: { ...spec, group, conversion: { strategy: 'None' } } };
    return { name: there, body };
  }
  if (!kind.namespaced) {
    const there = `${aside}-${own}`;
    const undefaulted = 'globalDefault' in rest ? { globalDefault: false } : {};
    return { name: there, body: { ...rest, ...undefaulted, metadata: { name: there, labels } } };
  }
  const metadata = { name: own, namespace: aside, labels, annotations };
  const spec = placeless[name]?.(record(value['spec']));
  return { name: own, body: { ...rest, ...(spec === undefined ? {} : { spec }), metadata } };
}

const placeless: Readonly<Record<string, (spec: Fields) => Fields>> = {
  Service: ({ clusterIP, clusterIPs: _ips, healthCheckNodePort: _port, ports, ...rest }) => ({
    ...rest,
    ...(clusterIP === 'None' ? { clusterIP } : {}),
    ports: Array.isArray(ports) ? ports.map((port) => ({ ...record(port), nodePort: undefined })) : ports,
  }),
  PersistentVolumeClaim: (spec) => ({ volumeName: 'lockkeeper', ...spec }),
};

/** The address that a Service asks for; undefined where it leaves that to the cluster, or wants none. */
export function fixedAddress({ kind, value }: DesiredObject): string | undefined {
  const address = kind === 'Service' ? record(value['spec'])['clusterIP'] : undefined;
  return typeof address === 'string' && address !== '' && address !== 'None' ? address : undefined;
}

/** What a claim has been given, as far as its own words go. */
export function boundStatus({ value }: DesiredObject): string {
  const capacity = record(record(record(value['spec'])['resources'])['requests']);
  return JSON.stringify({ status: { phase: 'Bound', capacity } });
}
