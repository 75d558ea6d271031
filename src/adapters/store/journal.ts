import { join } from 'node:path';
import type { Entry, JournalStore } from '../../domain/journal.ts';
import { openDatabase } from './database.ts';
import { readEntry } from './entry.ts';

const migrations: readonly string[] = [`CREATE TABLE entry (number INTEGER PRIMARY KEY, text TEXT NOT NULL)`];

const entryIn = ({ number, text }: Readonly<Record<string, unknown>>): Entry => readEntry(Number(number), text);

/** Entries read at a time: what is read is not held. */
const piece = 500;

/** The journal of the embedded store: `<folder>/journal.db`, in which nothing is ever changed. Throws as openDatabase does. */
export function openJournal(folder: string): JournalStore & { close(): void } {
  const database = openDatabase({
    file: join(folder, 'journal.db'),
    migrations,
    synchronous: 'FULL', // an effect follows, which nobody could explain when the entry is lost
    whenDamaged: 'restore it from your backup: nothing else can tell what it held',
  });
  const { connection, attempt, transaction } = database;
  const last = connection.prepare('SELECT number, text FROM entry ORDER BY number DESC LIMIT 1');
  const from = connection.prepare(`SELECT number, text FROM entry WHERE number >= ? ORDER BY number LIMIT ${piece}`);
  const write = connection.prepare('INSERT INTO entry (number, text) VALUES (?, ?)');
  const newest = (): Entry | undefined => {
    const row = last.get();
    return row && entryIn(row);
  };
  return {
    append: async (link) =>
      transaction('writing the journal', () => {
        const added = link(newest());
        for (const entry of added) write.run(entry.number, JSON.stringify(entry));
        return added;
      }),
    newest: async () => attempt('reading the journal', newest),
    async *entries(start = 1) {
      for (let next = start; ; ) {
        const rows = attempt('reading the journal', () => from.all(next));
        yield* rows.map(entryIn);
        const last = rows.at(-1);
        if (last === undefined) return;
        next = Number(last['number']) + 1; // never by what an entry says of itself
      }
    },
    close: database.close,
  };
}
