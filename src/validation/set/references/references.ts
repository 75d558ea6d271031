import type { DesiredObject } from '../../../manifests/desired-object.ts';
import { Field } from '../field.ts';
import { kindOf } from '../object-set.ts';
import { workloadOf } from '../workloads.ts';
import { podReferences } from './pods.ts';
import { kinds, type Reference, ReferenceReader } from './reference.ts';
import { extensionReferences, ingressReferences, routeReferences } from './routes.ts';

const readers: ReadonlyMap<string, (object: DesiredObject) => Reference[]> = new Map(
  Object.entries<(object: DesiredObject) => Reference[]>({
    'networking.k8s.io/Ingress': ingressReferences,
    'gateway.networking.k8s.io/HTTPRoute': routeReferences,
    'gateway.networking.k8s.io/GRPCRoute': routeReferences,
    'gateway.networking.k8s.io/TLSRoute': routeReferences,
    'gateway.networking.k8s.io/TCPRoute': routeReferences,
    'admissionregistration.k8s.io/ValidatingWebhookConfiguration': extensionReferences,
    'admissionregistration.k8s.io/MutatingWebhookConfiguration': extensionReferences,
    'apiregistration.k8s.io/APIService': extensionReferences,
    'apiextensions.k8s.io/CustomResourceDefinition': extensionReferences,
    'rbac.authorization.k8s.io/RoleBinding': bindingReferences,
    'rbac.authorization.k8s.io/ClusterRoleBinding': bindingReferences,
    'autoscaling/HorizontalPodAutoscaler': autoscalerReferences,
    'apps/StatefulSet': statefulSetReferences,
    PersistentVolumeClaim: claimReferences,
    ServiceAccount: accountReferences,
  }),
);

/** Everything that an object names and that has to be there. */
export function referencesOf(object: DesiredObject): Reference[] {
  const workload = workloadOf(object);
  return [...(workload === undefined ? [] : podReferences(workload)), ...(readers.get(kindOf(object))?.(object) ?? [])];
}

/** Users and groups are not objects. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
function bindingReferences(object: DesiredObject): Reference[] {
  const read = new ReferenceReader(object);
  const value = new Field(object.value);
  const role = value.at('roleRef');
  const accounts = value.at('subjects').items.filter((subject) => subject.at('kind').text === 'ServiceAccount');
  return [
    ...(role.at('kind').text === 'Role' ? read.near(kinds.role, role.at('name')) : []),
    ...(role.at('kind').text === 'ClusterRole' ? read.clusterWide(kinds.clusterRole, role.at('name')) : []),
    ...accounts.flatMap((subject) =>
      read.far(kinds.serviceAccount, subject.at('namespace').text || object.namespace, subject.at('name'), { mild: true }),
    ),
  ];
}

function autoscalerReferences(object: DesiredObject): Reference[] {
  const target = new Field(object.value).at('spec', 'scaleTargetRef');
  const kind = { apiVersion: target.at('apiVersion').text, kind: target.at('kind').text };
  return kind.apiVersion === '' || kind.kind === '' ? [] : new ReferenceReader(object).near(kind, target.at('name'));
}

function statefulSetReferences(object: DesiredObject): Reference[] {
  const read = new ReferenceReader(object);
  const spec = new Field(object.value).at('spec');
  return [
    ...read.near(kinds.service, spec.at('serviceName'), { mild: true }),
    ...spec
      .at('volumeClaimTemplates')
      .items.flatMap((template) => read.clusterWide(kinds.storageClass, template.at('spec', 'storageClassName'))),
  ];
}

function claimReferences(object: DesiredObject): Reference[] {
  const read = new ReferenceReader(object);
  const spec = new Field(object.value).at('spec');
  return [...read.clusterWide(kinds.storageClass, spec.at('storageClassName')), ...read.clusterWide(kinds.volume, spec.at('volumeName'))];
}

function accountReferences(object: DesiredObject): Reference[] {
  const secrets = new Field(object.value).at('imagePullSecrets').items;
  return secrets.flatMap((secret) => new ReferenceReader(object).near(kinds.secret, secret.at('name'), { mild: true }));
}
