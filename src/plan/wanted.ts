import type { ServedKind } from '../domain/cluster.ts';
import type { ObjectId } from '../domain/finding.ts';
import { groupOf, identityOf } from '../manifests/identity.ts';

/** What an environment wants, to be asked of single objects. */
export interface Wanted {
  readonly count: number;
  /** Whatever version of its kind either says. */
  has(object: ObjectId): boolean;
  /** Whether an object in that namespace is. */
  inNamespace(name: string): boolean;
  /** Whether a custom resource of the definition of that name (`widgets.example.com`) is. */
  ofDefinition(name: string): boolean;
}

type KindOf = (object: Pick<ObjectId, 'apiVersion' | 'kind'>) => ServedKind | undefined;

/** An author may give a namespace to what has none, and none to what lands in `default`: `kindOf` tells which. */
export function wantedOf(objects: readonly ObjectId[], kindOf: KindOf): Wanted {
  const identities = new Set<string>();
  const namespaces = new Set<string>();
  const definitions = new Set<string>();
  for (const object of objects) {
    const kind = kindOf(object);
    // Under both where the cluster does not know the kind for now.
    if (kind?.namespaced !== false) identities.add(identityOf(object));
    if (kind?.namespaced !== true) identities.add(identityOf({ ...object, namespace: '' }));
    if (kind?.namespaced !== false) namespaces.add(object.namespace || 'default');
    if (kind !== undefined) definitions.add(`${kind.plural}.${groupOf(kind.apiVersion)}`);
  }
  return {
    count: objects.length,
    has: (object) => identities.has(identityOf(object)),
    inNamespace: (name) => namespaces.has(name),
    ofDefinition: (name) => definitions.has(name),
  };
}
