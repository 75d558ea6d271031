import { EVENT_ID, type Event, getScalarValue } from 'js-yaml';
import { parentOf, pointer } from './key.ts';
import type { Mistake } from './problem.ts';

/** 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Offsets to lines and columns; a line ends as YAML says: LF, CRLF or CR. */
export function placeFinder(text: string): (offset: number) => Place {
  const starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

/** What aliases may grow a file to: without a bound ten lines can mean a billion values. */
const mostValues = 100_000;

/** A file that means more, or other, than we read. */
export class PositionError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A mapping or list that is being read. */
interface Open {
  readonly at: string;
  readonly anchor: string | undefined;
  /** In a mapping: the key whose value comes next. */
  key: string | undefined;
  /** Keys of a mapping; undefined for a list. */
  readonly keys: Set<string> | undefined;
  /** Values in it so far, deep, with what aliases stand for. */
  values: number;
  items: number;
}

type Node = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>;

/** Goes through a file's events once: where each key stands, which stand there twice, how large aliases make it. */
export class Positions {
  readonly mistakes: Mistake[] = [];
  readonly #text: string;
  readonly #offsets = new Map<string, number>();
  readonly #open: Open[] = [];
  readonly #sizes = new Map<string, number>();

  /** Throws PositionError. */
  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    for (const event of events) {
      if (event.type === EVENT_ID.POP) this.#close();
      else if (event.type !== EVENT_ID.DOCUMENT) this.#read(event);
    }
  }

  /** Of the key, or of the list item; of what is not in the file, where that is which would hold it. */
  offsetOf(at: string): number {
    return this.#offsets.get(at) ?? (at === '' ? 0 : this.offsetOf(parentOf(at)));
  }

  #read(node: Node): void {
    const around = this.#open.at(-1);
    if (around?.keys && around.key === undefined) this.#readKey(node, around, around.keys);
    else this.#readValue(node, around);
  }

  #readValue(node: Node, around: Open | undefined): void {
    const at = this.#enter(node, around);
    this.#count(around, this.#size(node), startOf(node));
    const anchor = node.type !== EVENT_ID.ALIAS && node.anchorStart >= 0 ? this.#text.slice(node.anchorStart, node.anchorEnd) : undefined;
    if (node.type === EVENT_ID.MAPPING || node.type === EVENT_ID.SEQUENCE) {
      const keys = node.type === EVENT_ID.MAPPING ? new Set<string>() : undefined;
      this.#open.push({ at, anchor, key: undefined, keys, values: 0, items: 0 });
    } else if (anchor !== undefined) this.#sizes.set(anchor, 1);
  }

  #readKey(node: Node, around: Open, keys: Set<string>): void {
    if (node.type !== EVENT_ID.SCALAR) throw new PositionError('a key must be plain text', startOf(node));
    const name = getScalarValue(this.#text, node);
    const at = around.at + pointer([name]);
    if (keys.has(name)) this.mistakes.push({ at, message: 'this key stands here twice: remove one' });
    keys.add(name);
    around.key = name;
    this.#offsets.set(at, startOf(node));
  }

  /** The pointer of the value that begins here. */
  #enter(node: Node, around: Open | undefined): string {
    if (around === undefined) return '';
    const at = around.at + pointer([around.key ?? around.items]);
    if (around.key === undefined && startOf(node) > 0) this.#offsets.set(at, startOf(node));
    around.key = undefined;
    around.items += 1;
    return at;
  }

  #size(node: Node): number {
    if (node.type !== EVENT_ID.ALIAS) return 1;
    const name = this.#text.slice(node.anchorStart, node.anchorEnd);
    if (this.#open.some((open) => open.anchor === name)) throw new PositionError('an alias stands inside what it repeats', startOf(node));
    return this.#sizes.get(name) ?? 1;
  }

  #count(around: Open | undefined, values: number, offset: number): void {
    if (!around) return;
    around.values += values;
    if (around.values > mostValues) throw new PositionError(`with its aliases it holds more than ${mostValues} values`, offset);
  }

  #close(): void {
    const done = this.#open.pop();
    if (done?.anchor !== undefined) this.#sizes.set(done.anchor, done.values + 1);
    const around = this.#open.at(-1);
    if (done && around) around.values += done.values;
  }
}

function startOf(node: Node): number {
  if (node.type === EVENT_ID.SCALAR) return Math.max(node.valueStart, 0);
  return node.type === EVENT_ID.ALIAS ? node.anchorStart - 1 : node.start;
}
