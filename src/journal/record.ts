import type { Entry, Journal, JournalStore, NewEntry } from '../domain/journal.ts';
import { follow } from './chain.ts';
import { createWitness } from './witness.ts';

/** The journal that features record in; its store is opened when something is to be kept. What is recorded at the same time is kept together, in one write. */
export function createJournal(store: () => JournalStore, now: () => Date): Journal {
  let batch: { readonly entries: NewEntry[]; readonly kept: Promise<readonly Entry[]> } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const gather = () => {
    const entries: NewEntry[] = [];
    const kept = last.then(() => {
      batch = undefined; // from here on the next batch gathers
      return store().append((newest) => follow(newest, entries, now()));
    });
    last = kept.catch(() => {}); // told to those who recorded
    return { entries, kept };
  };
  const { events, recordOnce } = createWitness(store, now);
  return {
    events,
    recordOnce,
    async record(entry) {
      batch ??= gather();
      const place = batch.entries.push(entry) - 1;
      const kept = (await batch.kept)[place];
      if (kept === undefined) throw new Error('the journal did not give back the entry that it was to keep');
      return kept;
    },
  };
}
