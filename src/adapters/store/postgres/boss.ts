import type { PgBoss } from 'pg-boss';
import { explain } from '../../../domain/errors.ts';
import { connect, type Postgres, type Query } from './connection.ts';
import { bossLock, lockClass } from './migrations.ts';

export const queueName = 'jobs';
export const schema = 'lockkeeper_jobs';

/** Seconds. A job whose worker was not heard of for `heartbeat` is given to another at the next look, every `look`. */
const heartbeat = 10;
const look = 3;

/** How often a job may end its process before it is parked. */
const deaths = 4;

interface Boss {
  readonly boss: PgBoss;
  stop(): Promise<void>;
}

/** pg-boss, on our connections and with only what is used: its queue, its heartbeats and its maintenance. */
export async function startBoss(postgres: Postgres, warn: (text: string) => void): Promise<Boss> {
  const { PgBoss } = await import('pg-boss'); // a scan from the command line has no use for it
  // What it asks for beside our transactions must never wait for them: they may wait for it.
  const own = connect(postgres.address.url, warn, 2);
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => ({ rows: [...(await own.run('working the queue', text, values))] }) },
    schema,
    schedule: false,
    superviseIntervalSeconds: look,
    monitorIntervalSeconds: look,
    maintenanceIntervalSeconds: 3600,
  });
  boss.on('error', (error) => warn(`queue: ${explain(error)}`));
  boss.on('warning', ({ message }) => warn(`queue: ${message}`));
  const stop = async (): Promise<void> => {
    await boss.stop({ close: false, graceful: false });
    await own.close();
  };
  try {
    await setUp(postgres, boss);
    return { boss, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function setUp(postgres: Postgres, boss: PgBoss): Promise<void> {
  // Its own set-up is not safe in several processes at once.
  await postgres.transaction('starting the queue', false, async (query) => {
    await query('SELECT pg_advisory_xact_lock($1, $2)', [lockClass, bossLock]);
    await boss.start();
    await boss.createQueue(queueName, {
      policy: 'short',
      heartbeatSeconds: heartbeat,
      expireInSeconds: 24 * 3600 - 1, // a heart that beats is enough; pg-boss allows no more
      retryLimit: deaths,
      retryDelay: 0,
      retentionSeconds: 365 * 24 * 3600,
      deleteAfterSeconds: 0, // what is parked waits for a person; what is done is deleted by us
    });
  });
}

/** For pg-boss's calls inside a transaction of ours. */
export const inside = (query: Query) => ({
  db: { executeSql: async (text: string, values?: unknown[]) => ({ rows: [...(await query(text, values))] }) },
});
