import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';

/** `key: value` of a request, each on a line of its own. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly key: string;
  readonly value: string;
  /** Without quotes, so that YAML may read something else than a text. */
  readonly plain: boolean;
}

export type Lines = { readonly lines: readonly Line[] } | { readonly problems: readonly string[] };

/**
 * The one flat mapping that a request is. Of YAML it takes what nobody reads in two ways: no second document, directive, anchor, alias, tag, merge key,
 * escape, nesting, nor value over several lines.
 */
export function readLines(text: string): Lines {
  const directive = /^%/m.exec(text);
  if (directive !== null) return { problems: [`line ${lineAt(text, directive.index)}: begins with %: leave it out`] };
  try {
    return flat(text, parseEvents(text, {}));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const number = lineAt(text, error.mark?.position ?? 0);
    return { problems: [`line ${number}: is no YAML: ${bareColon(text, number) ?? error.reason}`] };
  }
}

/** The mistake that a ticket invites: `reason: INC-1234: migration stuck`. */
function bareColon(text: string, number: number): string | undefined {
  const [, key] = /^(\w+):[ \t]+[^'"\s].*:(?:\s|$)/.exec(text.split('\n')[number - 1] ?? '') ?? [];
  return key === undefined ? undefined : `what ${key} says has a colon in it: write it in quotes, as in ${key}: "…"`;
}

function flat(text: string, [document, root, ...events]: readonly Event[]): Lines {
  if (document?.type !== EVENT_ID.DOCUMENT)
    return { problems: ['is empty: write user, level, reason and duration, each on a line of its own'] };
  const end = matching(events);
  if (events.slice(end + 2).length > 0)
    return { problems: ['has more than one document: one file asks for one thing, so leave out the lines --- and what is after them'] };
  if (root?.type !== EVENT_ID.MAPPING || root.style !== COLLECTION_STYLE.BLOCK || isMarked(root))
    return { problems: ['line 1: expected "key: value" lines, and nothing around them'] };
  const read = pairs(events.slice(0, end)).map(([key, value]) => lineOf(text, key, value));
  const problems = read.flatMap((one) => (typeof one === 'string' ? [one] : []));
  return problems.length > 0 ? { problems } : { lines: read.filter((one) => typeof one !== 'string') };
}

/** Where the collection ends that was opened just before the events. */
function matching(events: readonly Event[]): number {
  let depth = 1;
  return events.findIndex(({ type }) => {
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE || type === EVENT_ID.DOCUMENT) depth += 1;
    if (type === EVENT_ID.POP) depth -= 1;
    return depth === 0;
  });
}

/** Keys and values of a mapping, each with the event that begins it. */
function pairs(events: readonly Event[]): readonly (readonly [key: Event, value: Event])[] {
  const starts: Event[] = [];
  for (let at = 0; at < events.length; at += 1) {
    const event = events[at];
    if (event === undefined) break;
    starts.push(event);
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) at += matching(events.slice(at + 1)) + 1;
  }
  return starts.flatMap((key, at) => {
    const value = starts[at + 1];
    return at % 2 === 0 && value !== undefined ? [[key, value] as const] : [];
  });
}

const isMarked = ({ anchorStart, tagStart }: MappingEvent | ScalarEvent): boolean => anchorStart >= 0 || tagStart >= 0;

/** A line, or what is wrong with it. */
function lineOf(text: string, key: Event, value: Event): Line | string {
  const number = lineAt(text, startOf(key));
  const wrong = (what: string): string => `line ${number}: ${what}`;
  if (key.type !== EVENT_ID.SCALAR || key.style !== SCALAR_STYLE.PLAIN || isMarked(key))
    return wrong('expected a plain key such as "user:", without quotes, anchor, alias or tag');
  const name = getScalarValue(text, key);
  if (key.valueStart > 0 && text[key.valueStart - 1] !== '\n')
    return wrong(`"${name}" does not begin its line: write each key at the start of a line of its own, without braces`);
  if (value.type === EVENT_ID.ALIAS) return wrong(`${name} is an alias (*…): write the value itself`);
  if (value.type !== EVENT_ID.SCALAR) return wrong(`${name} is a list or a mapping: expected one text`);
  if (isMarked(value)) return wrong(`${name} has an anchor (&…) or a tag (!…): leave it out`);
  if (value.style === SCALAR_STYLE.LITERAL_BLOCK || value.style === SCALAR_STYLE.FOLDED_BLOCK)
    return wrong(`${name} is written as a block (| or >): write it on one line`);
  const written = value.valueStart < 0 ? '' : text.slice(value.valueStart, value.valueEnd);
  if (/[\r\n]/.test(text.slice(key.valueStart, Math.max(key.valueEnd, value.valueEnd))))
    return wrong(`${name} goes over several lines: write it on one line`);
  const read = written === '' ? '' : getScalarValue(text, value);
  if (value.style === SCALAR_STYLE.DOUBLE_QUOTED && written.replaceAll(/\\(["\\])/g, '$1') !== read)
    return wrong(`${name} has an escape such as \\u0061: write the character itself`);
  return { number, key: name, value: read, plain: value.style === SCALAR_STYLE.PLAIN };
}

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return Math.max(event.valueStart, 0);
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart;
  return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE ? Math.max(event.start, 0) : 0;
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;
