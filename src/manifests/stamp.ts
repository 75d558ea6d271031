import { isDeepStrictEqual } from 'node:util';
import type { DesiredObject } from './desired-object.ts';
import { documentOf, Unreadable } from './document.ts';
import { jsonOf } from './kubernetes-value.ts';
import { record } from './objects.ts';
import { decodeText } from './text.ts';
import { isMerge, type Mapping, readDocuments, type YamlNode } from './yaml-nodes.ts';

/** What a deployment adds to an object's own metadata. */
export interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What is sent, to be read as YAML; or why nothing may be. */
export type Stamped = { readonly body: string } | { readonly refused: string };

type Value = Readonly<Record<string, unknown>>;

/**
 * The author's own text with the marks in it; where they cannot be put there without touching anything else (aliases, JSON, marks that the author
 * wrote himself) the value as JSON. `namespace`: the object as if it belonged there.
 */
export function stamp(object: DesiredObject, marks: Marks, namespace?: string): Stamped {
  const metadata = record(object.value['metadata']);
  const wrong = ['labels', 'annotations'].find((part) => !isMapping(metadata[part]) && (metadata[part] ?? null) !== null);
  if (wrong !== undefined) return { refused: `metadata.${wrong} is no mapping of names to texts` };
  const wanted = withMarks(sentValue(object), marks, namespace);
  const text = decodeText(object.body);
  const own = text === undefined || !keepsText(object, marks, namespace) ? undefined : splice(text, marks);
  if (own !== undefined && says(own, wanted)) return { body: own };
  return asJson(object, wanted);
}

const isMapping = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The value that is sent. What a Secret says as plain text is sent as the data that it becomes: nobody owns what the server makes of
 * `stringData`, so that a key would stay when it leaves the manifest, and a change by hand would not be seen. https://github.com/kubernetes/kubernetes/issues/70281
 */
function sentValue({ apiVersion, kind, value }: DesiredObject): Value {
  if (!isPlainSecret(apiVersion, kind, value)) return value;
  const { stringData, ...rest } = value;
  const encoded = Object.entries(record(stringData)).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]);
  return { ...rest, data: { ...record(value['data']), ...Object.fromEntries(encoded) } };
}

/** What is sent of an object that nothing is put into. */
export const unstamped = (object: DesiredObject): Uint8Array | string =>
  isPlainSecret(object.apiVersion, object.kind, object.value) ? harmless(jsonOf(sentValue(object))) : object.body;

/** With mistakes in it, the server shall see them. */
function isPlainSecret(apiVersion: string, kind: string, { data, stringData }: Value): boolean {
  if (apiVersion !== 'v1' || kind !== 'Secret' || !isMapping(stringData) || ((data ?? null) !== null && !isMapping(data))) return false;
  return Object.values(record(stringData)).every((text) => typeof text === 'string');
}

function withMarks(value: Value, { labels, annotations }: Marks, namespace: string | undefined): Value {
  const metadata = record(value['metadata']);
  return {
    ...value,
    metadata: {
      ...metadata,
      labels: { ...record(metadata['labels']), ...labels },
      annotations: { ...record(metadata['annotations']), ...annotations },
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}

/** JSON is sent anew: what stands in it is clear, and apply reads it as YAML, which knows not all of its escapes. */
function keepsText({ type, value, apiVersion, kind }: DesiredObject, marks: Marks, namespace: string | undefined): boolean {
  if (type === 'application/json' || namespace !== undefined || isPlainSecret(apiVersion, kind, value)) return false;
  const metadata = record(value['metadata']);
  return (['labels', 'annotations'] as const).every((part) => Object.keys(marks[part]).every((name) => !(name in record(metadata[part]))));
}

/** undefined where it would touch more than the two maps. */
function splice(text: string, marks: Marks): string | undefined {
  const root = rootOf(text);
  const metadata = ownField(root, 'metadata');
  if (root?.kind !== 'mapping' || metadata?.kind !== 'mapping') return undefined;
  const maps = (['annotations', 'labels'] as const).map((part) => ({ part, node: ownField(metadata, part) }));
  if (text.includes('*') && isShared(root, [metadata, ...maps.flatMap(({ node }) => node ?? [])])) return undefined;
  const edits = maps.map(({ part, node }) => {
    const entries = Object.entries(marks[part]).map(([key, value]) => `${quoted(key)}: ${quoted(value)}`);
    return node === undefined ? entryAt(text, metadata, [`${part}: {${entries.join(', ')}}`]) : entryAt(text, node, entries);
  });
  let out = text;
  for (const edit of edits.toSorted((a, b) => (b?.at ?? 0) - (a?.at ?? 0))) {
    if (edit === undefined) return undefined;
    out = out.slice(0, edit.at) + edit.text + out.slice(edit.at);
  }
  return out;
}

const rootOf = (text: string): YamlNode | undefined => readDocuments(text, 0, () => 1).documents[0];

/** The last of several, as they are read; none through `<<`. */
function ownField(node: YamlNode | undefined, name: string): YamlNode | undefined {
  if (node?.kind !== 'mapping') return undefined;
  return node.pairs.findLast(({ key }) => key.kind === 'scalar' && key.value === name)?.value;
}

/** Whether an alias names one of the nodes, so that what is put into it would stand in several places. */
function isShared(root: YamlNode, nodes: readonly YamlNode[]): boolean {
  const counts = new Map<YamlNode, number>();
  const visit = (node: YamlNode): void => {
    const count = (counts.get(node) ?? 0) + 1;
    counts.set(node, count);
    if (count > 1 || node.kind === 'scalar') return;
    for (const part of node.kind === 'sequence' ? node.items : node.pairs.flatMap(({ key, value }) => [key, value])) visit(part);
  };
  visit(root);
  return nodes.some((node) => (counts.get(node) ?? 0) > 1);
}

/** Before the first entry of a mapping: there its indentation stands. */
function entryAt(text: string, node: YamlNode, entries: readonly string[]): { readonly at: number; readonly text: string } | undefined {
  if (node.kind !== 'mapping' || node.pairs.some(({ key }) => isMerge(key))) return undefined;
  const at = node.start;
  if (text[at] === '{') return { at: at + 1, text: `${entries.join(', ')}${node.pairs.length === 0 ? ' ' : ', '}` };
  const indent = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^ *$/.test(indent) ? { at, text: entries.map((entry) => `${entry}\n${indent}`).join('') } : undefined;
}

/** The splice is believed only when reading it gives what is wanted. */
function says(text: string, wanted: Value): boolean {
  try {
    return isDeepStrictEqual(documentOf(Buffer.from(text), text, { file: '', line: 1 })?.value, wanted);
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}

function asJson(object: DesiredObject, wanted: Value): Stamped {
  const text = decodeText(object.body) ?? '';
  const twice = keyTwice(rootOf(object.type === 'application/json' ? text.replaceAll('\t', ' ') : text));
  if (twice !== undefined) return { refused: `the key ${quoted(twice)} stands twice in one mapping` };
  if (!isSayable(wanted)) return { refused: 'it holds a number that is none, or has no end (.nan, .inf)' };
  return { body: harmless(jsonOf(wanted)) };
}

const quoted = (text: string): string => harmless(JSON.stringify(text));

/** YAML takes these for ends of lines, or not at all, where JSON takes them as they are. */
const harmless = (json: string): string =>
  json.replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** In a JSON of the value it would not show any more, and nobody would know which of the two was meant. */
function keyTwice(root: YamlNode | undefined): string | undefined {
  const seen = new Set<YamlNode>();
  const visit = (node: YamlNode): string | undefined => {
    if (node.kind === 'scalar' || seen.has(node)) return undefined;
    seen.add(node);
    if (node.kind === 'mapping') return twiceIn(node) ?? first(node.pairs.map(({ value }) => value));
    return first(node.items);
  };
  const first = (nodes: readonly YamlNode[]): string | undefined => {
    for (const node of nodes) {
      const found = visit(node);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return root === undefined ? undefined : visit(root);
}

function twiceIn({ pairs }: Mapping): string | undefined {
  const names = new Set<string>();
  for (const { key } of pairs) {
    if (key.kind !== 'scalar' || isMerge(key)) continue;
    if (names.has(key.value)) return key.value;
    names.add(key.value);
  }
  return undefined;
}

function isSayable(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isSayable);
}
