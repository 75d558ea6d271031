import type { PgBoss } from 'pg-boss';
import { type Delivery, deliveryMemory, type Job, type JobState, type NewJob, type Queue, type QueueStats } from '../../../domain/queue.ts';
import { createBells } from '../bell.ts';
import { type Pace, startWorker, usualPace } from '../worker.ts';
import { inside, queueName, schema, startBoss } from './boss.ts';
import { bossClaims } from './claims.ts';
import type { Postgres, Query } from './connection.ts';
import { again, byAge, insertOf, jobOf, type Kept } from './jobs.ts';
import { nameOf } from './store.ts';

interface Options {
  readonly warn: (text: string) => void;
  /** For tests. */
  readonly pace?: Pace;
}

/** The queue in Postgres, shared by all replicas: pg-boss, started when it is first asked for anything. */
export function postgresQueue(postgres: Postgres, { warn, pace = usualPace }: Options): Queue & { close(): Promise<void> } {
  let started: ReturnType<typeof startBoss> | undefined;
  const boss = async (): Promise<PgBoss> => {
    started ??= startBoss(postgres, warn);
    started.catch(() => {
      started = undefined;
    });
    return (await started).boss;
  };
  const bells = createBells();
  return {
    async add(jobs, delivery) {
      const on = await boss();
      const result = await postgres.transaction('adding jobs', true, (query) => add(on, query, jobs, delivery));
      bells.ring();
      return result;
    },
    list: async (states = ['waiting', 'running', 'parked']) => list(await boss(), states),
    async retry(id) {
      const on = await boss();
      const found = isId(id) && (await postgres.transaction('retrying a job', true, (query) => retry(on, query, id)));
      bells.ring();
      return found;
    },
    async stats() {
      await boss();
      return stats(postgres);
    },
    async work(handle, options) {
      const claims = bossClaims(postgres, await boss());
      return startWorker({ claims, handle, options, pace, bell: bells.hang(), now: Date.now, warn });
    },
    async close() {
      const on = await started?.catch(() => undefined);
      await on?.stop();
    },
  };
}

/** pg-boss's are UUIDs, and Postgres refuses to look for another. */
const isId = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

async function add(boss: PgBoss, query: Query, jobs: readonly NewJob[], delivery?: Delivery): Promise<'added' | 'repeated'> {
  if (delivery !== undefined && !(await remember(query, delivery))) return 'repeated';
  // In one order everywhere: two that add the same jobs wait for each other, and never both.
  const inserts = jobs.map((job, place) => ({ job, insert: insertOf(job, place) }));
  for (const { job, insert } of inserts.sort((a, b) => (a.insert.singletonKey < b.insert.singletonKey ? -1 : 1))) {
    const added = await boss.insert(queueName, [insert], { ...inside(query), returnId: true });
    if (added === null) await bringForward(boss, query, insert.singletonKey, job.notBefore);
  }
  return 'added';
}

/** False when it was there before. */
async function remember(query: Query, { sender, id }: Delivery): Promise<boolean> {
  await query("DELETE FROM lockkeeper.delivery WHERE at < now() - $1 * interval '1 ms'", [deliveryMemory]);
  const rows = await query('INSERT INTO lockkeeper.delivery (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING at', [nameOf(sender, id)]);
  return rows.length > 0;
}

/** One that has never been begun comes as early as anybody asked for it; one that failed keeps its pause. */
async function bringForward(boss: PgBoss, query: Query, slot: string, notBefore = new Date().toISOString()): Promise<void> {
  for (const row of await boss.findJobs<Kept>(queueName, { ...inside(query), key: slot, queued: true })) {
    const later = Date.parse(notBefore) < new Date(row.startAfter).getTime();
    if (later && jobOf(row)?.attempts === 0)
      await boss.update(queueName, undefined, { ...inside(query), id: row.id, startAfter: notBefore });
  }
}

async function list(boss: PgBoss, states: readonly JobState[]): Promise<readonly Job[]> {
  const rows = await boss.findJobs<Kept>(queueName);
  return rows
    .sort(byAge)
    .flatMap((row) => jobOf(row) ?? [])
    .filter(({ state }) => states.includes(state));
}

async function stats(postgres: Postgres): Promise<QueueStats> {
  const rows = await postgres.run(
    'counting jobs',
    `SELECT state, count(*)::int AS count, extract(epoch FROM now() - min(start_after))::float8 AS due FROM ${schema}.job WHERE name = $1 GROUP BY state`,
    [queueName],
  );
  const of = (...states: readonly string[]) => rows.filter(({ state }) => states.includes(String(state)));
  const count = (...states: readonly string[]): number => of(...states).reduce((sum, row) => sum + Number(row['count']), 0);
  return {
    counts: { waiting: count('created', 'retry'), running: count('active'), parked: count('failed') },
    oldest: Math.max(0, ...of('created', 'retry').map(({ due }) => Number(due))),
  };
}

/** Anew, so that it has all its attempts; where another waits for the same, that one does it. */
async function retry(boss: PgBoss, query: Query, id: string): Promise<boolean> {
  const [row] = await boss.findJobs<Kept>(queueName, { ...inside(query), id });
  if (row === undefined || jobOf(row)?.state !== 'parked') return false;
  await boss.deleteJob(queueName, id, inside(query));
  await boss.insert(queueName, [again(row, { attempts: 0 })], inside(query));
  return true;
}
