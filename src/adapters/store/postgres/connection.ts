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
  /**
   * All or nothing; run anew when the connection is lost before the end. When it is lost at the very end nobody knows whether it was kept: `again` says
   * that it may be run once more even so.
   */
  transaction<T>(doing: string, again: boolean, work: (query: Query) => Promise<T>): Promise<T>;
  /** A connection of its own, for session locks; the caller ends it. */
  session(doing: string): Promise<pg.Client>;
  close(): Promise<void>;
}

/** Nothing is asked of the server yet. `most` connections at once. */
export function connect(url: string, warn: (text: string) => void, most = 10): Postgres {
  const address = readAddress(url);
  const settings = { connectionString: url, connectionTimeoutMillis: toConnect, keepAlive: true, application_name: 'lockkeeper' };
  const pool = new pg.Pool({ ...settings, max: most, query_timeout: perStatement });
  // An idle connection that the server ends is nobody's failure: the pool has dropped it already.
  pool.on('error', (error) => warn(`store: an idle connection to database ${address.shown} ended: ${error.message}`));
  const tried = async <T>(doing: string, again: boolean, work: () => Promise<T>): Promise<T> => {
    for (let count = 0; ; count += 1) {
      try {
        return await work();
      } catch (cause) {
        const pause = pauses[count];
        const uncertain = cause instanceof UncertainError && !again;
        if (uncertain || pause === undefined || !isConnectionLoss(cause)) throw told(address, doing, cause);
        await sleep(pause);
      }
    }
  };
  return {
    address,
    run: (doing, text, values = []) => tried(doing, true, async () => rowsOf(await pool.query<Row>(text, given(values)))),
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

/** Several statements in one text, which pg-boss has, are only understood without values; their rows follow each other. */
const given = (values: readonly unknown[]): unknown[] | undefined => (values.length === 0 ? undefined : [...values]);
const rowsOf = (result: pg.QueryResult<Row> | readonly pg.QueryResult<Row>[]): readonly Row[] =>
  Array.isArray(result) ? result.flatMap((one: pg.QueryResult<Row>) => one.rows) : (result as pg.QueryResult<Row>).rows;

/** The end of a transaction was asked for, and no answer came. */
class UncertainError extends Error {
  constructor(cause: unknown) {
    super('whether it was kept is not known', { cause });
  }
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
    const result = await work(async (text, values = []) => rowsOf(await client.query<Row>(text, given(values))));
    await client.query('COMMIT').catch((cause: unknown) => {
      throw new UncertainError(cause);
    });
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(noteLoss);
    throw error;
  } finally {
    client.off('error', noteLoss);
    client.release(broken);
  }
}
