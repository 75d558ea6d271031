import { type Job, type JobState, type Turn, turnsOfKinds } from '../../domain/queue.ts';
import type { Census } from './alive.ts';
import type { Database } from './database.ts';
import type { Claims } from './worker.ts';

/** A row as a job. `body` holds what a NewJob is made of. */
export function jobOf(row: Readonly<Record<string, unknown>>): Job {
  const { data, key, trace, notBefore } = JSON.parse(String(row['body'])) as Pick<Job, 'data' | 'key' | 'trace' | 'notBefore'>;
  return {
    id: String(row['id']),
    data,
    key,
    trace,
    ...(notBefore !== undefined && { notBefore }),
    state: row['state'] as JobState,
    attempts: Number(row['attempts']),
    addedAt: new Date(Number(row['added'])).toISOString(),
    ...(typeof row['problem'] === 'string' && { problem: row['problem'] }),
  };
}

interface Parts {
  readonly database: Database;
  readonly workers: Census;
  /** The worker's name in the census. */
  readonly self: string;
  /** After so many a job is parked. */
  readonly attempts: number;
  readonly now: () => number;
}

/**
 * Jobs taken from the embedded queue. One is running as long as its worker lives, which the kernel knows: it is never given to another before,
 * and to the next who looks afterwards.
 */
export function embeddedClaims({ database, workers, self, attempts, now }: Parts): Claims {
  const { connection } = database;
  const mine = `id = ? AND state = 'running' AND worker = ?`;
  return {
    claim: async (room) =>
      database.transaction('taking jobs', () => {
        giveBack(database, workers, self, attempts);
        const due = connection.prepare(
          `SELECT id FROM job WHERE state = 'waiting' AND due <= ? AND slot NOT IN (SELECT slot FROM job WHERE state = 'running')
             AND coalesce((SELECT value FROM json_each(?) WHERE key = kind), 'usual') = ? ORDER BY due, added, rowid LIMIT ?`,
        );
        const take = connection.prepare(`UPDATE job SET state = 'running', attempts = attempts + 1, worker = ? WHERE id = ? RETURNING *`);
        const turn = (of: Turn, most: number): readonly Job[] =>
          due.all(now(), JSON.stringify(turnsOfKinds), of, most).flatMap(({ id }) => take.all(self, String(id)).map(jobOf));
        const first = turn('first', Math.min(room.all, room.first));
        const others = Math.min(room.all - first.length, room.others);
        const usual = turn('usual', others);
        return [...first, ...usual, ...turn('last', Math.min(others - usual.length, room.last))];
      }),
    renew: async () => [], // the kernel does
    finish: async (job) =>
      database.transaction('finishing a job', () => {
        // What failed too often before, this one has done.
        connection.prepare(`DELETE FROM job WHERE state = 'parked' AND slot = (SELECT slot FROM job WHERE ${mine})`).run(job.id, self);
        connection.prepare(`DELETE FROM job WHERE ${mine}`).run(job.id, self);
      }),
    park: async (job, problem) =>
      database.transaction('parking a job', () => {
        // Of what fails again and again, a person sees the newest.
        connection.prepare(`DELETE FROM job WHERE state = 'parked' AND slot = (SELECT slot FROM job WHERE ${mine})`).run(job.id, self);
        connection.prepare(`UPDATE job SET state = 'parked', problem = ?, worker = NULL WHERE ${mine}`).run(problem, job.id, self);
      }),
    postpone: async (job, { due, counts, problem }) =>
      database.transaction('postponing a job', () => {
        // What was asked for meanwhile, this one does.
        connection.prepare(`DELETE FROM job WHERE state = 'waiting' AND slot = (SELECT slot FROM job WHERE ${mine})`).run(job.id, self);
        connection
          .prepare(
            `UPDATE job SET state = 'waiting', due = ?, attempts = attempts - ?, problem = coalesce(?, problem), worker = NULL WHERE ${mine}`,
          )
          .run(due.getTime(), counts ? 0 : 1, problem ?? null, job.id, self);
      }),
  };
}

/** The jobs of processes that have ended wait again, at once; one that has ended every process that began it is parked. */
function giveBack({ connection }: Database, workers: Census, self: string, attempts: number): void {
  const names = connection.prepare(`SELECT DISTINCT worker FROM job WHERE state = 'running' AND worker <> ?`).all(self);
  const problem = 'the process that worked on it ended';
  for (const name of names.map(({ worker }) => String(worker)).filter((one) => workers.hasEnded(one))) {
    const theirs = `state = 'running' AND worker = ?`;
    connection
      .prepare(`UPDATE job SET state = 'parked', problem = ?, worker = NULL WHERE ${theirs} AND attempts >= ?`)
      .run(problem, name, attempts);
    connection.prepare(`DELETE FROM job WHERE state = 'waiting' AND slot IN (SELECT slot FROM job WHERE ${theirs})`).run(name);
    connection.prepare(`UPDATE job SET state = 'waiting', problem = ?, worker = NULL WHERE ${theirs}`).run(problem, name);
  }
}
