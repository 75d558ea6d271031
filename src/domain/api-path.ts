import type { ServedKind } from './cluster.ts';

/** Path of the collection that an object of the kind belongs to. */
export function collection({ apiVersion, plural, namespaced }: ServedKind, namespace: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespaced ? `${root}/namespaces/${encodeURIComponent(namespace || 'default')}/${plural}` : `${root}/${plural}`;
}

/** Path of one object. */
export const pathOf = (kind: ServedKind, { namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${collection(kind, namespace)}/${encodeURIComponent(name)}`;
