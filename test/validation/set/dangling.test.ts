import { checkSet, neededBeside } from '../../../src/validation/set/check-set.ts';
import type { Known } from '../../../src/validation/set/dangling.ts';
import { desired } from '../../support/desired.ts';
import { found, web } from './support.ts';

const object = (kind: string, name: string, more = '', namespace = 'shop') => {
  const [group = '', bare = kind] = kind.includes('/') ? kind.split('/') : ['', kind];
  return `apiVersion: ${group === '' ? 'v1' : `${group}/v1`}\nkind: ${bare}\nmetadata: { name: ${name}, namespace: ${namespace} }\n${more}\n---\n`;
};
const dangling = (severity: string, line: number, from: string, to: string) =>
  `${severity} dangling-reference ${line}: ${from} needs ${to}, which is not in this environment.`;
const fromWeb = (severity: string, line: number, to: string) => dangling(severity, line, 'Deployment web in namespace shop', to);

test.each([
  [
    'a key of the environment',
    web('', 'env: [{ name: A, valueFrom: { configMapKeyRef: { name: c, key: k } } }]'),
    fromWeb('error', 9, 'ConfigMap c'),
  ],
  ['a secret’s key', web('', 'env: [{ name: A, valueFrom: { secretKeyRef: { name: s, key: k } } }]'), fromWeb('warning', 9, 'Secret s')],
  ['the whole environment', web('', 'envFrom: [{ configMapRef: { name: c } }]'), fromWeb('error', 9, 'ConfigMap c')],
  ['the whole environment, secret', web('', 'envFrom: [{ secretRef: { name: s } }]'), fromWeb('warning', 9, 'Secret s')],
  ['an init container', web('initContainers: [{ envFrom: [{ configMapRef: { name: c } }] }]'), fromWeb('error', 10, 'ConfigMap c')],
  ['a volume', web('volumes: [{ configMap: { name: c } }]'), fromWeb('error', 10, 'ConfigMap c')],
  ['a secret volume', web('volumes: [{ secret: { secretName: s } }]'), fromWeb('warning', 10, 'Secret s')],
  ['a projected volume', web('volumes: [{ projected: { sources: [{ configMap: { name: c } }] } }]'), fromWeb('error', 10, 'ConfigMap c')],
  ['a projected secret', web('volumes: [{ projected: { sources: [{ secret: { name: s } }] } }]'), fromWeb('warning', 10, 'Secret s')],
  ['a claim', web('volumes: [{ persistentVolumeClaim: { claimName: d } }]'), fromWeb('warning', 10, 'PersistentVolumeClaim d')],
  ['pulling images', web('imagePullSecrets: [{ name: r }]'), fromWeb('warning', 10, 'Secret r')],
  ['a service account', web('serviceAccountName: a'), fromWeb('error', 10, 'ServiceAccount a')],
  ['a service account by its old name', web('serviceAccount: a'), fromWeb('error', 10, 'ServiceAccount a')],
  ['a priority class', web('priorityClassName: high'), fromWeb('warning', 10, 'PriorityClass high')],
  ['a runtime class', web('runtimeClassName: fast'), fromWeb('warning', 10, 'RuntimeClass fast')],
  [
    'an ingress class',
    object('networking.k8s.io/Ingress', 'i', 'spec: { ingressClassName: inner }'),
    dangling('warning', 4, 'Ingress i in namespace shop', 'IngressClass inner'),
  ],
  [
    'a certificate',
    object('networking.k8s.io/Ingress', 'i', 'spec: { tls: [{ secretName: t }] }'),
    dangling('warning', 4, 'Ingress i in namespace shop', 'Secret t'),
  ],
  [
    'a backend',
    object(
      'networking.k8s.io/Ingress',
      'i',
      'spec: { rules: [{ http: { paths: [{ path: /, backend: { service: { name: b, port: { number: 1 } } } }] } }] }',
    ),
    dangling('error', 4, 'Ingress i in namespace shop', 'Service b'),
  ],
  [
    'the backend of all else',
    object('networking.k8s.io/Ingress', 'i', 'spec: { defaultBackend: { service: { name: b } } }'),
    dangling('error', 4, 'Ingress i in namespace shop', 'Service b'),
  ],
  [
    'a route',
    object('gateway.networking.k8s.io/HTTPRoute', 'h', 'spec: { rules: [{ backendRefs: [{ name: b, port: 80 }] }] }'),
    dangling('error', 4, 'HTTPRoute h in namespace shop', 'Service b'),
  ],
  [
    'a mirror',
    object('gateway.networking.k8s.io/HTTPRoute', 'h', 'spec: { rules: [{ filters: [{ requestMirror: { backendRef: { name: b } } }] }] }'),
    dangling('error', 4, 'HTTPRoute h in namespace shop', 'Service b'),
  ],
  [
    'a role',
    object('rbac.authorization.k8s.io/RoleBinding', 'r', 'roleRef: { kind: Role, name: x }'),
    dangling('error', 4, 'RoleBinding r in namespace shop', 'Role x'),
  ],
  [
    'a role of the cluster',
    object('rbac.authorization.k8s.io/RoleBinding', 'r', 'roleRef: { kind: ClusterRole, name: x }'),
    dangling('warning', 4, 'RoleBinding r in namespace shop', 'ClusterRole x'),
  ],
  [
    'who gets a role',
    object(
      'rbac.authorization.k8s.io/RoleBinding',
      'r',
      'roleRef: { kind: ClusterRole, name: view }\nsubjects: [{ kind: ServiceAccount, name: x }]',
    ),
    dangling('warning', 5, 'RoleBinding r in namespace shop', 'ServiceAccount x'),
  ],
  [
    'what is scaled',
    object('autoscaling/HorizontalPodAutoscaler', 'h', 'spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } }'),
    dangling('error', 4, 'HorizontalPodAutoscaler h in namespace shop', 'Deployment web'),
  ],
  [
    'names of pods',
    object('apps/StatefulSet', 'd', 'spec: { serviceName: d }'),
    dangling('warning', 4, 'StatefulSet d in namespace shop', 'Service d'),
  ],
  [
    'the class of a template',
    object('apps/StatefulSet', 'd', 'spec: { volumeClaimTemplates: [{ spec: { storageClassName: fast } }] }'),
    dangling('warning', 4, 'StatefulSet d in namespace shop', 'StorageClass fast'),
  ],
  [
    'the class of a claim',
    object('PersistentVolumeClaim', 'd', 'spec: { storageClassName: fast }'),
    dangling('warning', 4, 'PersistentVolumeClaim d in namespace shop', 'StorageClass fast'),
  ],
  [
    'what an account pulls with',
    object('ServiceAccount', 'a', 'imagePullSecrets: [{ name: r }]'),
    dangling('warning', 4, 'ServiceAccount a in namespace shop', 'Secret r'),
  ],
  [
    'a job on a schedule',
    object(
      'batch/CronJob',
      'j',
      'spec: { jobTemplate: { spec: { template: { spec: { containers: [{ envFrom: [{ configMapRef: { name: c } }] }] } } } } }',
    ),
    dangling('error', 4, 'CronJob j in namespace shop', 'ConfigMap c'),
  ],
  [
    'a webhook',
    object(
      'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
      'v',
      'webhooks: [{ clientConfig: { service: { namespace: shop, name: w } } }]',
      '""',
    ) + object('ConfigMap', 'c'),
    dangling('error', 4, 'ValidatingWebhookConfiguration v', 'Service w in namespace shop'),
  ],
])('dangling: %s', (_, text, expected) => {
  expect(found(text)).toEqual([expected]);
});

const ingress = (annotation: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: i, namespace: shop, annotations: { ${annotation} } }\nspec: { tls: [{ secretName: t }] }\n---\n`;
const needsSecret = web('', 'envFrom: [{ secretRef: { name: s } }]');

test.each([
  ['it is there', web('serviceAccountName: a') + object('ServiceAccount', 'a')],
  [
    'it is there, default namespace',
    `${web('serviceAccountName: a').replaceAll('shop', 'default')}${object('ServiceAccount', 'a', '', '""')}`,
  ],
  ['optional', web('volumes: [{ configMap: { name: c, optional: true } }]', 'envFrom: [{ secretRef: { name: s, optional: true } }]')],
  ['an account that every namespace has', web('serviceAccountName: default')],
  ['a certificate that every namespace has', web('volumes: [{ configMap: { name: kube-root-ca.crt } }]')],
  ['a built-in priority', web('priorityClassName: system-cluster-critical')],
  ['built-in roles', object('rbac.authorization.k8s.io/RoleBinding', 'r', 'roleRef: { kind: ClusterRole, name: edit }')],
  [
    'roles of the system',
    object('rbac.authorization.k8s.io/ClusterRoleBinding', 'r', 'roleRef: { kind: ClusterRole, name: "system:auth-delegator" }'),
  ],
  ['the class of a well-known controller', object('networking.k8s.io/Ingress', 'i', 'spec: { ingressClassName: nginx }')],
  ['a cloud’s storage', object('PersistentVolumeClaim', 'd', 'spec: { storageClassName: gp3 }')],
  ['no storage class', object('PersistentVolumeClaim', 'd', 'spec: { storageClassName: "" }')],
  [
    'a class that only joins a claim and a volume',
    object('PersistentVolumeClaim', 'd', 'spec: { storageClassName: manual }') +
      object('PersistentVolume', 'v', 'spec: { storageClassName: manual }', '""'),
  ],
  ['cert-manager', `${ingress('cert-manager.io/cluster-issuer: x')}${needsSecret.replace('name: s', 'name: t')}`],
  ['a Certificate', needsSecret + object('cert-manager.io/Certificate', 'c', 'spec: { secretName: s }')],
  ['an ExternalSecret', needsSecret + object('external-secrets.io/ExternalSecret', 's', 'spec: {}')],
  ['an ExternalSecret with a target', needsSecret + object('external-secrets.io/ExternalSecret', 'e', 'spec: { target: { name: s } }')],
  [
    'a ClusterExternalSecret',
    needsSecret + object('external-secrets.io/ClusterExternalSecret', 'e', 'spec: { externalSecretName: s }', '""'),
  ],
  ['a SealedSecret', needsSecret + object('bitnami.com/SealedSecret', 's')],
  ['Vault', needsSecret + object('secrets.hashicorp.com/VaultStaticSecret', 'v', 'spec: { destination: { name: s } }')],
  [
    'a bundle of certificates',
    web('volumes: [{ configMap: { name: roots } }]') + object('trust.cert-manager.io/Bundle', 'roots', '', '""'),
  ],
  [
    'claims of a StatefulSet',
    web('volumes: [{ persistentVolumeClaim: { claimName: data-db-0 } }]') +
      object('apps/StatefulSet', 'db', 'spec: { volumeClaimTemplates: [{ metadata: { name: data } }] }'),
  ],
  [
    'what an operator names after its object',
    web('', 'envFrom: [{ secretRef: { name: orders-db-app } }]') + object('postgresql.cnpg.io/Cluster', 'orders-db'),
  ],
  [
    'what a job was told to make',
    needsSecret + object('batch/Job', 'create', 'spec: { template: { spec: { containers: [{ args: [create, --secret-name=s] }] } } }'),
  ],
  [
    'a volume that gives way to a claim of its name',
    object(
      'apps/StatefulSet',
      'db',
      'spec: { template: { spec: { volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }] } }, volumeClaimTemplates: [{ metadata: { name: data } }] }',
    ),
  ],
  [
    'what a program keeps by itself',
    needsSecret +
      object('rbac.authorization.k8s.io/Role', 'r', 'rules: [{ resources: [secrets], resourceNames: [s], verbs: [get, update] }]'),
  ],
  [
    'a namespace of others',
    object(
      'rbac.authorization.k8s.io/RoleBinding',
      'r',
      'roleRef: { kind: ClusterRole, name: view }\nsubjects: [{ kind: ServiceAccount, namespace: monitoring, name: x }]',
    ),
  ],
  [
    'users and groups',
    object(
      'rbac.authorization.k8s.io/RoleBinding',
      'r',
      'roleRef: { kind: ClusterRole, name: view }\nsubjects: [{ kind: Group, name: x }]',
    ),
  ],
  [
    'an action of a load balancer',
    object('networking.k8s.io/Ingress', 'i', 'spec: { defaultBackend: { service: { name: redirect, port: { name: use-annotation } } } }'),
  ],
  [
    'a route to something else',
    object('gateway.networking.k8s.io/HTTPRoute', 'h', 'spec: { rules: [{ backendRefs: [{ group: x.io, kind: Bucket, name: b }] }] }'),
  ],
])('nothing dangles: %s', (_, text) => {
  expect(found(text)).toEqual([]);
});

test('where a controller may make things of names that only it knows, it is a warning', () => {
  const text = web('serviceAccountName: a');
  expect(found(text + object('example.com/Tenant', 't'))).toEqual([fromWeb('warning', 10, 'ServiceAccount a')]);
  expect(found(text + object('helm.toolkit.fluxcd.io/HelmRelease', 't', '', 'flux'))).toEqual([fromWeb('warning', 10, 'ServiceAccount a')]);
  expect(found(text + object('example.com/Tenant', 't', '', 'other'))).toEqual([fromWeb('error', 10, 'ServiceAccount a')]);
  expect(found(text + object('monitoring.coreos.com/ServiceMonitor', 't'))).toEqual([fromWeb('error', 10, 'ServiceAccount a')]);
});

test('what is missing is told once, with the other places and the nearest name', () => {
  const use = (name: string) => web('', 'envFrom: [{ configMapRef: { name: confg } }]', name);
  const findings = checkSet(desired(['a', 'b', 'c', 'd', 'e', 'f'].map(use).join('') + object('ConfigMap', 'config')));
  expect(findings).toHaveLength(1);
  expect(findings[0]?.help).toContain(
    'Did you mean config? Correct the name, or add what is missing. It is named in a.yaml:20, a.yaml:31, a.yaml:42 and 2 more, too.',
  );
});

test('a missing one that stops pods goes before one that does not', () => {
  const text = web('imagePullSecrets: [{ name: s }]') + web('', 'envFrom: [{ secretRef: { name: s } }]', 'other');
  expect(found(text)).toEqual([dangling('warning', 20, 'Deployment other in namespace shop', 'Secret s')]);
});

test('a cluster settles it', () => {
  const text = web('priorityClassName: high', 'envFrom: [{ secretRef: { name: s } }, { configMapRef: { name: c } }]');
  const known = (...names: string[]) => ({ has: ({ name }: { name: string }) => names.includes(name) });
  expect(found(text, known('high', 's', 'c'))).toEqual([]);
  expect(found(text, known('high', 'c'))).toEqual([
    'error dangling-reference 9: Deployment web in namespace shop needs Secret s, which is neither in this environment nor in its cluster.',
  ]);
});

const silent: Known = { has: () => undefined };

test('where the cluster does not say, it is as without one; elsewhere it is told all the same', () => {
  const text = web('', 'envFrom: [{ secretRef: { name: s } }, { configMapRef: { name: c } }]');
  const elsewhere = object(
    'rbac.authorization.k8s.io/ClusterRoleBinding',
    'b',
    'subjects: [{ kind: ServiceAccount, name: a, namespace: other }]',
  );
  const role = object('rbac.authorization.k8s.io/RoleBinding', 'r', 'roleRef: { kind: Role, name: x }', 'lone');
  expect(found(text + elsewhere + role)).toEqual(found(text + elsewhere + role, silent).filter((one) => !one.includes('ServiceAccount a')));
  expect(found(text, silent)).toEqual([fromWeb('warning', 9, 'Secret s'), fromWeb('error', 9, 'ConfigMap c')]);
  expect(found(elsewhere)).toEqual([]);
  expect(found(elsewhere, silent)).toEqual([
    dangling('warning', 4, 'ClusterRoleBinding b in namespace shop', 'ServiceAccount a in namespace other').replace(
      ' b in namespace shop',
      ' b',
    ),
  ]);
  const helps = [undefined, silent, { has: () => false }].map((known) => checkSet(desired(text), known)[0]?.help);
  expect(helps).toEqual([
    'Correct the name, or add what is missing. What is in the cluster without a manifest in this environment is not seen.',
    'Correct the name, or add what is missing. It could not be seen whether its cluster has it.',
    'Correct the name, or add what is missing.',
  ]);
});

test('a class on which a claim and its volume agree is in question in no cluster', () => {
  const volume = object('PersistentVolume', 'v', 'spec: { storageClassName: manual }', '""');
  const claim = object('PersistentVolumeClaim', 'd', 'spec: { storageClassName: manual }');
  expect(found(volume + claim, { has: () => false })).toEqual([]);
  expect(neededBeside(desired(volume + claim))).toEqual([]);
  expect(neededBeside(desired(claim)).map(({ kind, name }) => `${kind} ${name}`)).toEqual(['StorageClass manual']);
});

test('a cluster is asked for exactly the object that is named', () => {
  const asked: unknown[] = [];
  const has = (object: unknown) => asked.push(object) > 0;
  expect(checkSet(desired(web('priorityClassName: high', 'envFrom: [{ secretRef: { name: s } }]')), { has })).toEqual([]);
  expect(asked).toEqual([
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', namespace: '', name: 'high' },
    { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 's' },
  ]);
});
