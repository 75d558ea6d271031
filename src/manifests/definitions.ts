import type { ServedKind } from '../domain/cluster.ts';
import type { DesiredObject } from './desired-object.ts';
import { record } from './objects.ts';

/** A kind that a CustomResourceDefinition makes. */
export interface DefinedKind extends ServedKind {
  /** Whose schema it is judged by: an `openAPIV3Schema`. */
  readonly schema: unknown;
  readonly definition: DesiredObject;
  readonly served: boolean;
}

export const isDefinition = ({ apiVersion, kind }: DesiredObject): boolean =>
  apiVersion === 'apiextensions.k8s.io/v1' && kind === 'CustomResourceDefinition';

export const groupDefined = (definition: DesiredObject): string => text(record(definition.value['spec'])['group']);

/** One per version. */
export function kindsOf(definition: DesiredObject): DefinedKind[] {
  const { group, names, scope, versions } = record(definition.value['spec']);
  const { kind, plural } = record(names);
  return list(versions).map((item) => {
    const { name, served, schema } = record(item);
    return {
      apiVersion: `${text(group)}/${text(name)}`,
      kind: text(kind),
      plural: text(plural),
      namespaced: scope === 'Namespaced',
      served: served === true,
      schema: record(schema)['openAPIV3Schema'],
      definition,
    };
  });
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);
