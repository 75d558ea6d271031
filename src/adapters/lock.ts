import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideError } from '../domain/errors.ts';
import { sqlite, sqliteFailure } from './sqlite.ts';

/** Milliseconds; what is done under a lock takes a few of them. */
const patience = 60_000;
const pause = 5;

/** Last in line per file, in this process: SQLite's lock is between connections and must not make one of ours wait for another. */
const lines = new Map<string, Promise<void>>();

/**
 * Runs the work while no other process (and nothing else in this one) runs work with the same lock file. The lock is the kernel's, on an
 * empty SQLite database: a killed process leaves nothing behind that anybody must clean up. Throws OutsideError when another holds it for a minute.
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

async function alone<T>(file: string, work: () => Promise<T>): Promise<T> {
  const database = new (sqlite().DatabaseSync)(file, { timeout: 0 });
  try {
    for (const giveUp = Date.now() + patience; !begin(database); await sleep(pause + Math.random() * pause)) {
      if (Date.now() > giveUp)
        throw new OutsideError(file, `${file}: another process has held this lock for ${patience / 1000} s; end that process`);
    }
    return await work();
  } finally {
    database.close(); // nothing was written, and the lock goes with the connection
  }
}

function begin(database: InstanceType<ReturnType<typeof sqlite>['DatabaseSync']>): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (sqliteFailure(error) === 'busy') return false;
    throw error;
  }
}
