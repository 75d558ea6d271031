import type { Place } from '../domain/finding.ts';
import type { FieldPath } from './desired-object.ts';
import { isJson } from './json-stream.ts';
import { kubernetesValue, NoValue } from './kubernetes-value.ts';
import { decodeText, type LineAt, lineIndex } from './text.ts';
import { get, readDocuments, type YamlNode } from './yaml-nodes.ts';

/** One document that could be read. */
export interface Document {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly type: 'application/yaml' | 'application/json';
  readonly root: YamlNode;
  readonly value: unknown;
  /** 1-based, in the file. */
  readonly lineOf: (node: YamlNode) => number;
  /** Where its first value stands. */
  readonly place: Place;
  /** See DesiredObject. */
  readonly at: (path: FieldPath) => Place;
  /** The line of a second document, which whoever reads but one does not see. */
  readonly rest?: number;
}

/** Why a document could not be read; for people. */
export class Unreadable extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** undefined for one with nothing in it but comments. `place` is where the bytes begin. Throws Unreadable. */
export function documentOf(bytes: Uint8Array, text: string, place: Place): Document | undefined {
  const json = /^\s*\{/.test(text) && isJson(text);
  const lineAt = linesFrom(text, place.line);
  const { root, rest } = nodesOf(text, json, lineAt);
  if (root === undefined || (root.kind === 'scalar' && root.value === '' && root.start < 0)) return undefined;
  const lineOf = (node: YamlNode): number => lineAt(Math.max(node.start, 0));
  return {
    bytes,
    text,
    type: json ? 'application/json' : 'application/yaml',
    root,
    value: valueIn(root, lineOf),
    lineOf,
    place: { ...place, line: lineOf(root) },
    at: locator(bytes, json, place),
    ...(rest !== undefined && { rest: lineOf(rest) }),
  };
}

const linesFrom = (text: string, first: number): LineAt => {
  const lineAt = lineIndex(text);
  return (offset) => lineAt(offset) + first - 1;
};

function nodesOf(
  text: string,
  json: boolean,
  lineAt: LineAt,
): { readonly root: YamlNode | undefined; readonly rest: YamlNode | undefined } {
  // A tab stands in JSON between values only, and YAML does not take it everywhere.
  const { documents, problem } = readDocuments(json ? text.replaceAll('\t', ' ') : text, 0, lineAt);
  if (problem !== undefined) throw new Unreadable(problem.line, `is no YAML: ${problem.message}`);
  return { root: documents[0], rest: documents[1] };
}

function valueIn(root: YamlNode, lineOf: (node: YamlNode) => number): unknown {
  try {
    return kubernetesValue(root);
  } catch (error) {
    if (error instanceof NoValue) throw new Unreadable(lineOf(error.node), `cannot be read as Kubernetes reads YAML: ${error.message}`);
    throw error;
  }
}

/** Reads the bytes again when it is first asked: few objects have anything said of them. */
function locator(bytes: Uint8Array, json: boolean, place: Place): (path: FieldPath) => Place {
  let known: { readonly root: YamlNode | undefined; readonly lineAt: LineAt } | undefined;
  return (path) => {
    if (known === undefined) {
      const text = decodeText(bytes) ?? '';
      const lineAt = linesFrom(text, place.line);
      known = { root: nodesOf(text, json, lineAt).root, lineAt };
    }
    return { ...place, line: known.lineAt(offsetOf(known.root, path)) };
  };
}

/** Of the key, or the item, that the path names; of the last one on the way that is there. */
function offsetOf(root: YamlNode | undefined, path: FieldPath): number {
  let [node, offset] = [root, Math.max(root?.start ?? 0, 0)];
  for (const step of path) {
    const next = typeof step === 'number' ? itemOf(node, step) : fieldOf(node, step);
    if (next === undefined) break;
    if (next.start >= 0) offset = next.start;
    node = next.value;
  }
  return offset;
}

interface Step {
  readonly value: YamlNode;
  /** Where it begins; below 0 where nothing is written. */
  readonly start: number;
}

function itemOf(node: YamlNode | undefined, index: number): Step | undefined {
  const value = node?.kind === 'sequence' ? node.items[index] : undefined;
  return value && { value, start: value.start };
}

/** The last of several, as they are read. */
function fieldOf(node: YamlNode | undefined, name: string): Step | undefined {
  const own = node?.kind === 'mapping' ? node.pairs.findLast(({ key }) => key.kind === 'scalar' && key.value === name) : undefined;
  if (own !== undefined) return { value: own.value, start: own.key.start };
  const merged = get(node, name);
  return merged && { value: merged, start: merged.start };
}
