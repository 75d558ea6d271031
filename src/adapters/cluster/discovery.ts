import type { DiscoveredKind, Discovery } from '../../domain/cluster.ts';

/** All groups in one reply: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery */
export const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

interface AggregatedList {
  readonly kind?: string;
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly AggregatedVersion[];
  }[];
}

interface AggregatedVersion {
  readonly version: string;
  /** `Stale`: what is said of it is old, or nothing, because the server behind it does not answer. */
  readonly freshness?: string;
  readonly resources?: readonly {
    readonly resource: string;
    readonly responseKind?: { readonly kind?: string };
    readonly scope: string;
    readonly verbs: readonly string[];
  }[];
}

/** undefined where the server does not know aggregated discovery and answered in the old way. */
export function aggregatedDiscovery(reply: unknown): Discovery | undefined {
  const list = reply as AggregatedList;
  if (list.kind !== 'APIGroupDiscoveryList') return undefined;
  const versions = (list.items ?? []).flatMap(({ metadata, versions: all }) =>
    (all ?? []).map((one) => ({ ...one, apiVersion: apiVersion(metadata?.name ?? '', one.version) })),
  );
  return { kinds: versions.flatMap(kindsOf), unseen: versions.filter(isStale).map((one) => notDescribed(one.apiVersion)) };
}

const kindsOf = ({ apiVersion, resources }: AggregatedVersion & { readonly apiVersion: string }): DiscoveredKind[] =>
  (resources ?? []).map(({ resource, responseKind, scope, verbs }) => ({
    apiVersion,
    kind: responseKind?.kind ?? '',
    plural: resource,
    namespaced: scope === 'Namespaced',
    verbs,
  }));

const isStale = ({ freshness }: AggregatedVersion): boolean => freshness === 'Stale';

/** Of an API whose discovery failed; a clause. */
export const notDescribed = (groupVersion: string): string =>
  `the API ${groupVersion} cannot be seen: the server behind it does not answer (kubectl get apiservices says why)`;

const apiVersion = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`);

/** The `groupVersion` of each version of each group in an `APIGroupList`. */
export function groupVersions(reply: unknown): string[] {
  const list = reply as { readonly groups?: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[] };
  return (list.groups ?? []).flatMap(({ versions }) => versions.map((version) => version.groupVersion));
}

interface ResourceList {
  readonly groupVersion?: string;
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

/** The kinds of one `APIResourceList`, without subresources. */
export function listedKinds(reply: unknown): DiscoveredKind[] {
  const { groupVersion = '', resources = [] } = reply as ResourceList;
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs }) => ({ apiVersion: groupVersion, kind, plural: name, namespaced, verbs }));
}
