import { fileURLToPath } from 'node:url';
import { UsageError } from '../../domain/errors.ts';
import type { JournalStore } from '../../domain/journal.ts';
import type { Locks } from '../../domain/locks.ts';
import type { Queue } from '../../domain/queue.ts';
import type { Store } from '../../domain/store.ts';
import { openJournal } from './journal.ts';
import { embeddedLocks } from './locks.ts';
import { openQueue } from './queue.ts';
import { openStore } from './sqlite.ts';

/** Everything that outlives a process, in one place: a folder, or a database that replicas share. */
export interface Persistence {
  readonly store: Store;
  readonly locks: Locks;
  /** Opened when they are first asked for: most commands need neither. */
  queue(): Queue;
  journal(): JournalStore;
  close(): Promise<void>;
}

/**
 * `file:FOLDER` or `postgres://…`, as in store.url. Cache and journal are opened now (made, migrated).
 * Throws UsageError for what a person must change, OutsideError for a server that cannot be reached.
 */
export async function openPersistence(url: string, warn: (text: string) => void): Promise<Persistence> {
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { openPostgres } = await import('./postgres/open.ts'); // costs a tenth of a second, and most have none
    return await openPostgres(url, warn);
  }
  if (url.startsWith('file:')) return openFolder(url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length), warn);
  throw new UsageError('store.url: expected file:FOLDER or postgres://USER:PASSWORD@HOST/DATABASE');
}

function openFolder(folder: string, warn: (text: string) => void): Persistence {
  const store = openStore(folder);
  let queue: ReturnType<typeof openQueue> | undefined;
  let journal: ReturnType<typeof openJournal> | undefined;
  return {
    store,
    locks: embeddedLocks(folder),
    queue() {
      queue ??= openQueue(folder, { warn });
      return queue;
    },
    journal() {
      journal ??= openJournal(folder);
      return journal;
    },
    async close() {
      queue?.close();
      journal?.close();
      store.close();
    },
  };
}
