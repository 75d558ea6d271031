import { join } from 'node:path';
import type { Store } from '../../domain/store.ts';
import { openDatabase } from './database.ts';
import { asJson } from './json.ts';

const migrations: readonly string[] = [
  `CREATE TABLE entry (space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (space, key))`,
  `ALTER TABLE entry ADD COLUMN written INTEGER NOT NULL DEFAULT 0; UPDATE entry SET written = unixepoch() * 1000`, // milliseconds
];

/** The cache of the embedded store: `<folder>/lockkeeper.db`. Throws as openDatabase does. */
export function openStore(folder: string): Store & { close(): void } {
  const database = openDatabase({
    file: join(folder, 'lockkeeper.db'),
    migrations,
    // All that is kept here can be found out again. Waiting for the disk after each write would stop everything else that a scan does, hundreds of times.
    synchronous: 'NORMAL',
    whenDamaged: 'move it away with its -wal and -shm files; the next scan rebuilds what it held, except since when releases are known',
  });
  const { connection, attempt } = database;
  const read = connection.prepare('SELECT value FROM entry WHERE space = ? AND key = ?');
  const write = connection.prepare(
    `INSERT INTO entry (space, key, value, written) VALUES (?, ?, ?, ?)
     ON CONFLICT (space, key) DO UPDATE SET value = excluded.value, written = excluded.written`,
  );
  const remove = connection.prepare('DELETE FROM entry WHERE space = ? AND key = ?');
  return {
    async get<T>(space: string, key: string): Promise<T | undefined> {
      const value = attempt(`reading ${space}`, () => read.get(space, key)?.['value']);
      return typeof value === 'string' ? (JSON.parse(value) as T) : undefined;
    },
    async put(space, key, value) {
      const text = asJson(space, key, value);
      attempt(`writing ${space}`, () => write.run(space, key, text, Date.now()));
    },
    async putAll(space, entries) {
      const rows = [...entries].map(([key, value]) => [key, asJson(space, key, value)] as const);
      database.transaction(`writing ${space}`, () => {
        for (const [key, text] of rows) write.run(space, key, text, Date.now());
      });
    },
    async delete(space, key) {
      attempt(`writing ${space}`, () => remove.run(space, key));
    },
    async touch(space, keys) {
      const renew = connection.prepare('UPDATE entry SET written = ? WHERE space = ? AND key = ?');
      database.transaction(`writing ${space}`, () => {
        for (const key of keys) renew.run(Date.now(), space, key);
      });
    },
    async forget(space, before) {
      attempt(`tidying ${space}`, () =>
        connection.prepare('DELETE FROM entry WHERE space = ? AND written < ?').run(space, before.getTime()),
      );
    },
    close: database.close,
  };
}
