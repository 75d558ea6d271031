import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { findingAt, identityOf, spoken, spokenPlace } from './object-set.ts';

/** Classes that make a load balancer of its own for every Ingress: the same host may well be behind two of them. */
const onePerIngress = new Set(['alb', 'gce', 'gce-internal', 'tailscale', 'azure-application-gateway']);
/** Ingresses that are meant to share a host and path. */
const sharing = ['nginx.ingress.kubernetes.io/canary', 'nginx.org/mergeable-ingress-type'];

interface Route {
  readonly object: DesiredObject;
  readonly field: Field;
  /** `shop.example.com/api` */
  readonly address: string;
  /** Equal for those of which only one can win. */
  readonly key: string;
}

/** The same host and path in two Ingresses of one class: which of them wins is up to the controller. */
export function ingressClashes(ingresses: readonly DesiredObject[]): Finding[] {
  const first = new Map<string, Route>();
  return ingresses.flatMap(routesOf).flatMap((route) => {
    const { object, field, address, key } = route;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, route);
    if (earlier === undefined || identityOf(earlier.object) === identityOf(object)) return [];
    return findingAt(object, field.path, {
      severity: 'warning',
      rule: 'ingress-clash',
      message: `${spoken(object)} routes ${address}, which ${spoken(earlier.object)} routes already (${spokenPlace(earlier.object, earlier.field.path)}).`,
      help: 'Keep one of them: only one gets the requests, and which one is up to the ingress controller.',
    });
  });
}

function routesOf(object: DesiredObject): Route[] {
  const value = new Field(object.value);
  const annotations = value.at('metadata', 'annotations');
  const ingressClass = value.at('spec', 'ingressClassName').text || annotations.at('kubernetes.io/ingress.class').text;
  if (onePerIngress.has(ingressClass) || sharing.some((annotation) => annotations.at(annotation).isThere)) return [];
  return value.at('spec', 'rules').items.flatMap((rule) => {
    const host = rule.at('host').text.toLowerCase();
    return rule.at('http', 'paths').items.map((path) => {
      const route = path.at('path').text || '/';
      const field = path.at('path').isThere ? path.at('path') : path;
      return {
        object,
        field,
        address: `${host || 'every host'} ${route}`,
        key: [ingressClass, host, path.at('pathType').text, route].join('\n'),
      };
    });
  });
}
