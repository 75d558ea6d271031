import type { Entry, JournalStore } from '../../src/domain/journal.ts';

/** A journal in memory whose entries a test may tamper with. */
export function memoryJournal(entries: Entry[] = []): JournalStore & { readonly kept: Entry[] } {
  return {
    kept: entries,
    append: async (link) => {
      const added = link(entries.at(-1));
      entries.push(...added);
      return added;
    },
    entries: async function* (from = 1) {
      yield* entries.filter(({ number }) => number >= from);
    },
    newest: async () => entries.at(-1),
  };
}
