import { collection } from '../../domain/api-path.ts';
import { statusOf } from '../../domain/api-status.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { type Finding, objectName } from '../../domain/finding.ts';
import { isDefinition } from '../../manifests/definitions.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { jsonOf } from '../../manifests/kubernetes-value.ts';
import { record } from '../../manifests/objects.ts';
import { helpFor } from '../../plan/help.ts';
import { problemsOf } from '../../plan/reply.ts';
import { boundStatus, fixedAddress, moved } from './aside.ts';
import { found } from './found.ts';
import { isLocal } from './local-limits.ts';
import type { JudgedKind } from './one-object.ts';
import { establish, remove, until } from './standing.ts';

/** Kinds with fields that cannot change, and whose creation reaches nobody else. */
const guardedKinds = new Set(
  [
    'apps/DaemonSet apps/Deployment apps/ReplicaSet apps/StatefulSet batch/Job',
    'ConfigMap PersistentVolume PersistentVolumeClaim Pod Secret Service',
    'apiextensions.k8s.io/CustomResourceDefinition networking.k8s.io/IngressClass node.k8s.io/RuntimeClass',
    'rbac.authorization.k8s.io/ClusterRoleBinding rbac.authorization.k8s.io/RoleBinding',
    'scheduling.k8s.io/PriorityClass storage.k8s.io/CSIDriver storage.k8s.io/StorageClass',
  ].flatMap((line) => line.split(' ')),
);

export interface Change {
  readonly object: DesiredObject;
  readonly before: DesiredObject;
  readonly kind: JudgedKind;
}

/** Objects that were there before with other content, of which the server may know more than of the new ones alone. */
export function changesIn(
  objects: readonly DesiredObject[],
  previous: readonly DesiredObject[],
  kindOf: (object: DesiredObject) => JudgedKind | undefined,
): Change[] {
  const before = new Map(previous.map((object) => [objectName(object), object]));
  return objects.flatMap((object) => {
    const [old, kind] = [before.get(objectName(object)), kindOf(object)];
    return old !== undefined && kind !== undefined && mayBeRefused({ object, before: old, kind }) ? [{ object, before: old, kind }] : [];
  });
}

function mayBeRefused({ object: { apiVersion, kind: name, body }, before, kind }: Change): boolean {
  if (Buffer.compare(body, before.body) === 0 || apiVersion !== before.apiVersion) return false;
  if (kind.schema !== undefined) return jsonOf(kind.schema).includes('oldSelf');
  return guardedKinds.has(apiVersion.includes('/') ? `${apiVersion.slice(0, apiVersion.indexOf('/'))}/${name}` : name);
}

/**
 * Really creates what was there before, in a namespace or under a name of our own, and asks whether the new one may take its place. Nothing is
 * said where the old one is refused.
 */
export async function judgeChange(server: ApiServer, change: Change, aside: string, signal: AbortSignal): Promise<Finding[]> {
  const { before, kind } = change;
  const old = moved(before, kind, aside);
  const path = `${collection(kind, aside)}/${encodeURIComponent(old.name)}`;
  try {
    const created = await apply(server, path, old.body);
    if (created.status >= 400) return [];
    await settle(server, path, before);
    const reply = await apply(server, `${path}?dryRun=All`, await next(server, change, aside), signal);
    return reply.status === 422 ? refusal(change, statusOf(reply), old.name) : [];
  } finally {
    await remove(server, path);
  }
}

function apply(server: ApiServer, path: string, body: unknown, signal?: AbortSignal) {
  const whole = `${path}${path.includes('?') ? '&' : '?'}fieldManager=lockkeeper&force=true`;
  return server.ask({ method: 'PATCH', path: whole, body: jsonOf(body), type: 'application/apply-patch+yaml', verdictOnly: true }, signal);
}

/** As it stands in a cluster: a definition established, a claim bound (one that is not may not even grow). */
async function settle(server: ApiServer, path: string, before: DesiredObject): Promise<void> {
  if (isDefinition(before)) await establish(server, path, []);
  if (before.kind !== 'PersistentVolumeClaim') return;
  await server.ask({
    method: 'PATCH',
    path: `${path}/status`,
    body: boundStatus(before),
    type: 'application/merge-patch+json',
    verdictOnly: true,
  });
}

/** Where a Service moves from one address to another, it asks for one of this server's: the only one that surely is not its own. */
async function next(server: ApiServer, { object, before, kind }: Change, aside: string): Promise<unknown> {
  const { body } = moved(object, kind, aside);
  if (!movesAddress(object, before)) return body;
  const clusterIP = await ownAddress(server);
  return { ...body, spec: { ...record(body['spec']), clusterIP } };
}

function movesAddress(object: DesiredObject, before: DesiredObject): boolean {
  const [from, to] = [fixedAddress(before), fixedAddress(object)];
  return from !== undefined && to !== undefined && from !== to;
}

/** A server makes this Service for itself, soon after it has started. */
const ownService = '/api/v1/namespaces/default/services/kubernetes';

const ownAddress = (server: ApiServer): Promise<string> =>
  until(server, `${ownService} was not there`, async () => {
    const { status, body } = await server.ask({ method: 'GET', path: ownService });
    return status === 200 ? (JSON.parse(body) as { readonly spec?: { readonly clusterIP?: string } }).spec?.clusterIP : undefined;
  });

function refusal({ object }: Change, status: ReturnType<typeof statusOf>, aside: string): Finding[] {
  return problemsOf(status, object)
    .filter(({ message }) => !isLocal(message))
    .map(({ message, path }) => {
      const address = /^spec\.clusterIPs\[0\]: Invalid value: \["([^"]+)"\]/.exec(message)?.[1];
      const own = address === undefined ? message : message.replace(address, fixedAddress(object) ?? address);
      const said = own.replaceAll(aside, object.name);
      const help = helpFor(said);
      return found(object, { severity: 'error', rule: 'api-server', message: said, ...(help === undefined ? {} : { help }) }, path);
    });
}
