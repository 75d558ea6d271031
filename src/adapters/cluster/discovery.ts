import type { ServedKind } from '../../domain/cluster.ts';

/** All groups in one reply: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery */
export const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

interface AggregatedList {
  readonly kind?: string;
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly kind?: string };
        readonly scope: string;
        readonly verbs: readonly string[];
      }[];
    }[];
  }[];
}

/** undefined where the server does not know aggregated discovery and answered in the old way. */
export function aggregatedKinds(reply: unknown): ServedKind[] | undefined {
  const list = reply as AggregatedList;
  if (list.kind !== 'APIGroupDiscoveryList') return undefined;
  return (list.items ?? []).flatMap(({ metadata, versions }) =>
    (versions ?? []).flatMap(({ version, resources }) =>
      (resources ?? [])
        .filter(({ verbs }) => verbs.includes('create'))
        .map(({ resource, responseKind, scope }) => ({
          apiVersion: apiVersion(metadata?.name ?? '', version),
          kind: responseKind?.kind ?? '',
          plural: resource,
          namespaced: scope === 'Namespaced',
        })),
    ),
  );
}

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
export function listedKinds(reply: unknown): ServedKind[] {
  const { groupVersion = '', resources = [] } = reply as ResourceList;
  return resources
    .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('create'))
    .map(({ name, kind, namespaced }) => ({ apiVersion: groupVersion, kind, plural: name, namespaced }));
}
