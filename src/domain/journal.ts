/** What is recorded. */
export const entryKinds = [
  'proposal',
  'approval',
  'merge',
  'deployment-run',
  'prune',
  'drift',
  'grant',
  'revocation',
  'alarm',
  'configuration',
] as const;
export type EntryKind = (typeof entryKinds)[number];

export interface NewEntry {
  readonly kind: EntryKind;
  /** `lockkeeper`, or `FORGE:USERNAME` of a person; `FORGE` where the forge does not say who it was. */
  readonly actor: string;
  readonly environment?: string;
  /** One sentence: what was about to be done, or was seen done. */
  readonly what: string;
  readonly why: string;
  readonly links: readonly string[];
  /** For machines: app, versions, commit, merge request. Plain JSON. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export interface Entry extends NewEntry {
  /** From 1 on, without gaps. */
  readonly number: number;
  /** RFC 3339 with milliseconds, UTC. */
  readonly at: string;
  /** Hash of the entry before; 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 in hexadecimal over the entry without this key, as canonical JSON (RFC 8785). */
  readonly hash: string;
}

/** False for one that somebody has changed in the store so that it cannot be read any more, or is of no time. */
export const isReadable = ({ hash, at }: Entry): boolean => hash !== '' && /^\d{4}-\d{2}-\d{2}T/.test(at);

/** Where entries are kept: append-only. */
export interface JournalStore {
  /**
   * Gives each entry its number, time and hashes and keeps all of them, or none, durably, before it resolves. One chain, however many write at once:
   * `link` is called with the newest entry (undefined for an empty journal) while nobody else can write.
   */
  append(link: (newest: Entry | undefined) => readonly Entry[]): Promise<readonly Entry[]>;
  /** Oldest first, read in pieces. */
  entries(from?: number): AsyncIterable<Entry>;
  newest(): Promise<Entry | undefined>;
}

/** What features record with. */
export interface Journal {
  /** Resolves when the entry is kept: only then may the effect be brought about. Throws when it cannot be kept. */
  record(entry: NewEntry): Promise<Entry>;
  /** What was seen so far: all that the journal holds now. */
  events(): Promise<SeenEvents>;
  /**
   * Records what others did, and was seen: all of these entries, or none where the journal has that event by now, whoever wrote it.
   * The last entry gets the event's name as its fact `event`.
   */
  recordOnce(event: string, entries: readonly NewEntry[]): Promise<void>;
}

export interface SeenEvents {
  /** Time of the first entry; undefined while there is none. */
  readonly begun: string | undefined;
  /** The actor of an event; undefined when the journal does not have it. */
  actor(event: string): string | undefined;
}
