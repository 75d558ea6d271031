import type { Entry } from '../../domain/journal.ts';

/** Where the pages' entries come from. */
export interface JournalSource {
  /** From the one before the number on. */
  newestFirst(before?: number): AsyncIterable<Entry>;
  /** All, as they are kept. */
  oldestFirst(): AsyncIterable<Entry>;
  chain(): Promise<Chain>;
  /** Names that are offered. */
  environments(): readonly string[];
}

/** What is known of the chain of hashes. */
export interface Chain {
  /** Undefined while it is read for the first time. */
  readonly verified?: {
    /** Number of the entry up to which it was read; 0: there is none. */
    readonly upTo: number;
    /** RFC 3339. */
    readonly at: string;
    /** How many places are broken, and the first of them. */
    readonly broken: number;
    readonly problems: readonly { readonly number: number; readonly problem: string }[];
    /** Why the hashes kept elsewhere were not compared. */
    readonly unread?: string;
  };
  /** Undefined: app.yml names no place for hashes. */
  readonly anchored?: {
    readonly places: readonly string[];
    /** The newest entry that every place has, and when that was so last; undefined while one of them has none. */
    readonly upTo?: { readonly number: number; readonly at: string };
  };
}
