import { constructFromEvents, EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { isMapping } from './key.ts';
import { type Place, PositionError, Positions, placeFinder } from './positions.ts';
import { ConfigError, type Mistake } from './problem.ts';

/** A YAML file, read. */
export interface Document {
  readonly value: Readonly<Record<string, unknown>>;
  /** Where the key (of a list item: the item) stands; of what is not in the file, where that is which would hold it. */
  readonly placeOf: (pointer: string) => Place;
  /** Keys that stand there twice. */
  readonly mistakes: readonly Mistake[];
}

/** Reads one YAML mapping. What cannot be read at all is a ConfigError that names the line. */
export function parseDocument(file: string, text: string): Document {
  const place = placeFinder(text);
  try {
    const events = parseEvents(text, {});
    const positions = new Positions(text, onlyDocument(text, events));
    const value = mapping(constructFromEvents(events, { source: text, json: true }));
    return { value, placeOf: (at) => place(positions.offsetOf(at)), mistakes: positions.mistakes };
  } catch (error) {
    if (error instanceof PositionError) throw new ConfigError([{ file, ...place(error.offset), key: '', message: error.message }]);
    if (!(error instanceof YAMLException)) throw error;
    throw new ConfigError([
      { file, ...place(error.mark?.position ?? 0), key: '', message: `not valid YAML: ${withoutQuote(error.reason)}` },
    ]);
  }
}

/** The reason without what it quotes from the file: an unquoted password that begins with `*` or `!` is an alias or a tag to YAML. */
function withoutQuote(reason: string): string {
  if (reason.includes('flow collection')) return `${reason} (inside { } and [ ], text such as \${NAME} needs quotes)`;
  const general = reason.replace(/(?<!\s)\s*(?:"|!<|: ).*$/s, '');
  return general === reason ? reason : `${general} (text that begins with *, & or ! needs quotes)`;
}

function mapping([value]: readonly unknown[]): Document['value'] {
  if (value === undefined || value === null) throw new PositionError('the file is empty: it needs at least forges: and environments:', 0);
  if (isMapping(value)) return value;
  throw new PositionError(`expected a mapping (key: value), found ${Array.isArray(value) ? 'a list' : 'a single value'}`, 0);
}

function onlyDocument(text: string, events: readonly Event[]): readonly Event[] {
  const [, second] = events.flatMap((event, index) => (event.type === EVENT_ID.DOCUMENT ? [index] : []));
  if (second === undefined) return events;
  const after = [...text.matchAll(/^---(?=\s|$)/gm)].find(({ index }) => /^[^\s#%-]/m.test(text.slice(0, index)));
  throw new PositionError('expected one YAML document: remove the --- and what follows', after?.index ?? 0);
}
