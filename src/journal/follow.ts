import type { Entry, JournalStore } from '../domain/journal.ts';
import { gently } from './gently.ts';

/** The journal as pages read it: the newest entries are held, and what was added since is read when somebody asks. */
export interface FollowedJournal {
  /** Newest first, from the one before the number `before` on. Those that are not held any more are read from the store, in pieces. */
  newestFirst(before?: number): AsyncIterable<Entry>;
  /** What is held of an app (fact `app`) in an environment, newest first; without an app what is about none, as runs are. */
  entriesOf(environment: string, app: string | undefined): Promise<readonly Entry[]>;
  /** All of it as it is kept, oldest first. */
  oldestFirst(): AsyncIterable<Entry>;
}

interface Limits {
  /** Entries held at the most, and their characters together, as a few may be long. */
  readonly entries: number;
  readonly characters: number;
}

const usual: Limits = { entries: 20_000, characters: 20_000_000 };

/** Older entries read from the store at a time. */
const piece = 500;

export function followJournal(
  store: () => Pick<JournalStore, 'newest' | 'entries'>,
  { entries: mostEntries, characters: mostCharacters }: Limits = usual,
): FollowedJournal {
  // Oldest first. What is let go leaves a new list behind, so that whoever reads the former one reads it to its end.
  let held: Entry[] = [];
  let characters = 0;
  let apps = new Map<string, Entry[]>();
  let reading: Promise<void> | undefined;

  const index = (entry: Entry): void => {
    const key = appKey(entry.environment, entry.facts['app']);
    const of = apps.get(key);
    if (of === undefined) apps.set(key, [entry]);
    else of.push(entry);
  };

  const letGo = (): void => {
    let from = 0;
    for (const entry of held) {
      if (held.length - from <= mostEntries && characters <= mostCharacters) break;
      characters -= lengthOf(entry);
      from += 1;
    }
    held = held.slice(from);
    apps = new Map();
    for (const entry of held) index(entry);
  };

  const readOn = async (): Promise<void> => {
    const journal = store();
    const next = (held.at(-1)?.number ?? ((await journal.newest())?.number ?? 0) - mostEntries) + 1;
    for await (const entry of gently(journal.entries(Math.max(1, next)))) {
      held.push(entry);
      index(entry);
      characters += lengthOf(entry);
      if (held.length >= mostEntries + piece || characters >= mostCharacters * 1.5) letGo(); // not for each that is added
    }
  };

  /** Those who ask while it is read wait for the same reading. */
  const upToDate = (): Promise<void> => {
    reading ??= readOn().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  async function* newest(before: number): AsyncIterable<Entry> {
    await upToDate();
    const list = held;
    let last = list.findLastIndex(({ number }) => number < before);
    const older = Math.min(list[0]?.number ?? 1, before) - 1;
    for (let entry = list[last]; entry !== undefined; entry = list[last]) {
      yield entry;
      last -= 1;
    }
    for (let to = older; to > 0; to -= piece) yield* await readPiece(store(), Math.max(1, to - piece + 1), to);
  }

  return {
    newestFirst: (before = Number.POSITIVE_INFINITY) => gently(newest(before)),
    oldestFirst: () => gently(store().entries()),
    async entriesOf(environment, app) {
      await upToDate();
      return apps.get(appKey(environment, app))?.toReversed() ?? [];
    },
  };
}

const appKey = (environment: string | undefined, app: unknown): string => JSON.stringify([environment, app]);

/** Of what an entry says, and about what it takes beside that. */
function lengthOf({ what, why, actor, links, facts }: Entry): number {
  const said = [what, why, actor, ...links, ...Object.entries(facts).flat().map(String)];
  return said.reduce((sum, { length }) => sum + length, 300);
}

/** Newest first. Where entries are missing, those behind the gap are not read in their place. */
async function readPiece(journal: Pick<JournalStore, 'entries'>, from: number, to: number): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  let read = 0;
  for await (const entry of journal.entries(from)) {
    if (entry.number >= from && entry.number <= to) found.push(entry);
    read += 1;
    if (entry.number >= to || read > to - from) break;
  }
  return found.toReversed();
}
