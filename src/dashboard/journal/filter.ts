import { type Entry, entryKinds } from '../../domain/journal.ts';

/** What is asked for of the journal, as it was typed; '' for what was not. */
export interface Typed {
  /** Words, all of which stand in what, why, actor, links or facts. */
  readonly text: string;
  readonly kind: string;
  readonly environment: string;
  /** The fact `app`. */
  readonly app: string;
  /** A part of it. */
  readonly actor: string;
  /** A day (`2026-11-21`, UTC) or an RFC 3339 time; both ends belong to it. */
  readonly from: string;
  readonly to: string;
}

export interface Filter {
  readonly typed: Typed;
  /** What cannot be meant, by field: nothing is found then. */
  readonly problems: Readonly<Partial<Record<keyof Typed, string>>>;
  /** Entries with a smaller number only. */
  readonly before: number | undefined;
  readonly matches: (entry: Entry) => boolean;
}

const fields = ['text', 'kind', 'environment', 'app', 'actor', 'from', 'to'] as const satisfies readonly (keyof Typed)[];
/** Characters of a field. */
const longest = 200;
const mostWords = 20;

export function readFilter(query: URLSearchParams): Filter {
  const typed = Object.fromEntries(fields.map((name) => [name, (query.get(name) ?? '').trim().slice(0, longest)])) as unknown as Typed;
  const from = timeOf(typed.from, 0);
  const to = timeOf(typed.to, day - 1);
  const isKind = typed.kind === '' || (entryKinds as readonly string[]).includes(typed.kind);
  const before = /^\d{1,15}$/.exec(query.get('before') ?? '')?.[0];
  return {
    typed,
    problems: {
      ...(isKind ? {} : { kind: `there is no such kind; there are ${entryKinds.join(', ')}` }),
      ...(Number.isNaN(from) ? { from: notTime } : {}),
      ...(Number.isNaN(to) ? { to: notTime } : {}),
    },
    before: before === undefined ? undefined : Number(before),
    matches: matching(typed, from, to),
  };
}

/** The same as a query, for links. */
export function queryOf(typed: Typed, more: Readonly<Record<string, string>> = {}): string {
  const said = Object.entries({ ...typed, ...more }).filter(([, value]) => value !== '');
  return new URLSearchParams(said).toString();
}

const day = 24 * 3_600_000;
const notTime = 'write a day such as 2026-11-21, or a time such as 2026-11-21T08:00:00Z';

/** Milliseconds; of a day its first, and so many later. NaN for another text. */
function timeOf(text: string, later: number): number | undefined {
  if (text === '') return undefined;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Date.parse(text) + later;
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
}

function matching({ text, kind, environment, app, actor }: Typed, from: number | undefined, to: number | undefined): Filter['matches'] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, mostWords);
  const whose = actor.toLowerCase();
  return (entry) =>
    (kind === '' || entry.kind === kind) &&
    (environment === '' || entry.environment === environment) &&
    (app === '' || entry.facts['app'] === app) &&
    (whose === '' || entry.actor.toLowerCase().includes(whose)) &&
    (from === undefined || Date.parse(entry.at) >= from) &&
    (to === undefined || Date.parse(entry.at) <= to) &&
    (words.length === 0 || holdsAll(entry, words));
}

function holdsAll({ what, why, actor, links, facts }: Entry, words: readonly string[]): boolean {
  const said = [what, why, actor, ...links, ...Object.values(facts)].join('\n').toLowerCase();
  return words.every((word) => said.includes(word));
}
