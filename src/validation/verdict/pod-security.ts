import { statusOf } from '../../domain/api-status.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import type { Finding } from '../../domain/finding.ts';
import { text } from '../../manifests/definitions.ts';
import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';
import { jsonOf } from '../../manifests/kubernetes-value.ts';
import { record } from '../../manifests/objects.ts';
import { valueAt } from '../../plan/field-path.ts';
import type { Claim } from './claims.ts';
import { found } from './found.ts';
import { namespaceClaim } from './prerequisites.ts';

/** Where kinds keep the pod that they make. */
const templates: Readonly<Record<string, FieldPath>> = {
  'v1 Pod': [],
  'v1 ReplicationController': ['spec', 'template'],
  'apps/v1 Deployment': ['spec', 'template'],
  'apps/v1 DaemonSet': ['spec', 'template'],
  'apps/v1 ReplicaSet': ['spec', 'template'],
  'apps/v1 StatefulSet': ['spec', 'template'],
  'batch/v1 Job': ['spec', 'template'],
  'batch/v1 CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces */
const prefix = 'pod-security.kubernetes.io/';

/** A workload whose pods its namespace may refuse, long after the workload itself was accepted. */
export interface Guarded {
  readonly object: DesiredObject;
  readonly template: FieldPath;
  readonly level: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The workloads in those namespaces of the set that enforce a level. */
export function guarded(objects: readonly DesiredObject[]): Guarded[] {
  const levels = new Map(
    objects.flatMap((object) => (object.apiVersion === 'v1' && object.kind === 'Namespace' ? [[object.name, enforced(object)]] : [])),
  );
  return objects.flatMap((object) => {
    const labels = levels.get(object.namespace || 'default');
    const template = templates[`${object.apiVersion} ${object.kind}`];
    const level = labels?.[`${prefix}enforce`];
    return labels === undefined || level === undefined || level === 'privileged' || template === undefined
      ? []
      : [{ object, template, level, labels }];
  });
}

function enforced({ value }: DesiredObject): Readonly<Record<string, string>> {
  const labels = Object.entries(record(record(value['metadata'])['labels']));
  return Object.fromEntries(labels.flatMap(([key, said]) => (key.startsWith(`${prefix}enforce`) ? [[key, text(said)]] : [])));
}

const namespaceOf = ({ labels }: Guarded): string =>
  `lockkeeper-pod-security-${Object.entries(labels)
    .map(([, said]) => said.toLowerCase().replace(/[^a-z0-9]+/g, '-'))
    .join('-')}`;

/** A namespace of our own per level, so that the set's need not have the label while others use it. */
export const guardClaim = (server: ApiServer, one: Guarded): Claim => namespaceClaim(server, namespaceOf(one), one.labels);

/** Asks for one pod of the workload. */
export async function judgePods(server: ApiServer, one: Guarded, signal: AbortSignal): Promise<Finding[]> {
  const { object, template, level } = one;
  const { metadata, spec } = record(valueAt(object.value, template));
  const { labels, annotations } = record(metadata);
  const {
    serviceAccountName: _account,
    serviceAccount: _old,
    priorityClassName: _class,
    priority: _number,
    runtimeClassName: _runtime,
    ...pod
  } = record(spec);
  const body = jsonOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod', labels, annotations }, spec: pod });
  const path = `/api/v1/namespaces/${namespaceOf(one)}/pods?dryRun=All`;
  const reply = await server.ask({ method: 'POST', path, body, verdictOnly: true }, signal);
  const said = reply.status === 403 ? /violates PodSecurity .*/s.exec(statusOf(reply).message)?.[0] : undefined;
  if (said === undefined) return []; // what else is wrong with the pod is said of the workload
  const help = `The namespace ${object.namespace || 'default'} enforces the level ${level}: no pod of this would start. Set what is named in the securityContext of the pod and its containers.`;
  return [found(object, { severity: 'error', rule: 'pod-security', message: said, help }, template)];
}
