import pLimit from 'p-limit';
import type pg from 'pg';
import type { Locks } from '../../../domain/locks.ts';
import { locksFrom } from '../turns.ts';
import { isConnectionLoss, told } from './address.ts';
import type { Postgres } from './connection.ts';
import { nameOf } from './store.ts';

/** Milliseconds between two looks whether the session still stands, and how long the answer may take. */
const beat = 5000;

/**
 * The server lets a session's locks go when it finds that the client is gone: at once for a process that died, after half a minute for a network
 * that did. The client looks more often than that, so that whoever holds a lock learns of its loss before anybody else can have it.
 */
const session = 'SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3';

interface Session {
  readonly client: pg.Client;
  /** One statement at a time: a client takes no more. */
  readonly query: (text: string, values?: readonly unknown[]) => Promise<pg.QueryResult<Record<string, unknown>>>;
  /** Aborted when the connection ended: its locks are lost. */
  readonly lost: AbortController;
  readonly heart: NodeJS.Timeout;
}

/** Locks among all replicas: Postgres' session advisory locks, all on one connection. */
export function postgresLocks(postgres: Postgres): Locks & { close(): Promise<void> } {
  let opening: Promise<Session> | undefined;
  const forget = (): void => {
    opening = undefined;
  };
  const current = (): Promise<Session> => {
    opening ??= open(postgres, forget);
    opening.catch(forget);
    return opening;
  };
  const end = async ({ client, lost, heart }: Session): Promise<void> => {
    clearInterval(heart);
    lost.abort();
    await client.end();
  };
  const locks = locksFrom(async (name) => {
    const { query, lost } = await current();
    const key = nameOf('lock', name).readBigInt64BE().toString();
    if (!(await taken(postgres, query, name, key))) return undefined;
    const release = async (): Promise<void> => {
      await query('SELECT pg_advisory_unlock($1::bigint)', [key]).catch(() => undefined); // let go with the connection
    };
    return { signal: lost.signal, release };
  });
  return {
    ...locks,
    async close() {
      const found = await opening?.catch(() => undefined);
      if (found !== undefined) await end(found);
    },
  };
}

async function open(postgres: Postgres, forget: () => void): Promise<Session> {
  const client = await postgres.session('opening a session for locks');
  const [lost, inTurn] = [new AbortController(), pLimit(1)];
  const query: Session['query'] = (text, values = []) => inTurn(() => client.query<Record<string, unknown>>(text, [...values]));
  const lose = (): void => {
    clearInterval(heart);
    forget();
    lost.abort();
  };
  const heart = setInterval(() => {
    const late = setTimeout(() => {
      lose();
      client.connection.stream.destroy();
    }, beat);
    query('SELECT 1')
      .catch(lose)
      .finally(() => clearTimeout(late));
  }, beat);
  heart.unref();
  client.on('error', lose);
  client.on('end', lose);
  await query(session);
  return { client, query, lost, heart };
}

/** False while another has it, and when the connection was lost: the next try opens a new one. */
async function taken(postgres: Postgres, query: Session['query'], name: string, key: string): Promise<boolean> {
  try {
    const { rows } = await query('SELECT pg_try_advisory_lock($1::bigint) AS taken', [key]);
    return rows[0]?.['taken'] === true;
  } catch (cause) {
    if (isConnectionLoss(cause)) return false;
    throw told(postgres.address, `locking ${name}`, cause);
  }
}
