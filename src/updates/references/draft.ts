import { CORE_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml';
import { isDigest, isTag } from '../../domain/image.ts';
import type { Package, Reference, Spot } from '../../domain/reference.ts';
import type { Scalar } from '../../manifests/yaml-nodes.ts';

/** A reference before its file and line are known. */
export interface Draft extends Omit<Reference, 'file' | 'line'> {
  /** Offset of the version, or of what names the package where none is written. */
  readonly at: number;
  /** The object that holds the address of the package's repository, perhaps in another file. */
  readonly source?: SourceName;
}

/** A Flux object that another file of the same repository may hold. */
export interface SourceName {
  readonly name: string;
  /** Absent where the file does not say: whatever tool applies it does. */
  readonly namespace?: string;
}

/** Why a scalar cannot be looked up or replaced, whatever it holds. */
export function trouble(scalar: Scalar): string | undefined {
  if (hasVariable(scalar.value)) return 'holds a variable or template, which only the tool that fills it in can read';
  if (!scalar.literal) return 'is written as a block, with escapes or over several lines: write it on one line, plain or in quotes';
  return undefined;
}

/** Neither `$` nor braces can be part of an image, a version or a URL that names one file. */
export const hasVariable = (text: string): boolean => /[${}]|<[^<>]*>/.test(text);

/** What YAML readers of either version, 1.1 (Helm, kubectl) or 1.2, make of an unquoted text when it is not text. */
export function misread(text: string): string | undefined {
  if (text.length > 40) return undefined;
  for (const schema of [YAML11_SCHEMA, CORE_SCHEMA]) {
    const value = loaded(text, schema);
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return undefined;
}

/** Why an unquoted text cannot stand where text is expected: kustomize and the Kubernetes API refuse numbers and truth values there. */
export function numberTrouble(text: string): string | undefined {
  const read = misread(text);
  return read === undefined ? undefined : `${text} without quotes is read as ${read}, not as text: put it in quotes`;
}

function loaded(text: string, schema: typeof CORE_SCHEMA): unknown {
  try {
    return load(text, { schema });
  } catch {
    return undefined;
  }
}

export function spot(scalar: Scalar, holds: Spot['holds'], from = 0, to = scalar.value.length): Spot {
  return { start: scalar.start + from, end: scalar.start + to, text: scalar.value.slice(from, to), holds };
}

/** An app's name goes into branch names and titles: letters, digits and `._-` only, as git allows them. */
export function appName(text: string): string {
  const plain = text
    .slice(0, 100)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/^[-.]+|(?<![-.])[-.]+$/g, '');
  return plain.replace(/\.lock$/, '-lock') || 'unnamed';
}

/** Of a package's name: its last path segment. */
export const appOf = (name: string): string => appName(name.slice(name.lastIndexOf('/') + 1));

/** A name that could not be understood, fit to be shown: without scheme and credentials, cut. */
export const shown = (text: string): string =>
  text
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^[^/]*@(?=[^/]*(?:\/|$))/, '')
    .slice(0, 200);

/** An image whose name, tag and digest stand apart: kustomize's `images`, Helm values. */
export interface SplitImage {
  readonly name: string;
  /** Where the name stands. */
  readonly nameAt: number;
  readonly tag?: Scalar | undefined;
  readonly digest?: Scalar | undefined;
  /** Tells why an unquoted tag is not what it looks like. */
  readonly unquoted: (text: string) => string | undefined;
}

export function splitDraft(image: SplitImage): Draft | undefined {
  const { name, tag, digest } = image;
  const of: Package = { datasource: 'oci', name: shown(name) };
  const at = (tag ?? digest)?.start ?? image.nameAt;
  const base = { app: appOf(of.name), package: of, at };
  const skip = splitTrouble(image);
  if (skip !== undefined) return { ...base, version: tag?.value.slice(0, 128) ?? '', ...digestOf(digest?.value), spots: [], skip };
  const [version = '', behind] = tag?.value.split('@') ?? [];
  return {
    ...base,
    version,
    ...digestOf(digest?.value ?? behind),
    spots: [
      ...(tag ? [spot(tag, 'version', 0, version.length)] : []),
      ...(tag && behind ? [spot(tag, 'digest', version.length + 1)] : []),
      ...(digest ? [spot(digest, 'digest')] : []),
    ],
  };
}

function splitTrouble({ name, tag, digest, unquoted }: SplitImage): string | undefined {
  if (hasVariable(name)) return 'the name holds a variable or template';
  for (const scalar of [tag, digest]) {
    const reason = scalar && trouble(scalar);
    if (reason !== undefined) return reason;
  }
  if (tag === undefined && digest === undefined) return 'no version is written';
  const [version = '', ...behind] = tag?.value.split('@') ?? [];
  if (tag && !(isTag(version) && behind.length <= 1 && behind.every(isDigest))) return 'the tag is none that a registry could hold';
  if (digest && !isDigest(digest.value)) return 'the digest is not written as sha256: and 64 hexadecimal digits';
  return tag?.plain ? unquoted(tag.value) : undefined;
}

const digestOf = (digest: string | undefined): { digest?: string } => (digest === undefined ? {} : { digest });
