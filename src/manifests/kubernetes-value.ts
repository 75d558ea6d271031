import { isMerge, type Mapping, type Scalar, type Sequence, type YamlNode } from './yaml-nodes.ts';

/** Why a document has no value; for people. */
export class NoValue extends Error {
  readonly node: YamlNode;
  constructor(node: YamlNode, message: string) {
    super(message);
    this.node = node;
  }
}

/** Aliases multiply what they stand for: more than this is no manifest. A long text counts as several values. */
const mostValues = 300_000;
const textOfOneValue = 64;
const deepest = 200;

interface Weighed {
  readonly value: unknown;
  readonly values: number;
  readonly depth: number;
}

/**
 * What Kubernetes reads in a document: YAML 1.1's booleans and octal numbers, dates and `1:30` as text, a `<<` that overrides what stands
 * before it, the last of two equal keys. Integers beyond 2^53 are bigints. https://pkg.go.dev/sigs.k8s.io/yaml Throws NoValue.
 */
export const kubernetesValue = (root: YamlNode): unknown => new Reader().read(root).value;

class Reader {
  readonly #known = new Map<Mapping | Sequence, Weighed>();
  readonly #open = new Set<YamlNode>();

  /** Anchors stand before their aliases, so that the target of an alias is known, or open: recursion is as deep as the text nests. */
  read(node: YamlNode): Weighed {
    if (node.kind === 'scalar') return { value: scalarValue(node), values: 1 + Math.floor(node.value.length / textOfOneValue), depth: 0 };
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    if (this.#open.has(node)) throw new NoValue(node, 'an alias that holds itself');
    this.#open.add(node);
    const read = this.#weighed(node);
    this.#open.delete(node);
    if (read.values > mostValues || read.depth > deepest)
      throw new NoValue(node, `aliases multiply it to more than ${mostValues} values, or ${deepest} levels`);
    this.#known.set(node, read);
    return read;
  }

  #weighed(node: Mapping | Sequence): Weighed {
    if (node.kind === 'mapping') return this.#mapping(node);
    const [items, weight]: [unknown[], Weight] = [[], { values: 1, depth: 0 }];
    for (const item of node.items) items.push(this.#part(item, weight));
    return { value: items, values: weight.values, depth: weight.depth + 1 };
  }

  #mapping(node: Mapping): Weighed {
    const [fields, weight]: [Record<string, unknown>, Weight] = [{}, { values: 1, depth: 0 }];
    for (const { key, value } of node.pairs) {
      const part = this.#part(value, weight);
      if (isMerge(key)) for (const [name, merged] of mergedFields(value, part)) setField(fields, name, merged);
      else setField(fields, keyText(key), part);
    }
    return { value: fields, values: weight.values, depth: weight.depth + 1 };
  }

  /** The value of a part, whose weight is added to that of the whole. */
  #part(node: YamlNode, whole: Weight): unknown {
    const { value, values, depth } = this.read(node);
    whole.values += values;
    whole.depth = Math.max(whole.depth, depth);
    return value;
  }
}

interface Weight {
  values: number;
  depth: number;
}

/** `__proto__` is a name like any other. */
function setField(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(fields, name, { value, writable: true, enumerable: true, configurable: true });
  else fields[name] = value;
}

/** Of several, the first counts. */
function mergedFields(node: YamlNode, value: unknown): [string, unknown][] {
  const sources: unknown[] = node.kind === 'sequence' && Array.isArray(value) ? value.toReversed() : [value];
  return sources.flatMap((source) => {
    if (typeof source === 'object' && source !== null && !Array.isArray(source)) return Object.entries(source);
    throw new NoValue(node, '<< merges mappings, and nothing else');
  });
}

function keyText(key: YamlNode): string {
  const value = key.kind === 'scalar' ? scalarValue(key) : null;
  if (value === null) throw new NoValue(key, 'the key of a field is a text');
  return String(value);
}

type ScalarValue = string | number | bigint | boolean | null;

function scalarValue({ value, plain, tag }: Scalar): ScalarValue {
  if (plain) return resolved(value);
  switch ((tag ?? '').replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1')) {
    case '!!bool':
    case '!!int':
    case '!!float':
    case '!!null':
      return resolved(value);
    case '!!binary':
      return Buffer.from(value, 'base64').toString('utf8');
    default:
      return value;
  }
}

const words = new Map<string, ScalarValue>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

/** https://github.com/yaml/go-yaml/blob/v2.4.0/resolve.go */
function resolved(text: string): ScalarValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.\d]/.test(text) || text.length > longestNumber) return text;
  const digits = text.replaceAll('_', '');
  return integerOf(digits) ?? floatOf(digits) ?? text;
}

const longestNumber = 400;
const [leastInteger, mostInteger] = [-(2n ** 63n), 2n ** 64n - 1n];

/** As Go's ParseInt reads it with base 0; undefined where 64 bits do not hold it. */
function integerOf(text: string): number | bigint | undefined {
  const [, sign, whole] = /^([-+]?)(0x[\da-f]+|0o?[0-7]+|0b[01]+|0|[1-9]\d*)$/i.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const size = BigInt(/^0[0-7]/.test(whole) ? `0o${whole.slice(1)}` : whole.toLowerCase());
  const value = sign === '-' ? -size : size;
  if (value < leastInteger || value > mostInteger) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function floatOf(text: string): number | undefined {
  const value = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

declare global {
  interface JSON {
    /** https://tc39.es/proposal-json-parse-with-source/#sec-json.rawjson */
    rawJSON(text: string): unknown;
  }
}

/** The value as JSON, no digit lost. */
export const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? JSON.rawJSON(String(part)) : part));
