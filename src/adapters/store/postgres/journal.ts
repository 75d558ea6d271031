import type { Entry, JournalStore } from '../../../domain/journal.ts';
import { readEntry } from '../entry.ts';
import type { Postgres, Row } from './connection.ts';
import { journalLock, lockClass } from './migrations.ts';

/** Entries read at once. */
const page = 500;

const entryOf = ({ number, entry }: Row): Entry => readEntry(Number(number), entry);

/** The journal in Postgres: one chain for all replicas. An entry is JSON in text, as it was written: jsonb would give it back changed. */
export function postgresJournal(postgres: Postgres): JournalStore {
  const after = (number: number) =>
    postgres.run('reading the journal', 'SELECT number, entry FROM lockkeeper.journal WHERE number > $1 ORDER BY number LIMIT $2', [
      number,
      page,
    ]);
  return {
    append: (link) =>
      // Not again when the connection is lost at its end: it may have been kept.
      postgres.transaction('writing the journal', false, async (query) => {
        await query('SELECT pg_advisory_xact_lock($1, $2)', [lockClass, journalLock]);
        const [last] = await query('SELECT number, entry FROM lockkeeper.journal ORDER BY number DESC LIMIT 1');
        const entries = link(last && entryOf(last));
        await query('INSERT INTO lockkeeper.journal (number, entry) SELECT * FROM unnest($1::bigint[], $2::text[])', [
          entries.map(({ number }) => number),
          entries.map((entry) => JSON.stringify(entry)),
        ]);
        return entries;
      }),
    async *entries(from = 1) {
      for (let rows = await after(from - 1); rows.length > 0; rows = await after(Number(rows.at(-1)?.['number']))) {
        yield* rows.map(entryOf); // the next page never by what an entry says of itself
      }
    },
    async newest() {
      const [row] = await postgres.run('reading the journal', 'SELECT number, entry FROM lockkeeper.journal ORDER BY number DESC LIMIT 1');
      return row && entryOf(row);
    },
  };
}
