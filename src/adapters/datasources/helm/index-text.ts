import { setImmediate } from 'node:timers/promises';
import { FAILSAFE_SCHEMA, load } from 'js-yaml';
import { countSigns } from '../../../domain/signs.ts';
import { parseJson } from '../../http/json.ts';

/**
 * The text of a repository's index.yaml, cut into charts but not yet read: the index of a large repository has 30 MB, which takes seconds to
 * parse as a whole, and a scan asks for a few of its charts. https://helm.sh/docs/topics/chart_repository/#the-index-file
 */
export interface IndexText {
  /** Each version of the chart as it stands in the index, unchecked; one that cannot be read is left out. undefined when there is no such chart. */
  chart(name: string): Promise<readonly unknown[] | undefined>;
}

/** An index that is not laid out line by line is read as a whole: at most this many characters. */
const largestWhole = 4 * 1024 * 1024;

/** undefined when the text is no index. */
export function cutIndex(text: string): IndexText | undefined {
  if (/^\s*\{/.test(text)) return wholeIndex(parseJson(text));
  const charts = cutCharts(text);
  if (charts === undefined) return text.length > largestWhole ? undefined : wholeIndex(loaded(text));
  return {
    chart: async (name) => {
      const place = charts.get(name);
      return place && (await readItems(text, place));
    },
  };
}

/** Lines and commas; 4 MB of an honest index have some hundred thousand. */
const mostValues = 200_000;

/** undefined for what is no YAML, or would take a hundred times its bytes to read. */
function loaded(text: string): unknown {
  if (countSigns(text, '\n,', mostValues) > mostValues) return undefined;
  try {
    return load(text, { schema: FAILSAFE_SCHEMA });
  } catch {
    return undefined;
  }
}

function wholeIndex(index: unknown): IndexText | undefined {
  const entries = isRecord(index) ? index['entries'] : undefined;
  if (!isRecord(entries)) return undefined;
  return {
    chart: (name) => {
      const versions = Object.hasOwn(entries, name) ? entries[name] : undefined;
      return Promise.resolve(Array.isArray(versions) ? versions : undefined);
    },
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface Place {
  readonly start: number;
  readonly end: number;
}

interface Line extends Place {
  /** Spaces before the first character that is none; the line's length where there is no other. */
  readonly indent: number;
  readonly first: string;
}

/** Characters of a line that names a chart. */
const longestName = 1024;

function* linesOf(text: string, from: number, to: number): Generator<Line> {
  for (let start = from; start < to; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 || found >= to ? to : found;
    let at = start;
    while (at < end && text.charCodeAt(at) === 0x20) at += 1;
    yield { start, end, indent: at - start, first: text.charAt(at) };
    start = end + 1;
  }
}

const isBlank = ({ first }: Line): boolean => first === '' || first === '\n' || first === '\r' || first === '#';

/** Charts by their place; undefined when the entries are not one chart below the other. Text within a chart is always indented further than its name. */
function cutCharts(text: string): ReadonlyMap<string, Place> | undefined {
  const heading = /^entries:[ \t]*(?:#.*)?\r?$/m.exec(text);
  if (heading === null) return /^entries:[ \t]*\{[ \t]*\}/m.test(text) ? new Map() : undefined;
  const charts = new Map<string, Place>();
  let open: { readonly name: string; readonly start: number } | undefined;
  let indent: number | undefined;
  const close = (end: number): void => {
    if (open !== undefined && !charts.has(open.name)) charts.set(open.name, { start: open.start, end });
    open = undefined;
  };
  for (const line of linesOf(text, heading.index + heading[0].length + 1, text.length)) {
    if (isBlank(line)) continue;
    indent ??= line.indent;
    if (line.indent < indent || line.indent === 0) {
      close(line.start);
      return charts;
    }
    if (line.indent > indent || line.first === '-') continue;
    close(line.start);
    const name =
      line.end - line.start > longestName
        ? null
        : /^\s*(?:"([^"\\]+)"|'([^']+)'|([^\s:"'{[](?:[^:]*[^\s:])?))\s*:\s*(?:#.*)?$/s.exec(text.slice(line.start, line.end).trimEnd());
    if (name === null) continue;
    if (charts.size > mostCharts) return undefined;
    open = { name: name[1] ?? name[2] ?? name[3] ?? '', start: line.end + 1 };
  }
  close(text.length);
  return charts;
}

/** Of one chart: those behind are left out. */
const mostVersions = 20_000;
/** Characters of one version. */
const largestItem = 256 * 1024;
/** The largest public index has some thousand. */
const mostCharts = 200_000;

/** Milliseconds after which others that wait get their turn. */
const turn = 20;

async function readItems(text: string, { start, end }: Place): Promise<unknown[]> {
  const starts: number[] = [];
  let indent: number | undefined;
  for (const line of linesOf(text, start, end)) {
    if (line.first !== '-' || isBlank(line)) continue;
    indent ??= line.indent;
    if (line.indent === indent) starts.push(line.start);
    if (starts.length > mostVersions) break;
  }
  const items: unknown[] = [];
  let since = performance.now();
  for (const [index, from] of starts.entries()) {
    const to = starts[index + 1] ?? end;
    const [item] = to - from > largestItem ? [] : [loaded(text.slice(from, to))].flat();
    if (item !== undefined) items.push(item);
    if (performance.now() - since < turn) continue;
    await setImmediate();
    since = performance.now();
  }
  return items;
}
