/** A kind at a version that Kubernetes served once. */
export interface RemovedApi {
  /** Minor version of Kubernetes 1 that no longer serves it. */
  readonly since: number;
  /** What to write instead; absent where nothing took its place. */
  readonly replacement?: string;
  /** What else has to change, or what to do where nothing took its place. */
  readonly note?: string;
}

const psp = 'use Pod Security admission (labels pod-security.kubernetes.io/… on the namespace)';

/** From https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const removed: readonly (readonly [apiVersion: string, kinds: readonly string[], RemovedApi])[] = [
  [
    'extensions/v1beta1',
    ['Deployment', 'DaemonSet', 'ReplicaSet'],
    { since: 16, replacement: 'apps/v1', note: 'spec.selector is required now' },
  ],
  ['extensions/v1beta1', ['NetworkPolicy'], { since: 16, replacement: 'networking.k8s.io/v1' }],
  ['extensions/v1beta1', ['PodSecurityPolicy'], { since: 16, note: psp }],
  [
    'extensions/v1beta1',
    ['Ingress'],
    {
      since: 22,
      replacement: 'networking.k8s.io/v1',
      note: 'backends are written service.name and service.port, and pathType is required',
    },
  ],
  ['apps/v1beta1', ['Deployment', 'StatefulSet'], { since: 16, replacement: 'apps/v1', note: 'spec.selector is required now' }],
  [
    'apps/v1beta2',
    ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'],
    { since: 16, replacement: 'apps/v1', note: 'spec.selector is required now' },
  ],
  [
    'networking.k8s.io/v1beta1',
    ['Ingress'],
    {
      since: 22,
      replacement: 'networking.k8s.io/v1',
      note: 'backends are written service.name and service.port, and pathType is required',
    },
  ],
  ['networking.k8s.io/v1beta1', ['IngressClass'], { since: 22, replacement: 'networking.k8s.io/v1' }],
  [
    'apiextensions.k8s.io/v1beta1',
    ['CustomResourceDefinition'],
    { since: 22, replacement: 'apiextensions.k8s.io/v1', note: 'every version needs a structural schema' },
  ],
  [
    'admissionregistration.k8s.io/v1beta1',
    ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    { since: 22, replacement: 'admissionregistration.k8s.io/v1', note: 'sideEffects and admissionReviewVersions are required now' },
  ],
  ['apiregistration.k8s.io/v1beta1', ['APIService'], { since: 22, replacement: 'apiregistration.k8s.io/v1' }],
  ['authentication.k8s.io/v1beta1', ['TokenReview'], { since: 22, replacement: 'authentication.k8s.io/v1' }],
  [
    'authorization.k8s.io/v1beta1',
    ['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SubjectAccessReview'],
    { since: 22, replacement: 'authorization.k8s.io/v1' },
  ],
  [
    'certificates.k8s.io/v1beta1',
    ['CertificateSigningRequest'],
    { since: 22, replacement: 'certificates.k8s.io/v1', note: 'signerName and usages are required now' },
  ],
  ['coordination.k8s.io/v1beta1', ['Lease'], { since: 22, replacement: 'coordination.k8s.io/v1' }],
  [
    'rbac.authorization.k8s.io/v1beta1',
    ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    { since: 22, replacement: 'rbac.authorization.k8s.io/v1' },
  ],
  [
    'rbac.authorization.k8s.io/v1alpha1',
    ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    { since: 22, replacement: 'rbac.authorization.k8s.io/v1' },
  ],
  ['scheduling.k8s.io/v1beta1', ['PriorityClass'], { since: 22, replacement: 'scheduling.k8s.io/v1' }],
  ['storage.k8s.io/v1beta1', ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'], { since: 22, replacement: 'storage.k8s.io/v1' }],
  ['storage.k8s.io/v1beta1', ['CSIStorageCapacity'], { since: 27, replacement: 'storage.k8s.io/v1' }],
  ['batch/v1beta1', ['CronJob'], { since: 25, replacement: 'batch/v1' }],
  ['batch/v2alpha1', ['CronJob'], { since: 21, replacement: 'batch/v1' }],
  ['discovery.k8s.io/v1beta1', ['EndpointSlice'], { since: 25, replacement: 'discovery.k8s.io/v1' }],
  ['events.k8s.io/v1beta1', ['Event'], { since: 25, replacement: 'events.k8s.io/v1' }],
  [
    'autoscaling/v2beta1',
    ['HorizontalPodAutoscaler'],
    { since: 25, replacement: 'autoscaling/v2', note: 'targets are written target.type' },
  ],
  ['autoscaling/v2beta2', ['HorizontalPodAutoscaler'], { since: 26, replacement: 'autoscaling/v2' }],
  [
    'policy/v1beta1',
    ['PodDisruptionBudget'],
    { since: 25, replacement: 'policy/v1', note: 'an empty selector selects every pod of the namespace now, not none' },
  ],
  ['policy/v1beta1', ['PodSecurityPolicy'], { since: 25, note: psp }],
  ['node.k8s.io/v1beta1', ['RuntimeClass'], { since: 25, replacement: 'node.k8s.io/v1' }],
  [
    'flowcontrol.apiserver.k8s.io/v1beta1',
    ['FlowSchema', 'PriorityLevelConfiguration'],
    { since: 26, replacement: 'flowcontrol.apiserver.k8s.io/v1' },
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1beta2',
    ['FlowSchema', 'PriorityLevelConfiguration'],
    { since: 29, replacement: 'flowcontrol.apiserver.k8s.io/v1' },
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1beta3',
    ['FlowSchema', 'PriorityLevelConfiguration'],
    { since: 32, replacement: 'flowcontrol.apiserver.k8s.io/v1' },
  ],
];

export const removedApi = (apiVersion: string, kind: string): RemovedApi | undefined =>
  removed.find(([version, kinds]) => version === apiVersion && kinds.includes(kind))?.[2];
