import { type AccessLevel, type AccessRequest, type AccessSubject, accessLevels } from '../../domain/access.ts';
import { UsageError } from '../../domain/errors.ts';
import { parseDuration } from '../../domain/time.ts';
import { firstUnprintable } from './characters.ts';
import { type Line, readLines } from './lines.ts';
import { accessPath } from './path.ts';

/** `problems` are for whoever wrote the file: which line, what is wrong, what to write instead. */
export type Parsed = { readonly request: AccessRequest } | { readonly problems: readonly string[] };

/** Bytes. */
export const largestRequest = 16_384;
/** Characters. */
const longestReason = 500;
const shortestGrantMs = 60_000;

/** A request as the one who wrote it must have meant it: what could be read in another way is refused. */
export function parseRequest(path: string, content: Uint8Array): Parsed {
  const place = accessPath(path);
  if (place === undefined) return { problems: [`lies elsewhere than a request: expected ${form}`] };
  const text = textOf(content);
  if (typeof text !== 'string') return { problems: [text.problem] };
  const read = readLines(text);
  const parsed = 'problems' in read ? read : requestOf(place.namespace, read.lines);
  return 'problems' in parsed ? { problems: parsed.problems.slice(0, mostProblems) } : parsed;
}

const mostProblems = 20;

/** Characters of what stands there. */
const longestShown = 60;

const form = 'access/NAMESPACE/NAME.yml, in lower case, one folder below access';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(content: Uint8Array): string | { readonly problem: string } {
  if (content.byteLength > largestRequest) return { problem: `is larger than ${largestRequest / 1024} KiB: a request is a few lines` };
  let text: string;
  try {
    text = decoder.decode(content);
  } catch {
    return { problem: 'is no UTF-8 text: save it as UTF-8' };
  }
  const found = firstUnprintable(text);
  if (found === undefined) return text;
  return { problem: `line ${found.line}: has the character ${found.code}, which does not show as what it is: write it without` };
}

const keys = ['user', 'group', 'level', 'reason', 'duration', 'breakGlass'] as const;
type Key = (typeof keys)[number];

const isKey = (name: string): name is Key => (keys as readonly string[]).includes(name);

function requestOf(namespace: string, lines: readonly Line[]): Parsed {
  const reader = new Reader(lines);
  const subject = reader.subject();
  const level = reader.read('level', levelOf);
  const reason = reader.read('reason', reasonOf);
  const durationMs = reader.read('duration', durationOf);
  const breakGlass = reader.has('breakGlass') ? reader.read('breakGlass', flagOf, 'any') : false;
  const whole = subject !== undefined && level !== undefined && reason !== undefined && durationMs !== undefined;
  if (!whole || breakGlass === undefined || reader.problems.length > 0) return { problems: reader.problems };
  return { request: { namespace, subject, level, reason, durationMs, breakGlass } };
}

/** What a text means, or what to write instead. */
type Read<T> = (text: string) => { readonly is: T } | { readonly expected: string };

class Reader {
  readonly problems: string[] = [];
  readonly #said = new Map<Key, Line>();

  constructor(lines: readonly Line[]) {
    for (const line of lines) {
      const { number, key } = line;
      if (!isKey(key))
        this.problems.push(
          `line ${number}: unknown key "${key.slice(0, longestShown)}": expected user or group, level, reason, duration, and breakGlass where it is needed`,
        );
      else if (this.#said.has(key)) this.problems.push(`line ${number}: ${key} stands there twice: leave one`);
      else this.#said.set(key, line);
    }
  }

  has(key: Key): boolean {
    return this.#said.has(key);
  }

  read<T>(key: Key, read: Read<T>, type: 'text' | 'any' = 'text'): T | undefined {
    const line = this.#said.get(key);
    if (line === undefined) {
      this.problems.push(`${key} is missing: add ${examples[key]}`);
      return undefined;
    }
    const found = type === 'text' && line.plain && other.test(line.value) ? { expected: quotedOr(key, line.value) } : read(line.value);
    if ('is' in found) return found.is;
    this.problems.push(`line ${line.number}: ${key}: expected ${found.expected}`);
    return undefined;
  }

  subject(): AccessSubject | undefined {
    const kind = this.has('group') ? 'group' : 'user';
    if (kind === 'group' && this.has('user'))
      this.problems.push('names a user and a group: a request is for one of them, so write another for the other');
    const name = this.read(kind, nameOf);
    return name === undefined ? undefined : { kind, name };
  }
}

const examples: Readonly<Record<Key, string>> = {
  user: '"user: NAME", or "group: NAME"',
  group: '"group: NAME"',
  level: '"level: admin"',
  reason: '"reason: …", which says why',
  duration: '"duration: 2h"',
  breakGlass: '"breakGlass: true"',
};

/** What a plain text is to YAML 1.1 or 1.2 where it is none: nothing, true or false, a number, a date, a merge. */
const other =
  /^(?:~|null|y|n|yes|no|on|off|true|false|<<|=|[-+]?\.(?:inf|nan)|[-+]?(?:0[xob][\da-f_]+|[\d_]*\.?[\d_]+(?:e[-+]?\d+)?|\d[\d_]*\.(?:e[-+]?\d+)?|\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?)|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?)?$/i;

/** That it stays a text for YAML without quotes, as far as its letters may be in a name. */
export const isText = (text: string): boolean => /^\w[\w.-]*$/.test(text) && !other.test(text);

function quotedOr(key: Key, text: string): string {
  if (text === '') return `a text; add ${examples[key]}`;
  return key === 'duration'
    ? 'a number and its unit, such as 90m or 2h'
    : `a text, and ${text.slice(0, longestShown)} is none to YAML: write it in quotes`;
}

const name = /^\w[\w.-]{0,254}$/;

function nameOf(text: string): ReturnType<Read<string>> {
  return name.test(text) ? { is: text } : { expected: 'a name as the forge or app.yml has it, of letters, digits, ".", "_" and "-"' };
}

function levelOf(text: string): ReturnType<Read<AccessLevel>> {
  const is = accessLevels.find((level) => level === text);
  return is === undefined ? { expected: `one of ${accessLevels.join(', ')}` } : { is };
}

function reasonOf(text: string): ReturnType<Read<string>> {
  if (text.trim() === '') return { expected: 'why, in a few words' };
  return text.length > longestReason ? { expected: `at most ${longestReason} characters` } : { is: text };
}

function durationOf(text: string): ReturnType<Read<number>> {
  try {
    const is = parseDuration(text);
    return is < shortestGrantMs ? { expected: 'at least 1m' } : { is };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { expected: 'a duration such as 90m, 2h or 1d' };
  }
}

function flagOf(text: string): ReturnType<Read<boolean>> {
  return text === 'true' || text === 'false' ? { is: text === 'true' } : { expected: 'true, or no such line' };
}
