import type { ObjectId } from '../../domain/finding.ts';
import type { PlacedReference, Wanted, WantedObject } from './source.ts';

/**
 * Why an object counts as the app's. `reference`: it names one of the app's versions. `bundle`: it comes from the app's bundle. `label`: a label of it names the app.
 * `namespace`: environment.yml gives the app its namespace. `file`: it stands in a file that names versions of this app and of no other.
 */
export type Because = 'reference' | 'bundle' | 'label' | 'namespace' | 'file';

export interface AppObject extends ObjectId {
  readonly file: string;
  readonly line: number;
  readonly because: Because;
}

/** Labels whose value is an app's name. */
export const appLabels: readonly string[] = [
  'app.kubernetes.io/name',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/instance',
  'app',
  'k8s-app',
];

interface Of {
  readonly app: string;
  /** Of the app, as environment.yml says. */
  readonly namespace: string | undefined;
  /** Of every app in the environment. */
  readonly references: readonly PlacedReference[];
}

/** An environment's objects that are the app's, by the first rule that says so; the others may be anybody's. */
export function objectsOf({ objects }: Pick<Wanted, 'objects'>, of: Of): readonly AppObject[] {
  const ends = endsOf(objects);
  const inFile = Map.groupBy(of.references, ({ file }) => file);
  return objects.flatMap((object, index) => {
    const references = inFile.get(object.file) ?? [];
    const because = becauseOf(object, ends[index] ?? Number.POSITIVE_INFINITY, references, of);
    const { apiVersion, kind, namespace, name, file, line } = object;
    return because === undefined ? [] : [{ apiVersion, kind, namespace, name, file, line, because }];
  });
}

/** Of each object the line at which the next one of its file begins. */
function endsOf(objects: readonly WantedObject[]): readonly number[] {
  const byFile = Map.groupBy(objects, ({ file }) => file);
  const lines = new Map([...byFile].map(([file, all]) => [file, all.map(({ line }) => line).sort((one, other) => one - other)]));
  return objects.map(({ file, line }) => lines.get(file)?.find((next) => next > line) ?? Number.POSITIVE_INFINITY);
}

function becauseOf(object: WantedObject, end: number, inFile: readonly PlacedReference[], { app, namespace }: Of): Because | undefined {
  if (inFile.some((one) => one.app === app && one.line >= object.line && one.line < end)) return 'reference';
  if (object.bundleOf === app) return 'bundle';
  if (object.labels.includes(app)) return 'label';
  const isItself = object.kind === 'Namespace' && object.apiVersion === 'v1' && object.name === namespace;
  if (namespace !== undefined && (object.namespace === namespace || isItself)) return 'namespace';
  return inFile.length > 0 && inFile.every((one) => one.app === app) ? 'file' : undefined;
}
