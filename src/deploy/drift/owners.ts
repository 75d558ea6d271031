import type { ManagedFields } from '../../domain/cluster.ts';
import { leavesOf, pathOfItem, pathOfKey } from '../../manifests/leaves.ts';
import { record } from '../../manifests/objects.ts';

type Value = Readonly<Record<string, unknown>>;

/** Path of a value in an object, as in Leaves → whoever set it last, with others that set it to the same. */
export type Owners = ReadonlyMap<string, readonly ManagedFields[]>;

/** Whose each value of an object is, as its managedFields say; a value that nobody claims was defaulted. */
export function ownersOf(live: Value): Owners {
  const owners = new Map<string, ManagedFields[]>();
  for (const entry of managedFieldsOf(live)) {
    for (const path of ownedPaths(live, record(entry.fieldsV1), '')) {
      const known = owners.get(path);
      if (known === undefined) owners.set(path, [entry]);
      else known.push(entry);
    }
  }
  return owners;
}

export function managedFieldsOf(live: Value): readonly ManagedFields[] {
  const entries = record(live['metadata'])['managedFields'];
  return Array.isArray(entries) ? (entries as readonly ManagedFields[]) : []; // an API server's answer
}

/**
 * The values that a set of fields covers. Of a version of the kind in which a field is called otherwise, it covers none.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/#System
 */
function* ownedPaths(value: unknown, fields: Value, path: string): Generator<string> {
  const keys = Object.keys(fields);
  if (keys.length === 0) yield* leavesBelow(value, path);
  for (const key of keys) {
    const child = key === '.' ? undefined : childOf(value, key, path);
    if (child !== undefined) yield* ownedPaths(child.value, record(fields[key]), child.path);
  }
}

function* leavesBelow(value: unknown, path: string): Generator<string> {
  for (const below of leavesOf(value).keys()) yield below === '' || below.startsWith('[') ? `${path}${below}` : pathOfKey(path, below);
}

interface Child {
  readonly value: unknown;
  readonly path: string;
}

/** What an element of a path leads to: `f:` a key, `k:` an item by some of its keys, `v:` an item by its value, `i:` one by its place. */
function childOf(value: unknown, element: string, path: string): Child | undefined {
  const [kind, text] = [element.slice(0, 2), element.slice(2)];
  if (kind === 'f:') {
    const fields = record(value);
    return Object.hasOwn(fields, text) ? { value: fields[text], path: pathOfKey(path, text) } : undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const index = kind === 'i:' ? Number(text) : value.findIndex((item: unknown) => isMeant(item, kind, JSON.parse(text)));
  const item: unknown = value[index];
  return item === undefined ? undefined : { value: item, path: pathOfItem(path, item, index) };
}

const isMeant = (item: unknown, kind: string, wanted: unknown): boolean =>
  kind === 'v:' ? item === wanted : Object.entries(record(wanted)).every(([key, part]) => record(item)[key] === part);
