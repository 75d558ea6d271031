import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Address, isConnectionLoss, readAddress, told } from './address.ts';

/** Milliseconds. */
const toConnect = 10_000;
const perStatement = 60_000;
/** Between tries of what may be tried again, milliseconds. */
const pauses = [100, 500, 2000];

/** Values of one row, by column. */
export type Row = Readonly<Record<string, unknown>>;
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** The pool of connections of one process, and how its failures are told. */
export interface Postgres {
  readonly address: Address;
  /** One statement that can be run again: a lost connection is tried anew for a few seconds. Throws UsageError, OutsideError. */
  run(doing: string, text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** All or nothing. `again`: it may be run once more when the connection was lost, even if it was kept after all. */
  transaction<T>(doing: string, again: boolean, work: (query: Query) => Promise<T>): Promise<T>;
  /** A connection of its own, for session locks; the caller ends it. */
  session(doing: string): Promise<pg.Client>;
  close(): Promise<void>;
}

export function connect(url: string, warn: (text: string) => void): Postgres {
  const address = readAddress(url);
  const settings = { connectionString: url, connectionTimeoutMillis: toConnect, keepAlive: true, application_name: 'lockkeeper' };
  const pool = new pg.Pool({ ...settings, max: 10, query_timeout: perStatement });
  // An idle connection that the server ends is nobody's failure: the pool has dropped it already.
  pool.on('error', (error) => warn(`store: an idle connection to database ${address.shown} ended: ${error.message}`));
  const tried = async <T>(doing: string, again: boolean, work: () => Promise<T>): Promise<T> => {
    for (let count = 0; ; count += 1) {
      try {
        return await work();
      } catch (cause) {
        const pause = pauses[count];
        if (!again || pause === undefined || !isConnectionLoss(cause)) throw told(address, doing, cause);
        await sleep(pause);
      }
    }
  };
  return {
    address,
    run: (doing, text, values = []) => tried(doing, true, async () => (await pool.query<Row>(text, [...values])).rows),
    transaction: (doing, again, work) => tried(doing, again, () => transaction(pool, work)),
    session: (doing) =>
      tried(doing, true, async () => {
        const client = new pg.Client(settings);
        await client.connect();
        return client;
      }),
    close: () => pool.end(),
  };
}

async function transaction<T>(pool: pg.Pool, work: (query: Query) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const noteLoss = (error: Error): void => {
    broken = error;
  };
  client.on('error', noteLoss); // taken from the pool, it has no other listener, and would end the process
  try {
    await client.query('BEGIN');
    const result = await work(async (text, values = []) => (await client.query<Row>(text, [...values])).rows);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(noteLoss);
    throw error;
  } finally {
    client.off('error', noteLoss);
    client.release(broken);
  }
}
