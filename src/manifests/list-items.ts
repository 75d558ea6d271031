import { isDeepStrictEqual } from 'node:util';
import type { Place } from '../domain/finding.ts';
import type { DesiredObject, FieldPath } from './desired-object.ts';
import { type Document, documentOf, Unreadable } from './document.ts';
import { isJson, jsonEnd } from './json-stream.ts';
import { jsonOf } from './kubernetes-value.ts';
import { record } from './objects.ts';
import { get, type YamlNode } from './yaml-nodes.ts';

export interface Problem {
  readonly place: Place;
  readonly message: string;
}

export interface Unrolled {
  readonly objects: readonly DesiredObject[];
  readonly problems: readonly Problem[];
}

type Fields = Readonly<Record<string, unknown>>;

/** What is sent for an object. */
type Sent = Pick<DesiredObject, 'body' | 'type'>;

/** The API server takes no larger request. https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apiserver/pkg/server/config.go */
const largestBody = 3 * 1024 * 1024;

/** The object of a document, or those of a list. */
export const objectsOf = (document: Document): Unrolled =>
  unrolled(document, document.root, record(document.value), [], { body: document.bytes, type: document.type });

function unrolled(document: Document, node: YamlNode, value: Fields, path: FieldPath, sent: Sent | undefined): Unrolled {
  const { apiVersion, kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return single(document, node, value, path, sent);
  const nodes = get(node, 'items');
  // In a list of one kind (`SecretList`) the items need not say it again.
  const own = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  const read = items.map((item: unknown, index) => {
    const at = nodes?.kind === 'sequence' ? nodes.items[index] : undefined;
    return unrolled(document, at ?? node, { ...own, ...record(item) }, [...path, 'items', index], undefined);
  });
  return { objects: read.flatMap(({ objects }) => objects), problems: read.flatMap(({ problems }) => problems) };
}

function single(document: Document, node: YamlNode, value: Fields, path: FieldPath, whole: Sent | undefined): Unrolled {
  const place = { ...document.place, line: document.lineOf(node) };
  const metadata = record(value['metadata']);
  const missing = ['apiVersion', 'kind'].filter((key) => textOf(value[key]) === '');
  const name = textOf(metadata['name']) || textOf(metadata['generateName']);
  if (missing.length > 0) return refused(place, `lacks ${missing.join(' and ')}`);
  const kind = textOf(value['kind']);
  if (name === '') return refused(place, `${kind} without a name: metadata.name is missing`);
  const sent = whole ?? itemSent(document, node, value);
  if (sent.body.length > largestBody)
    return refused(place, `${kind} ${name} has ${sent.body.length} bytes, and an API server takes ${largestBody}`);
  const { at } = document; // and no more of it: its nodes are large
  return {
    objects: [
      {
        apiVersion: textOf(value['apiVersion']),
        kind,
        namespace: textOf(metadata['namespace']),
        name,
        place,
        ...sent,
        value,
        at: (of) => at([...path, ...of]),
      },
    ],
    problems: [],
  };
}

const refused = (place: Place, message: string): Unrolled => ({ objects: [], problems: [{ place, message }] });

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : ['number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : '';

/** The author's text where it means the same by itself; else (anchors, flow style, a kind that only the list says) the value as JSON. */
function itemSent({ text, place }: Document, node: YamlNode, value: Fields): Sent {
  const own = text[node.start] === '{' ? flowText(text, node.start) : blockText(text, node.start);
  if (own !== undefined && means(own, place, value))
    return { body: Buffer.from(own), type: isJson(own) ? 'application/json' : 'application/yaml' };
  return { body: Buffer.from(jsonOf(value)), type: 'application/json' };
}

function flowText(text: string, start: number): string | undefined {
  const end = jsonEnd(text, start);
  return end === undefined ? undefined : text.slice(start, end);
}

/** Indented as it stands: an item ends where a line stands further left than it begins. */
function blockText(text: string, start: number): string | undefined {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (!/^[ -]*$/.test(before)) return undefined;
  let end = text.length;
  for (let at = text.indexOf('\n', start) + 1; at > 0 && at < text.length; at = text.indexOf('\n', at) + 1) {
    const [, indent = '', next = ''] = /( *)(.?)/y.exec(text.slice(at, at + before.length + 1)) ?? [];
    if (indent.length >= before.length || next === '' || next === '\r' || next === '#') continue;
    end = at;
    break;
  }
  return ' '.repeat(before.length) + text.slice(start, end);
}

function means(text: string, place: Place, value: Fields): boolean {
  try {
    return isDeepStrictEqual(documentOf(Buffer.from(text), text, place)?.value, value);
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}
