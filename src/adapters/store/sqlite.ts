import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { explain, OutsideError, UsageError } from '../../domain/errors.ts';
import type { Store } from '../../domain/store.ts';
import { sqlite, sqliteFailure } from '../sqlite.ts';

/** How long a write waits for another process's, milliseconds. */
const patience = 10_000;

/** Each brings a database one version forward; never change one that was released, add another. */
const migrations: readonly string[] = [
  `CREATE TABLE entry (space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (space, key))`,
];

/**
 * The embedded store: `<folder>/lockkeeper.db`, safe under SIGKILL and with several processes at once. The folder is made when missing.
 * Throws UsageError when the folder or the database cannot be used (not writable, no database, corrupt, written by a newer Lockkeeper);
 * its methods throw that too when the database turns out corrupt, and OutsideError when the disk is full or fails.
 */
export function openStore(folder: string): Store & { close(): void } {
  const file = join(folder, 'lockkeeper.db');
  const database = openDatabase(folder, file);
  const read = database.prepare('SELECT value FROM entry WHERE space = ? AND key = ?');
  const write = database.prepare(
    'INSERT INTO entry (space, key, value) VALUES (?, ?, ?) ON CONFLICT (space, key) DO UPDATE SET value = excluded.value',
  );
  const remove = database.prepare('DELETE FROM entry WHERE space = ? AND key = ?');
  const attempt = async <T>(doing: string, work: () => T): Promise<T> => {
    try {
      return work();
    } catch (cause) {
      throw told(file, doing, cause);
    }
  };
  return {
    async get<T>(space: string, key: string): Promise<T | undefined> {
      const value = await attempt(`reading ${space}`, () => read.get(space, key)?.['value']);
      return typeof value === 'string' ? (JSON.parse(value) as T) : undefined;
    },
    async put(space, key, value) {
      const text = asJson(space, key, value);
      await attempt(`writing ${space}`, () => write.run(space, key, text));
    },
    async putAll(space, entries) {
      const rows = [...entries].map(([key, value]) => [key, asJson(space, key, value)] as const);
      await attempt(`writing ${space}`, () =>
        transaction(database, () => {
          for (const [key, text] of rows) write.run(space, key, text);
        }),
      );
    },
    async delete(space, key) {
      await attempt(`writing ${space}`, () => remove.run(space, key));
    },
    close() {
      if (database.isOpen) database.close();
    },
  };
}

function asJson(space: string, key: string, value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`${space} ${key}: JSON cannot hold this value (${typeof value})`);
  return text;
}

function openDatabase(folder: string, file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600)); // SQLite gives its side files the mode of this one
    database = new (sqlite().DatabaseSync)(file, { timeout: patience });
    prepare(database, file);
    return database;
  } catch (cause) {
    database?.close();
    throw told(file, 'opening the store', cause);
  }
}

function prepare(database: DatabaseSync, file: string): void {
  // Safe under SIGKILL all the same; a power cut may take the last writes, in order, and all that is kept here can be found out again.
  // Waiting for the disk after each would stop everything else that a scan does, hundreds of times.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  if (schemaVersion(database) === migrations.length) return; // the usual case, without waiting for anybody's write
  transaction(database, () => {
    const version = schemaVersion(database); // again: another process may have migrated while we waited
    if (version > migrations.length) {
      throw new UsageError(
        `${file}: written by a newer Lockkeeper (its schema is ${version}, this one knows ${migrations.length}); use that one, or another folder in store.url`,
      );
    }
    if (version === 0) database.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
    for (const migration of migrations.slice(version)) database.exec(migration);
    database.exec('DELETE FROM schema_version');
    database.prepare('INSERT INTO schema_version (version) VALUES (?)').run(migrations.length);
  });
}

function schemaVersion(database: DatabaseSync): number {
  const made = database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'`).get();
  if (made === undefined) return 0;
  const version = database.prepare('SELECT version FROM schema_version').get()?.['version'];
  return typeof version === 'number' ? version : 0;
}

function transaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

const rebuild = 'move it away with its -wal and -shm files; the next scan rebuilds what it held, except since when releases are known';
const elsewhere = 'make the file and its folder writable, or name another folder in store.url';

/** The failure as the person meets it: which file, what was being done, what to do. */
function told(file: string, doing: string, cause: unknown): Error {
  if (cause instanceof UsageError) return cause;
  const text = `${file}: ${doing}: ${explain(cause)}`;
  const failure = sqliteFailure(cause);
  switch (failure) {
    case 'corrupt':
    case 'not-a-database':
      return new UsageError(`${text}; ${rebuild}`, { cause });
    case 'readonly':
    case 'cannot-open':
      return new UsageError(`${text}; ${elsewhere}`, { cause });
    case 'busy':
      return new OutsideError(file, `${text}; end the process that holds it, or name another folder in store.url`, { cause });
    case 'full':
    case 'io':
      return new OutsideError(file, `${text}; free or repair the disk`, { cause });
    case undefined: // of node:fs, while the folder is made
      return Error.isError(cause) && 'syscall' in cause
        ? new UsageError(`${text}; ${elsewhere}`, { cause })
        : new OutsideError(file, text, { cause });
  }
}
