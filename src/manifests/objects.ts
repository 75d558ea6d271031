import { CORE_SCHEMA, load, loadAll, mergeTag } from 'js-yaml';
import { explain } from '../domain/errors.ts';

/** One Kubernetes object of a bundle. */
export interface ManifestObject {
  /** Path inside the bundle. */
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for cluster-wide objects, and for those that leave it to whoever applies them. */
  readonly namespace: string;
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Where a bundle says it comes from; text from outside. */
export interface SourceNote {
  readonly source: string;
  readonly revision?: string;
}

export interface ReadObjects {
  readonly objects: readonly ManifestObject[];
  readonly notes: readonly SourceNote[];
  /** Whole sentences. */
  readonly problems: readonly string[];
}

const options = { schema: CORE_SCHEMA.withTags(mergeTag), maxAliases: 1000 };

/** The objects of one file, lists unrolled. A document that cannot be read is named and hides none of the others. */
export function objectsIn(file: string, text: string): ReadObjects {
  const problems: string[] = [];
  const objects = documentsIn(text, (problem) => problems.push(`\`${file}\` of the bundle: ${problem}`)).flatMap((document) =>
    unrolled(document, file),
  );
  return {
    objects,
    problems,
    notes: objects.flatMap(({ value }) => noteOf(record(record(value['metadata'])['annotations']), annotations)),
  };
}

function documentsIn(text: string, report: (problem: string) => void): unknown[] {
  try {
    return loadAll(text, options);
  } catch {
    return text.split(/^---(?=\s|$).*$/m).flatMap((part, index) => {
      try {
        return loadAll(part, options);
      } catch (error) {
        report(`document ${index + 1} is no YAML: ${explain(error).split('\n')[0]}`);
        return [];
      }
    });
  }
}

function unrolled(document: unknown, file: string): ManifestObject[] {
  const value = record(document);
  const { apiVersion, kind, items } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  if (kind.endsWith('List') && Array.isArray(items)) {
    // In a list of one kind (`SecretList`) the items need not say it again.
    const own = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
    return items.flatMap((item: unknown) => unrolled({ ...own, ...record(item) }, file));
  }
  const { name, generateName, namespace } = record(value['metadata']);
  return [{ file, apiVersion, kind, namespace: text(namespace), name: text(name) || text(generateName), value }];
}

const noteFile = /^(?:[^/]+\/)?(?:metadata\.json|lockkeeper\.ya?ml)$/;
const annotations = ['org.opencontainers.image.source', 'org.opencontainers.image.revision'] as const;

/** A bundle's own metadata: `metadata.json` or `lockkeeper.yml` at its top, with `source` and `revision`; undefined for any other file. */
export function sourceNoteIn(file: string, content: string): SourceNote | undefined {
  if (!noteFile.test(file)) return undefined;
  try {
    return noteOf(record(load(content, options)), ['source', 'revision'])[0];
  } catch {
    return undefined;
  }
}

function noteOf(from: Readonly<Record<string, unknown>>, [sourceKey, revisionKey]: readonly [string, string]): SourceNote[] {
  const [source, revision] = [text(from[sourceKey]), text(from[revisionKey])];
  return source === '' ? [] : [{ source, ...(revision === '' ? {} : { revision }) }];
}

export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
