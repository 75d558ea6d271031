import type { ApiServer } from '../../domain/cluster.ts';
import { type Finding, objectName } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { record } from '../../manifests/objects.ts';
import { found } from './found.ts';
import { helpFor } from './help.ts';
import { collection } from './kinds.ts';
import { isLocal } from './local-limits.ts';
import type { JudgedKind } from './one-object.ts';
import { problemsOf, statusOf } from './reply.ts';
import { remove } from './standing.ts';

/** Kinds with fields that cannot change, and whose creation reaches nobody else. */
const guardedKinds = new Set(
  [
    'apps/DaemonSet apps/Deployment apps/ReplicaSet apps/StatefulSet batch/Job ConfigMap PersistentVolume PersistentVolumeClaim Pod Secret Service',
    'apiextensions.k8s.io/CustomResourceDefinition networking.k8s.io/IngressClass node.k8s.io/RuntimeClass rbac.authorization.k8s.io/ClusterRoleBinding',
    'rbac.authorization.k8s.io/RoleBinding scheduling.k8s.io/PriorityClass storage.k8s.io/CSIDriver storage.k8s.io/StorageClass',
  ].flatMap((line) => line.split(' ')),
);

export interface Change {
  readonly object: DesiredObject;
  readonly before: DesiredObject;
  readonly kind: JudgedKind;
}

/** Whether the server may know something about the change that it does not know about the object alone. */
export function mayBeImmutable({ object: { apiVersion, kind: name, body }, before, kind }: Change): boolean {
  if (Buffer.compare(body, before.body) === 0 || apiVersion !== before.apiVersion) return false;
  if (kind.schema !== undefined) return JSON.stringify(kind.schema).includes('oldSelf');
  return guardedKinds.has(apiVersion.includes('/') ? `${apiVersion.split('/')[0]}/${name}` : name);
}

/** Objects of two sets that are the same one: their identity. */
export const identity = (object: DesiredObject): string => objectName(object);

/**
 * Really creates what was there before, in a namespace or under a name of our own, and asks whether the new one may take its place. Nothing is
 * said where the old one is refused.
 */
export async function judgeChange(
  server: ApiServer,
  { object, before, kind }: Change,
  aside: string,
  signal: AbortSignal,
): Promise<Finding[]> {
  const [old, next] = [moved(before, kind, aside), moved(object, kind, aside)];
  const path = `${collection(kind, aside)}/${encodeURIComponent(old.name)}`;
  const apply = (body: unknown, dry: string, until?: AbortSignal) =>
    server.ask(
      {
        method: 'PATCH',
        path: `${path}?fieldManager=lockkeeper&force=true${dry}`,
        body: JSON.stringify(body),
        type: 'application/apply-patch+yaml',
        verdictOnly: true,
      },
      until,
    );
  try {
    const created = await apply(old.body, '');
    if (created.status >= 400) return [];
    if (object.kind === 'PersistentVolumeClaim') await bind(server, path);
    const reply = await apply(next.body, '&dryRun=All', signal);
    if (reply.status !== 422) return [];
    return problemsOf(statusOf(reply), object)
      .filter(({ message }) => !isLocal(message))
      .map(({ message, path: at }) => {
        const said = message.replaceAll(old.name, object.name);
        const help = helpFor(said);
        return found(object, { severity: 'error', rule: 'api-server', message: said, ...(help === undefined ? {} : { help }) }, at);
      });
  } finally {
    await remove(server, path);
  }
}

/** A claim that nothing is bound to may not even grow, unlike the one in the cluster. */
async function bind(server: ApiServer, path: string): Promise<void> {
  await server.ask({
    method: 'PATCH',
    path: `${path}/status`,
    body: '{"status":{"phase":"Bound"}}',
    type: 'application/merge-patch+json',
    verdictOnly: true,
  });
}

interface Moved {
  readonly name: string;
  readonly body: unknown;
}

/** What may reach others, or keep it from going away again, is left out: finalizers, owners, being the default class. */
function moved({ value, kind: kindName, name }: DesiredObject, kind: JudgedKind, aside: string): Moved {
  const { labels, annotations } = record(value['metadata']);
  const { status: _status, ...rest } = value;
  if (kindName === 'CustomResourceDefinition') {
    const spec = record(value['spec']);
    const group = `${aside}.${String(spec['group'])}`;
    const there = `${String(record(spec['names'])['plural'])}.${group}`;
    return {
      name: there,
      body: { ...rest, metadata: { name: there, labels, annotations }, spec: { ...spec, group, conversion: { strategy: 'None' } } },
    };
  }
  if (!kind.namespaced)
    return { name: `${aside}-${name}`, body: { ...rest, ...undefaulted(rest), metadata: { name: `${aside}-${name}`, labels } } };
  return {
    name,
    body: {
      ...rest,
      ...(kindName === 'Service' || kindName === 'PersistentVolumeClaim' ? { spec: local(kindName, record(value['spec'])) } : {}),
      metadata: { name, namespace: aside, labels, annotations },
    },
  };
}

const undefaulted = (value: Readonly<Record<string, unknown>>): object => ('globalDefault' in value ? { globalDefault: false } : {});

/** Addresses and ports of the cluster, which are not to be had here, and the volume of a claim, which it gets there. */
function local(kind: string, spec: Readonly<Record<string, unknown>>): object {
  if (kind === 'PersistentVolumeClaim') return { volumeName: 'lockkeeper', ...spec };
  const { clusterIP, clusterIPs: _ips, healthCheckNodePort: _port, ports, ...rest } = spec;
  const plain = Array.isArray(ports) ? ports.map((port) => ({ ...record(port), nodePort: undefined })) : ports;
  return { ...rest, ...(clusterIP === 'None' ? { clusterIP } : {}), ports: plain };
}
