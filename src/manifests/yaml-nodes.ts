import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent, YAMLException } from 'js-yaml';
import { crowding, type LineAt, lineIndex } from './text.ts';

/** A value with its place in the text; offsets are UTF-16, `-1` where nothing is written (`key:`). */
export interface Scalar {
  readonly kind: 'scalar';
  readonly value: string;
  /** Of the value's text, without quotes. */
  readonly start: number;
  readonly end: number;
  /** Neither quoted nor tagged, so that `1.10` is a number to whoever reads it. */
  readonly plain: boolean;
  /** As written: `!!str`. */
  readonly tag?: string;
  /** What stands in the text is the value, character by character: it can be replaced in place. */
  readonly literal: boolean;
}

export interface Mapping {
  readonly kind: 'mapping';
  readonly start: number;
  readonly pairs: readonly Pair[];
}

export interface Pair {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

export interface Sequence {
  readonly kind: 'sequence';
  readonly start: number;
  readonly items: readonly YamlNode[];
}

/** An alias is the very node that its anchor names: nodes form a graph, even with circles. Walk it with a set of what was seen. */
export type YamlNode = Scalar | Mapping | Sequence;

export interface YamlProblem {
  readonly line: number;
  readonly message: string;
}

export interface YamlFile {
  /** One per document that could be read; an empty document is an empty scalar. */
  readonly documents: readonly YamlNode[];
  readonly problems: readonly YamlProblem[];
}

/** A file with more is read as a whole or not at all: each that cannot be read takes its time. */
const mostDocuments = 5000;

/** Every document that can be read; one that cannot is a problem and hides none of the others. Collections nest at most 100 deep. */
export function parseYaml(text: string, lineAt: LineAt = lineIndex(text)): YamlFile {
  const crowded = crowding(text);
  if (crowded !== undefined) return { documents: [], problems: [{ line: 1, message: crowded }] };
  const whole = readDocuments(text, 0, lineAt);
  if (whole.problem === undefined) return { documents: whole.documents, problems: [] };
  const pieces = splitDocuments(text);
  if (pieces.length === 1 || pieces.length > mostDocuments) return { documents: [], problems: [whole.problem] };
  const read = pieces.map(({ start, end }) => readDocuments(text.slice(start, end), start, lineAt));
  return { documents: read.flatMap((one) => one.documents), problems: read.flatMap((one) => one.problem ?? []) };
}

export interface YamlPiece {
  readonly documents: readonly YamlNode[];
  readonly problem?: YamlProblem;
}

/** As a whole or not at all. `offset` is where the text stands in what `lineAt` counts, and is added to all places. */
export function readDocuments(text: string, offset: number, lineAt: LineAt): YamlPiece {
  try {
    return { documents: new Composer(text, offset).compose(parseEvents(text, {})) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const position = offset + Math.min(error.mark?.position ?? 0, Math.max(text.trimEnd().length - 1, 0));
    return { documents: [], problem: { line: lineAt(position), message: error.reason } };
  }
}

/** Three dashes at the start of a line end a document wherever they stand, in a block scalar or a quoted text too (YAML 1.2.2, 9.1.2). */
function splitDocuments(text: string): { readonly start: number; readonly end: number }[] {
  const starts = [0, ...[...text.matchAll(/^---(?=\s|$)/gm)].map((found) => found.index).filter((at) => at > 0)];
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

interface Open {
  readonly add: (node: YamlNode) => void;
}

/** Turns the flat events into nodes. */
class Composer {
  readonly #text: string;
  readonly #offset: number;
  readonly #documents: YamlNode[] = [];
  readonly #open: Open[] = [];
  #anchors = new Map<string, YamlNode>();

  constructor(text: string, offset: number) {
    this.#text = text;
    this.#offset = offset;
  }

  compose(events: readonly Event[]): readonly YamlNode[] {
    for (const event of events) this.#take(event);
    return this.#documents;
  }

  #take(event: Event): void {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.#anchors = new Map();
        this.#open.push({ add: (node) => this.#documents.push(node) });
        break;
      case EVENT_ID.SEQUENCE: {
        const items: YamlNode[] = [];
        this.#add(event, { kind: 'sequence', start: event.start + this.#offset, items });
        this.#open.push({ add: (node) => items.push(node) });
        break;
      }
      case EVENT_ID.MAPPING: {
        const pairs: Pair[] = [];
        this.#add(event, { kind: 'mapping', start: event.start + this.#offset, pairs });
        this.#open.push(pairCollector(pairs));
        break;
      }
      case EVENT_ID.SCALAR:
        this.#add(event, this.#scalar(event));
        break;
      case EVENT_ID.ALIAS:
        this.#add(undefined, this.#target(event.anchorStart, event.anchorEnd));
        break;
      case EVENT_ID.POP:
        this.#open.pop();
        break;
    }
  }

  #add(event: { readonly anchorStart: number; readonly anchorEnd: number } | undefined, node: YamlNode): void {
    if (event && event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
    this.#open.at(-1)?.add(node);
  }

  #target(start: number, end: number): YamlNode {
    const target = this.#anchors.get(this.#text.slice(start, end));
    if (target === undefined) YAMLException.throwAt(this.#text, start, 'an alias without an anchor of its name');
    return target;
  }

  #scalar(event: ScalarEvent): Scalar {
    const { valueStart, valueEnd, tagStart, tagEnd, style } = event;
    const tag = tagStart < 0 ? {} : { tag: this.#text.slice(tagStart, tagEnd) };
    if (valueStart < 0) return { kind: 'scalar', value: '', start: -1, end: -1, plain: tagStart < 0, literal: false, ...tag };
    const written = this.#text.slice(valueStart, valueEnd);
    const value = event.fast ? written : getScalarValue(this.#text, event);
    const block = style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;
    // Formatters break long lines into `>-` and one line below: there, too, the text is the value.
    const oneLine = block && value !== '' && written.trim() === value;
    const start = valueStart + this.#offset + (oneLine ? written.indexOf(value) : 0);
    return {
      kind: 'scalar',
      value,
      start,
      end: oneLine ? start + value.length : valueEnd + this.#offset,
      plain: style === SCALAR_STYLE.PLAIN && tagStart < 0,
      literal: oneLine || (!block && written === value),
      ...tag,
    };
  }
}

function pairCollector(pairs: Pair[]): Open {
  let key: YamlNode | undefined;
  return {
    add: (node) => {
      if (key === undefined) key = node;
      else {
        pairs.push({ key, value: node });
        key = undefined;
      }
    },
  };
}

/** `<<`, as it merges: neither quoted nor tagged as a text. */
export const isMerge = (key: YamlNode): boolean => key.kind === 'scalar' && key.value === '<<' && (key.plain || key.tag === '!!merge');

/** Merges may nest, and a hostile file nests them without end; no more mappings than this are looked into. */
const mostMerged = 32;

/** The value of a key, through `<<` too; undefined when the node is no mapping or has no such key. */
export function get(node: YamlNode | undefined, key: string): YamlNode | undefined {
  const waiting = [node];
  const seen = new Set<YamlNode>();
  while (waiting.length > 0 && seen.size < mostMerged) {
    const next = waiting.shift();
    if (next?.kind !== 'mapping' || seen.has(next)) continue;
    seen.add(next);
    const found = own(next, key);
    if (found !== undefined) return found;
    const merged = own(next, '<<');
    waiting.unshift(...(merged?.kind === 'sequence' ? merged.items.slice(0, mostMerged) : [merged]));
  }
  return undefined;
}

/** Keys of large mappings, so that asking many times stays cheap. */
const indexes = new WeakMap<Mapping, ReadonlyMap<string, YamlNode>>();
const largeMapping = 32;

function own(mapping: Mapping, key: string): YamlNode | undefined {
  if (mapping.pairs.length < largeMapping) return mapping.pairs.find((pair) => pair.key.kind === 'scalar' && pair.key.value === key)?.value;
  const index =
    indexes.get(mapping) ?? new Map(mapping.pairs.flatMap(({ key: of, value }) => (of.kind === 'scalar' ? [[of.value, value]] : [])));
  indexes.set(mapping, index);
  return index.get(key);
}

/** The scalar of a key where something is written; `~` and `null` count as nothing. */
export function getScalar(node: YamlNode | undefined, key: string): Scalar | undefined {
  const value = get(node, key);
  return value?.kind === 'scalar' && !isEmpty(value) ? value : undefined;
}

export const isEmpty = (scalar: Scalar): boolean =>
  scalar.value === '' || (scalar.plain && ['~', 'null', 'Null', 'NULL'].includes(scalar.value));
