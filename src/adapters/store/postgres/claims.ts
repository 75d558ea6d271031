import type { PgBoss } from 'pg-boss';
import type { Job, Turn } from '../../../domain/queue.ts';
import type { Claims } from '../worker.ts';
import { inside, queueName } from './boss.ts';
import type { Postgres, Query } from './connection.ts';
import { again, byAge, jobOf, type Kept, priorities, type Row, slotOf } from './jobs.ts';
import { claimLock, lockClass } from './migrations.ts';

/** Jobs taken from pg-boss. A job whose worker was not heard of is given to another; what the first says of it afterwards counts for nothing. */
export function bossClaims(postgres: Postgres, boss: PgBoss): Claims {
  /** As they were fetched: pg-boss knows an attempt by its count. */
  const fetched = new WeakMap<Job, Row>();

  /** Runs it when the attempt is still this worker's, all or nothing. */
  const settle = async (doing: string, job: Job, change: (row: Row, query: Query) => Promise<unknown>): Promise<void> => {
    const row = fetched.get(job);
    if (row === undefined) return;
    await postgres.transaction(doing, true, async (query) => {
      if ((await touched(boss, [row], query)).length > 0) await change(row, query);
    });
  };

  return {
    claim: async (room) => {
      const rows = await postgres.transaction('taking jobs', true, async (query) => {
        // One replica at a time, for a few milliseconds: two that look at once would both see that nobody works on a key.
        await query('SELECT pg_advisory_xact_lock($1, $2)', [lockClass, claimLock]);
        const fetch = async (turn: Turn, batchSize: number): Promise<Row[]> => {
          if (batchSize === 0) return [];
          const of = { minPriority: priorities[turn], maxPriority: priorities[turn], batchSize };
          return boss.fetch<Kept>(queueName, { ...inside(query), ...of, includeMetadata: true, groupConcurrency: 1 });
        };
        const first = await fetch('first', Math.min(room.all, room.first));
        const others = Math.min(room.all - first.length, room.others);
        const usual = await fetch('usual', others);
        return [...first, ...usual, ...(await fetch('last', Math.min(others - usual.length, room.last)))];
      });
      return rows.sort(inTurn).flatMap((row) => {
        const job = jobOf(row);
        if (job !== undefined) fetched.set(job, row);
        return job ?? [];
      });
    },
    async renew(jobs) {
      const rows = jobs.flatMap((job) => fetched.get(job) ?? []);
      if (rows.length === 0) return [];
      const ours = await postgres.transaction('keeping jobs', true, (query) => touched(boss, rows, query));
      return rows.map(({ id }) => id).filter((id) => !ours.includes(id));
    },
    finish: (job) =>
      settle('finishing a job', job, async ({ id }, query) => {
        // What failed too often before, this one has done.
        await boss.deleteJob(queueName, [id, ...(await parked(boss, job, query))], inside(query));
      }),
    park: (job, problem) =>
      settle('parking a job', job, async ({ id }, query) => {
        // Of what fails again and again, a person sees the newest.
        const before = await parked(boss, job, query);
        if (before.length > 0) await boss.deleteJob(queueName, before, inside(query));
        const why = { problem: JSON.stringify(problem) };
        await boss.fail(queueName, id, why, inside(query)); // waits again, and may be changed
        await boss.update(queueName, undefined, { ...inside(query), id, retryLimit: 0 });
        await boss.fail(queueName, id, why, inside(query)); // for good
      }),
    postpone: (job, { due, counts, problem }) =>
      settle('postponing a job', job, async (row, query) => {
        // What was asked for meanwhile, this one does.
        const waiting = await boss.findJobs<Kept>(queueName, { ...inside(query), key: slotOf(job), queued: true });
        await boss.deleteJob(
          queueName,
          [...waiting, row].map(({ id }) => id),
          inside(query),
        );
        await boss.insert(
          queueName,
          [again(row, { due, attempts: job.attempts - (counts ? 0 : 1), problem: problem ?? job.problem })],
          inside(query),
        );
      }),
  };
}

/** Postgres gives the rows that it changed in no order. */
const inTurn = (a: Row, b: Row): number => b.priority - a.priority || byAge(a, b);

/** The ids of those of the same kind and key. */
async function parked(boss: PgBoss, job: Job, query: Query): Promise<string[]> {
  const same = await boss.findJobs<Kept>(queueName, { ...inside(query), key: slotOf(job) });
  return same.flatMap((row) => (jobOf(row)?.state === 'parked' ? [row.id] : []));
}

/** The ids of those attempts that are still the ones that run; their rows are locked until the transaction ends. */
async function touched(boss: PgBoss, rows: readonly Row[], query: Query): Promise<readonly string[]> {
  const answer: { readonly settled?: unknown } = await boss.touch(
    queueName,
    rows.map(({ id, retryCount }) => ({ id, retryCount })),
    inside(query),
  );
  return Array.isArray(answer.settled) ? answer.settled.map(String) : [];
}
