import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { deliveryMemory, type Job, type JobState, type Queue } from '../../domain/queue.ts';
import { census } from './alive.ts';
import { type Bells, createBells } from './bell.ts';
import { type Database, openDatabase } from './database.ts';
import { embeddedClaims, jobOf } from './embedded-claims.ts';
import { type Pace, startWorker, usualPace } from './worker.ts';

const migrations: readonly string[] = [
  `CREATE TABLE job (id TEXT PRIMARY KEY, slot TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, due INTEGER NOT NULL,
     added INTEGER NOT NULL, attempts INTEGER NOT NULL, problem TEXT, worker TEXT);
   CREATE UNIQUE INDEX waiting ON job (slot) WHERE state = 'waiting';
   CREATE UNIQUE INDEX running ON job (slot) WHERE state = 'running';
   CREATE INDEX due ON job (state, due);
   CREATE TABLE delivery (sender TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (sender, id)) WITHOUT ROWID;
   CREATE INDEX delivery_at ON delivery (at)`,
];

export interface QueueOptions {
  readonly warn: (text: string) => void;
  /** For tests. */
  readonly now?: () => number;
  readonly pace?: Pace;
}

/** The embedded queue: `<folder>/queue.db`. What was acknowledged survives a power cut. Throws as openDatabase does. */
export function openQueue(folder: string, { warn, now = Date.now, pace = usualPace }: QueueOptions): Queue & { close(): void } {
  const database = openDatabase({
    file: join(folder, 'queue.db'),
    migrations,
    synchronous: 'FULL',
    whenDamaged:
      'move it away with its -wal and -shm files; the jobs in it are lost, and the next scheduled scan finds what they would have found',
  });
  const workers = census(folder);
  const bells = createBells();
  return {
    add: together((all: readonly Addition[]) => addAll(database, bells, now(), all)),
    list: async (states = ['waiting', 'running', 'parked']) => list(database, states),
    retry: async (id) => retry(database, bells, now(), id),
    stats: async () => stats(database, now()),
    async work(handle, options) {
      const self = workers.join();
      const claims = embeddedClaims({ database, workers, self: self.name, attempts: options.attempts, now });
      const worker = startWorker({ claims, handle, options, pace, bell: bells.hang(), now, warn });
      return {
        async stop(patience) {
          await worker.stop(patience);
          self.end();
        },
      };
    },
    close: database.close,
  };
}

const slotOf = (kind: string, key: string): string => JSON.stringify([kind, key]);

type Addition = Parameters<Queue['add']>;
type Added = Awaited<ReturnType<Queue['add']>>;

/** Those that come in one turn of the event loop are kept in one transaction: the disk is waited for once, and a burst does not stop everything else. */
function together(keep: (all: readonly Addition[]) => readonly Added[]): Queue['add'] {
  let waiting: { readonly addition: Addition; readonly kept: PromiseWithResolvers<Added> }[] = [];
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    try {
      const results = keep(all.map(({ addition }) => addition));
      for (const [at, { kept }] of all.entries()) kept.resolve(results[at] ?? 'added');
    } catch (error) {
      for (const { kept } of all) kept.reject(error);
    }
  };
  return (...addition) => {
    const kept = Promise.withResolvers<Added>();
    waiting.push({ addition, kept });
    if (waiting.length === 1) setImmediate(flush);
    return kept.promise;
  };
}

function addAll(database: Database, bells: Bells, now: number, all: readonly Addition[]): readonly Added[] {
  const results = database.transaction('adding jobs', () => {
    database.connection.prepare('DELETE FROM delivery WHERE at < ?').run(now - deliveryMemory);
    return all.map((addition) => add(database, now, addition));
  });
  bells.ring();
  return results;
}

function add({ connection }: Database, now: number, [jobs, delivery]: Addition): Added {
  if (delivery !== undefined) {
    const remembered = connection
      .prepare('INSERT INTO delivery (sender, id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
      .run(delivery.sender, delivery.id, now);
    if (remembered.changes === 0) return 'repeated';
  }
  // One that has never been begun comes as early as anybody asked for it; one that failed keeps its pause.
  const insert = connection.prepare(
    `INSERT INTO job (id, slot, kind, body, state, due, added, attempts) VALUES (?, ?, ?, ?, 'waiting', ?, ?, 0)
     ON CONFLICT (slot) WHERE state = 'waiting' DO UPDATE SET due = min(due, excluded.due) WHERE attempts = 0`,
  );
  for (const { data, key, trace, notBefore } of jobs) {
    const due = notBefore === undefined ? now : Date.parse(notBefore);
    insert.run(randomUUID(), slotOf(data.kind, key), data.kind, JSON.stringify({ data, key, trace, notBefore }), due, now);
  }
  return 'added';
}

function list(database: Database, states: readonly JobState[]): readonly Job[] {
  const rows = database.attempt('listing jobs', () =>
    database.connection
      .prepare('SELECT * FROM job WHERE state IN (SELECT value FROM json_each(?)) ORDER BY added, rowid')
      .all(JSON.stringify(states)),
  );
  return rows.map(jobOf);
}

function retry(database: Database, bells: Bells, now: number, id: string): boolean {
  const { connection } = database;
  const found = database.transaction('retrying a job', () => {
    const row = connection.prepare(`SELECT slot FROM job WHERE id = ? AND state = 'parked'`).get(id);
    if (row === undefined) return false;
    const waits = connection.prepare(`SELECT 1 FROM job WHERE slot = ? AND state = 'waiting'`).get(String(row['slot'])) !== undefined;
    if (waits) connection.prepare('DELETE FROM job WHERE id = ?').run(id);
    else connection.prepare(`UPDATE job SET state = 'waiting', due = ?, attempts = 0, problem = NULL WHERE id = ?`).run(now, id);
    return true;
  });
  bells.ring();
  return found;
}

function stats(database: Database, now: number): Awaited<ReturnType<Queue['stats']>> {
  const { counts, first } = database.attempt('counting jobs', () => ({
    counts: database.connection.prepare('SELECT state, count(*) AS count FROM job GROUP BY state').all(),
    first: database.connection.prepare(`SELECT min(due) AS due FROM job WHERE state = 'waiting' AND due <= ?`).get(now)?.['due'],
  }));
  const count = (state: JobState): number => Number(counts.find((row) => row['state'] === state)?.['count'] ?? 0);
  return {
    counts: { waiting: count('waiting'), running: count('running'), parked: count('parked') },
    oldest: typeof first === 'number' ? (now - first) / 1000 : 0,
  };
}
