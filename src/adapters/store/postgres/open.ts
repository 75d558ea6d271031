import type { Persistence } from '../open.ts';
import { connect } from './connection.ts';
import { postgresJournal } from './journal.ts';
import { postgresLocks } from './locks.ts';
import { migrate } from './migrations.ts';
import { postgresQueue } from './queue.ts';
import { postgresStore } from './store.ts';

/** Connects and migrates; see openPersistence. */
export async function openPostgres(url: string, warn: (text: string) => void): Promise<Persistence> {
  const postgres = connect(url, warn);
  try {
    await migrate(postgres);
  } catch (error) {
    await postgres.close();
    throw error;
  }
  const locks = postgresLocks(postgres);
  const journal = postgresJournal(postgres);
  const queue = postgresQueue(postgres, { warn });
  return {
    store: postgresStore(postgres),
    locks,
    queue: () => queue,
    journal: () => journal,
    async close() {
      await queue.close();
      await locks.close();
      await postgres.close();
    },
  };
}
