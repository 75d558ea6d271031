import { setTimeout as sleep } from 'node:timers/promises';
import { explain, OutsideError } from '../domain/errors.ts';
import { sqlite, sqliteFailure } from './sqlite.ts';

/** Milliseconds; what is done under a lock takes a few of them. */
const patience = 60_000;
const pause = 5;

/** Last in line per file, in this process: SQLite's lock is between connections and must not make one of ours wait for another. */
const lines = new Map<string, Promise<void>>();

/**
 * Runs the work while no other process (and nothing else in this one) runs work with the same lock file. The lock is the kernel's, on an
 * empty SQLite database: a killed process leaves nothing behind that anybody must clean up. Throws OutsideError when another holds it for a minute, or
 * the file cannot be used.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const before = lines.get(file) ?? Promise.resolve();
  const mine = before.then(() => alone(file, work));
  const done = mine.then(
    () => {},
    () => {},
  );
  lines.set(file, done);
  try {
    return await mine;
  } finally {
    if (lines.get(file) === done) lines.delete(file);
  }
}

/** The lock until it is let go, or the process ends; undefined while somebody else has it. Not for a file that this process has with `withLock`. */
export function tryLock(file: string): { release(): void } | undefined {
  const connection = new (sqlite().DatabaseSync)(file, { timeout: 0 });
  try {
    if (begin(connection)) return { release: () => connection.close() };
  } catch (cause) {
    connection.close();
    throw unusable(file, cause);
  }
  connection.close();
  return undefined;
}

type Connection = InstanceType<ReturnType<typeof sqlite>['DatabaseSync']>;

async function alone<T>(file: string, work: () => Promise<T>): Promise<T> {
  const connection = await take(file);
  try {
    return await work();
  } finally {
    connection.close(); // nothing was written, and the lock goes with the connection
  }
}

async function take(file: string): Promise<Connection> {
  const giveUp = Date.now() + patience;
  let connection: Connection | undefined;
  try {
    connection = new (sqlite().DatabaseSync)(file, { timeout: 0 });
    while (!begin(connection)) {
      if (Date.now() > giveUp) throw new Error(`another process has held it for ${patience / 1000} s; end that process`);
      await sleep(pause + Math.random() * pause);
    }
    return connection;
  } catch (cause) {
    connection?.close();
    throw unusable(file, cause);
  }
}

const unusable = (file: string, cause: unknown): OutsideError =>
  new OutsideError(file, `${file}: taking this lock, an empty file that must be writable: ${explain(cause)}`, { cause });

function begin(connection: Connection): boolean {
  try {
    connection.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (sqliteFailure(error) === 'busy') return false;
    throw error;
  }
}
