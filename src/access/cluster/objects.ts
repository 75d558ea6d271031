import type { Grant } from '../../domain/access.ts';
import { expiresAnnotation, grantLabel } from '../../domain/ownership.ts';

/** How the cluster names the people and groups that the forge knows. */
export interface ClusterNaming {
  readonly usernamePrefix: string;
  readonly groupsPrefix: string;
}

/** An object of the cluster, or a part of one. */
export type Value = Readonly<Record<string, unknown>>;

/** Of the timer and of the binding. */
export const nameOf = (id: string): string => `lockkeeper-grant-${id}`;

export const timersIn = (namespace: string): string => `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`;
export const bindingsIn = (namespace: string): string =>
  `/apis/rbac.authorization.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/rolebindings`;

const urlAnnotation = 'lockkeeper.dev/merge-request';
const reasonAnnotation = 'lockkeeper.dev/reason';
const approvedByAnnotation = 'lockkeeper.dev/approved-by';

/** Letters of a reason that are shown in the cluster. */
const longestReason = 200;

/**
 * A Job that never has a pod, and is over after that many seconds. It selects by its own label, not by its uid as Jobs do: a pod that it adopted
 * and that takes its time to end would keep it from being over, and by that label no pod can be made.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
 */
export function timerOf({ id, namespace }: Pick<Grant, 'id' | 'namespace'>, seconds: number): Value {
  const labels = { [grantLabel]: id };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: nameOf(id), namespace, labels: { ...labels, ...managed } },
    spec: {
      parallelism: 0,
      suspend: false,
      activeDeadlineSeconds: seconds,
      ttlSecondsAfterFinished: 0,
      backoffLimit: 0,
      manualSelector: true,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: nothing },
    },
  };
}

/** Never run; as a namespace wants it that is guarded by pod-security standards, and by quotas. */
const nothing: Value = {
  restartPolicy: 'Never',
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'timer',
      image: 'registry.k8s.io/pause:3.10',
      resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '1m', memory: '1Mi' } },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    },
  ],
};

const managed = { 'app.kubernetes.io/managed-by': 'lockkeeper' };

export function bindingOf(grant: Grant, naming: ClusterNaming, timerUid: string): Value {
  const { id, namespace, role, until, url, reason, approvedBy } = grant;
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: {
      name: nameOf(id),
      namespace,
      labels: { [grantLabel]: id, ...managed },
      annotations: {
        [expiresAnnotation]: until,
        [urlAnnotation]: url,
        [reasonAnnotation]: Array.from(reason).slice(0, longestReason).join(''),
        [approvedByAnnotation]: approvedBy.join(', '),
      },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: nameOf(id), uid: timerUid }],
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [subjectOf(grant, naming)],
  };
}

function subjectOf({ subject }: Grant, { usernamePrefix, groupsPrefix }: ClusterNaming): Value {
  const apiGroup = 'rbac.authorization.k8s.io';
  return subject.kind === 'user'
    ? { apiGroup, kind: 'User', name: usernamePrefix + subject.name }
    : { apiGroup, kind: 'Group', name: groupsPrefix + subject.name };
}
