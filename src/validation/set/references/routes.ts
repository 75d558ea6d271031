import type { DesiredObject } from '../../../manifests/desired-object.ts';
import { Field } from '../field.ts';
import { kinds, type Reference, ReferenceReader } from './reference.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/ */
export function ingressReferences(object: DesiredObject): Reference[] {
  const read = new ReferenceReader(object);
  const spec = new Field(object.value).at('spec');
  const paths = spec.at('rules').items.flatMap((rule) => rule.at('http', 'paths').items);
  return [
    ...read.clusterWide(kinds.ingressClass, spec.at('ingressClassName')),
    ...spec.at('tls').items.flatMap((tls) => read.near(kinds.secret, tls.at('secretName'))),
    ...[spec.at('defaultBackend'), ...paths.map((path) => path.at('backend'))].flatMap((backend) => {
      const port = backend.at('service', 'port');
      // AWS: such a backend is the name of an annotation, not of a Service
      if (port.at('name').text === 'use-annotation') return [];
      const named = port.at('name').isThere ? port.at('name') : port.at('number');
      return read.near(kinds.service, backend.at('service', 'name'), { port: named });
    }),
  ];
}

/** Routes of the Gateway API, of every protocol. https://gateway-api.sigs.k8s.io/reference/spec/#backendref */
export function routeReferences(object: DesiredObject): Reference[] {
  const read = new ReferenceReader(object);
  const rules = new Field(object.value).at('spec', 'rules').items;
  const mirrors = rules.flatMap((rule) => rule.at('filters').items.map((filter) => filter.at('requestMirror', 'backendRef')));
  return [...rules.flatMap((rule) => rule.at('backendRefs').items), ...mirrors].flatMap((backend) => {
    const service = backend.at('group').text === '' && ['', 'Service'].includes(backend.at('kind').text);
    if (!service) return [];
    const namespace = backend.at('namespace').text || object.namespace;
    return read.far(kinds.service, namespace, backend.at('name'), { port: backend.at('port') });
  });
}

/** Webhooks and extensions of the API: once they are there and their Service is not, the API server refuses other people's requests. */
export function extensionReferences(object: DesiredObject): Reference[] {
  const value = new Field(object.value);
  const webhooks = value.at('webhooks').items.map((webhook) => webhook.at('clientConfig', 'service'));
  const conversion = value.at('spec', 'conversion', 'webhook', 'clientConfig', 'service');
  return [...webhooks, conversion, value.at('spec', 'service')].flatMap((service) =>
    new ReferenceReader(object).far(kinds.service, service.at('namespace').text, service.at('name'), { port: service.at('port') }),
  );
}
