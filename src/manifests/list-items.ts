import { isDeepStrictEqual } from 'node:util';
import type { Place } from '../domain/finding.ts';
import type { DesiredObject, FieldPath } from './desired-object.ts';
import { type Document, documentOf, Unreadable } from './document.ts';
import { jsonEnd } from './json-stream.ts';
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

/** Of all items of a list: aliases may make many large objects of a small file. */
const mostBytes = 16 * 1024 * 1024;

/** The object of a document, or those of a list. */
export function objectsOf(document: Document): Unrolled {
  const { root, value, bytes: body, type } = document;
  const list = new Lists(document);
  list.take({ node: root, value: record(value), path: [], end: document.text.length, own: { body, type } });
  return list;
}

interface Item {
  readonly node: YamlNode;
  readonly value: Fields;
  readonly path: FieldPath;
  /** Where the text ends that it may stand in; where it begins for what has no text of its own. */
  readonly end: number;
  /** What is sent, where it is the whole document. */
  readonly own?: Sent;
}

class Lists implements Unrolled {
  readonly objects: DesiredObject[] = [];
  readonly problems: Problem[] = [];
  readonly #document: Document;
  #bytes = 0;

  constructor(document: Document) {
    this.#document = document;
  }

  take(item: Item): void {
    const { kind, items } = item.value;
    if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) this.#unroll(item, kind, items);
    else this.#add(item);
  }

  #unroll({ node, value, path, end }: Item, kind: string, items: readonly unknown[]): void {
    const nodes = get(node, 'items');
    const at = nodes?.kind === 'sequence' ? nodes.items : [];
    // In a list of one kind (`SecretList`) the items need not say it again.
    const own = kind === 'List' ? {} : { apiVersion: value['apiVersion'], kind: kind.slice(0, -'List'.length) };
    let last = nodes?.start ?? node.start;
    for (const [index, item] of items.entries()) {
      if (this.#bytes > mostBytes) {
        this.#refuse(node, `the objects of this list have more than ${mostBytes} bytes: the rest is not read`);
        return;
      }
      const [start = 0, next = end] = [at[index]?.start, at[index + 1]?.start];
      const isAlias = start <= last; // what it names stands further up
      if (!isAlias) last = start;
      const fields = { ...own, ...record(item) };
      const until = isAlias ? start : next > start ? next : end;
      this.take({ node: at[index] ?? node, value: fields, path: [...path, 'items', index], end: until });
    }
  }

  #add({ node, value, path, end, own }: Item): void {
    const metadata = record(value['metadata']);
    const kind = textOf(value['kind']);
    const name = textOf(metadata['name']) || textOf(metadata['generateName']);
    const missing = ['apiVersion', 'kind'].filter((key) => textOf(value[key]) === '');
    if (missing.length > 0 || name === '') {
      this.#refuse(node, missing.length > 0 ? `lacks ${missing.join(' and ')}` : `${kind} without a name: metadata.name is missing`);
      return;
    }
    const namespace = textOf(metadata['namespace']);
    const wrong = [name, namespace].find(leadsElsewhere);
    if (wrong !== undefined) {
      this.#refuse(node, `${kind} with the name or namespace ${JSON.stringify(wrong)}: none can be "." or "..", or hold "/" or "%"`);
      return;
    }
    const sent = own ?? itemSent(this.#document, node, end, value);
    this.#bytes += sent.body.length;
    if (sent.body.length > largestBody) {
      this.#refuse(node, `${kind} ${name} has ${sent.body.length} bytes, and an API server takes ${largestBody}`);
      return;
    }
    const { at, place, lineOf } = this.#document; // and no more of it: its nodes are large
    const id = { apiVersion: textOf(value['apiVersion']), kind, namespace, name };
    this.objects.push({ ...id, place: { ...place, line: lineOf(node) }, ...sent, value, at: (of) => at([...path, ...of]) });
  }

  #refuse(node: YamlNode, message: string): void {
    this.problems.push({ place: { ...this.#document.place, line: this.#document.lineOf(node) }, message });
  }
}

/**
 * In the path of a request it would be read as something else, such as a Service's proxy: whoever may write a manifest would ask with our
 * credentials what he wants. No kind allows it. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names
 */
const leadsElsewhere = (segment: string): boolean => segment === '.' || segment === '..' || /[/%]/.test(segment);

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : ['number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : '';

/** The author's text where it means the same by itself; else (anchors, flow style, a kind that only the list says) the value as JSON. */
function itemSent({ text, place }: Document, node: YamlNode, end: number, value: Fields): Sent {
  const own =
    end <= node.start ? undefined : text[node.start] === '{' ? flowText(text.slice(0, end), node.start) : blockText(text, node.start);
  const type = own === undefined ? undefined : typeOf(own, place, value);
  if (own !== undefined && type !== undefined) return { body: Buffer.from(own), type };
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

/** The type of the text, where it says the value by itself. */
function typeOf(text: string, place: Place, value: Fields): Document['type'] | undefined {
  try {
    const document = documentOf(Buffer.from(text), text, place);
    return isDeepStrictEqual(document?.value, value) ? document?.type : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}
