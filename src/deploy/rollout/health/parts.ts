import { conditionOf, conditionWords } from './conditions.ts';
import { failed, type Health, progressing, ready, type Value } from './health.ts';

/** Whether claims of a storage class are bound only when a pod uses them. */
export type BindsLate = (storageClass: string) => boolean;

/** A claim that waits for its first pod is as ready as it can be. https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode */
export function claimHealth(value: Value, bindsLate: BindsLate): Health {
  const { spec, status } = value as {
    readonly spec?: { readonly storageClassName?: string };
    readonly status?: { readonly phase?: string };
  };
  if (status?.phase === 'Bound') return ready;
  if (status?.phase === 'Lost') return failed('its volume is lost');
  const { storageClassName: storageClass = '' } = spec ?? {};
  return bindsLate(storageClass) ? ready : progressing('it has no volume yet');
}

export function serviceHealth(value: Value): Health {
  const { spec, status } = value as {
    readonly spec?: { readonly type?: string; readonly externalIPs?: readonly string[] };
    readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly unknown[] } };
  };
  const waits = spec?.type === 'LoadBalancer' && (spec.externalIPs ?? []).length === 0;
  return waits && (status?.loadBalancer?.ingress ?? []).length === 0 ? progressing('it has no address of a load balancer yet') : ready;
}

export function namespaceHealth(value: Value): Health {
  const { status } = value as { readonly status?: { readonly phase?: string } };
  return status?.phase === 'Active' ? ready : progressing('it is not active yet');
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ */
export function definitionHealth(value: Value): Health {
  const names = conditionOf(value, 'NamesAccepted');
  if (names?.status === 'False') return failed(`its names are not accepted: ${conditionWords(names)}`);
  const established = conditionOf(value, 'Established');
  return established?.status === 'True' ? ready : progressing('it is not established yet');
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/ */
export function apiServiceHealth(value: Value): Health {
  const available = conditionOf(value, 'Available');
  if (available?.status === 'True') return ready;
  return progressing(available === undefined ? 'it is not available yet' : `it is not available: ${conditionWords(available)}`);
}
