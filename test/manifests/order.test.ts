import { applyOrder, pruneOrder } from '../../src/manifests/order.ts';

const object = (text: string) => {
  const [apiVersion = '', kind = '', name = 'x'] = text.split(' ');
  return { apiVersion, kind, name, namespace: '' };
};
const ordered = (...objects: string[]) =>
  applyOrder(objects.map(object)).map((step) => step.map(({ kind, name }) => (name === 'x' ? kind : `${kind} ${name}`)));

test('what others need comes first, and what judges others last', () => {
  expect(
    ordered(
      'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration',
      'example.com/v1 Widget',
      'apps/v1 Deployment',
      'v1 Service',
      'v1 PersistentVolumeClaim',
      'v1 Secret',
      'rbac.authorization.k8s.io/v1 RoleBinding',
      'v1 ServiceAccount',
      'v1 Namespace',
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
      'networking.k8s.io/v1 Ingress',
    ),
  ).toEqual([
    ['CustomResourceDefinition'],
    ['Namespace'],
    ['RoleBinding', 'ServiceAccount'],
    ['Secret'],
    ['PersistentVolumeClaim'],
    ['Service'],
    ['Deployment'],
    ['Widget', 'Ingress'],
    ['ValidatingWebhookConfiguration'],
  ]);
});

test('within a step the given order stays; a kind of that name in another group is none of them', () => {
  expect(ordered('v1 Pod b', 'v1 Pod a', 'apps/v1beta1 Deployment c', 'serving.knative.dev/v1 Service s')).toEqual([
    ['Pod b', 'Pod a', 'Deployment c'],
    ['Service s'],
  ]);
  expect(ordered()).toEqual([]);
});

test('what goes, goes the other way round; what serves objects behind them all, and namespaces last', () => {
  const steps = pruneOrder(
    [
      'v1 Namespace',
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
      'apiregistration.k8s.io/v1 APIService',
      'v1 ServiceAccount',
      'v1 Secret',
      'v1 PersistentVolumeClaim',
      'v1 Service',
      'apps/v1 Deployment',
      'example.com/v1 Widget',
      'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy',
    ].map(object),
  );
  expect(steps.map((step) => step.map(({ kind }) => kind))).toEqual([
    ['ValidatingAdmissionPolicy'],
    ['Widget'],
    ['Deployment'],
    ['Service'],
    ['PersistentVolumeClaim'],
    ['Secret'],
    ['ServiceAccount'],
    ['CustomResourceDefinition', 'APIService'],
    ['Namespace'],
  ]);
});
