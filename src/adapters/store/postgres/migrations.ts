import { UsageError } from '../../../domain/errors.ts';
import type { Postgres, Query } from './connection.ts';

/** Each brings a database one version forward; never change one that was released, add another. */
const migrations: readonly string[] = [
  `CREATE TABLE lockkeeper.entry (name bytea PRIMARY KEY, space text NOT NULL, key text NOT NULL, value text NOT NULL);
   CREATE TABLE lockkeeper.delivery (name bytea PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
   CREATE INDEX delivery_at ON lockkeeper.delivery (at);
   CREATE TABLE lockkeeper.journal (number bigint PRIMARY KEY, entry text NOT NULL)`,
  `ALTER TABLE lockkeeper.entry ADD COLUMN written timestamptz NOT NULL DEFAULT now()`,
];

/** Everything of ours that is locked in this database has a lock of this class: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS */
export const lockClass = 0x10cc;
const migrationLock = 1;
export const journalLock = 2;
export const claimLock = 3;
export const bossLock = 4;

/**
 * Brings the schema up to date, one process at a time.
 * Throws UsageError for a database that a newer Lockkeeper has written, and where rights are missing.
 */
export async function migrate(postgres: Postgres): Promise<void> {
  if ((await versionOf((text) => postgres.run('opening the store', text))) === migrations.length) return;
  await postgres.transaction('opening the store', true, async (query) => {
    await query('SELECT pg_advisory_xact_lock($1, $2)', [lockClass, migrationLock]);
    const version = await versionOf(query); // again: another process may have migrated while we waited
    if (version > migrations.length) {
      throw new UsageError(
        `store: database ${postgres.address.shown} was written by a newer Lockkeeper (its schema is ${version}, this one knows ${migrations.length}); use that one, or another database in store.url`,
      );
    }
    if (version === 0) {
      await query('CREATE SCHEMA IF NOT EXISTS lockkeeper');
      await query('CREATE TABLE IF NOT EXISTS lockkeeper.schema_version (version integer NOT NULL)');
    }
    for (const migration of migrations.slice(version)) await query(migration);
    await query('DELETE FROM lockkeeper.schema_version');
    await query('INSERT INTO lockkeeper.schema_version (version) VALUES ($1)', [migrations.length]);
  });
}

async function versionOf(query: (text: string) => ReturnType<Query>): Promise<number> {
  // Not to_regclass: it answers from a cache that another process' commit, made while we waited for the lock, has not reached.
  const made = await query(`SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = 'lockkeeper' AND tablename = 'schema_version'`);
  if (made.length === 0) return 0;
  const [row] = await query('SELECT version FROM lockkeeper.schema_version');
  return Number(row?.['version'] ?? 0);
}
