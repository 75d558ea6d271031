import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { explain, OutsideError, UsageError } from '../../domain/errors.ts';
import { makeFolder } from '../make-folder.ts';
import { sqlite, sqliteFailure } from '../sqlite.ts';

/** How long a write waits for another process's, milliseconds. */
const patience = 10_000;

/** One file of the embedded store. */
export interface Schema {
  readonly file: string;
  /** Each brings a database one version forward; never change one that was released, add another. */
  readonly migrations: readonly string[];
  /** FULL: what was acknowledged survives a power cut, too. NORMAL: a power cut may take the last writes, in order. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** What a person does about a damaged file. */
  readonly whenDamaged: string;
}

export interface Database {
  readonly connection: DatabaseSync;
  /** Runs it; its failure says which file, what was being done and what to do. */
  readonly attempt: <T>(doing: string, work: () => T) => T;
  /** The same, all or nothing, while no other process writes. */
  readonly transaction: <T>(doing: string, work: () => T) => T;
  readonly close: () => void;
}

/**
 * Opens, makes or migrates it, in a folder that is made when missing; safe under SIGKILL and with several processes at once.
 * Throws UsageError when the folder or the database cannot be used (not writable, no database, corrupt, written by a newer Lockkeeper);
 * its methods throw that too when the database turns out corrupt, and OutsideError when the disk is full or fails.
 */
export function openDatabase(schema: Schema): Database {
  const told = (doing: string, cause: unknown): Error => tell(schema, doing, cause);
  const connection = connect(schema, told);
  const attempt = <T>(doing: string, work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw told(doing, cause);
    }
  };
  return {
    connection,
    attempt,
    transaction: (doing, work) => attempt(doing, () => transaction(connection, work)),
    close() {
      if (connection.isOpen) connection.close();
    },
  };
}

function connect(schema: Schema, told: (doing: string, cause: unknown) => Error): DatabaseSync {
  let connection: DatabaseSync | undefined;
  try {
    makeFolder(dirname(schema.file), 0o700);
    closeSync(openSync(schema.file, 'a', 0o600)); // SQLite gives its side files the mode of this one
    connection = new (sqlite().DatabaseSync)(schema.file, { timeout: patience });
    prepare(connection, schema);
    return connection;
  } catch (cause) {
    connection?.close();
    throw told('opening the store', cause);
  }
}

function prepare(connection: DatabaseSync, { file, migrations, synchronous }: Schema): void {
  connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
  if (schemaVersion(connection) === migrations.length) return; // the usual case, without waiting for anybody's write
  transaction(connection, () => {
    const version = schemaVersion(connection); // again: another process may have migrated while we waited
    if (version > migrations.length) {
      throw new UsageError(
        `${file}: written by a newer Lockkeeper (its schema is ${version}, this one knows ${migrations.length}); use that one, or another folder in store.url`,
      );
    }
    if (version === 0) connection.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
    for (const migration of migrations.slice(version)) connection.exec(migration);
    connection.exec('DELETE FROM schema_version');
    connection.prepare('INSERT INTO schema_version (version) VALUES (?)').run(migrations.length);
  });
}

function schemaVersion(connection: DatabaseSync): number {
  const made = connection.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'`).get();
  if (made === undefined) return 0;
  const version = connection.prepare('SELECT version FROM schema_version').get()?.['version'];
  return typeof version === 'number' ? version : 0;
}

function transaction<T>(connection: DatabaseSync, work: () => T): T {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    connection.exec('COMMIT');
    return result;
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

const elsewhere = 'make the file and its folder writable, or name another folder in store.url';

/** The failure as the person meets it: which file, what was being done, what to do. */
function tell({ file, whenDamaged }: Schema, doing: string, cause: unknown): Error {
  if (cause instanceof UsageError) return cause;
  const text = `${file}: ${doing}: ${explain(cause)}`;
  const failure = sqliteFailure(cause);
  switch (failure) {
    case 'corrupt':
    case 'not-a-database':
      return new UsageError(`${text}; ${whenDamaged}`, { cause });
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
