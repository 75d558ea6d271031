import { createHash } from 'node:crypto';
import type { Store } from '../../../domain/store.ts';
import { asJson } from '../json.ts';
import type { Postgres } from './connection.ts';

/** A row's name, whatever its text: an index holds no long ones, and Postgres no U+0000. */
export const nameOf = (...parts: readonly string[]): Buffer => createHash('sha256').update(JSON.stringify(parts)).digest();

interface Write {
  readonly space: string;
  readonly key: string;
  /** undefined: it is deleted. */
  readonly value: string | undefined;
}

/** The cache in Postgres, shared by all replicas. Values and keys are JSON in text. */
export function postgresStore(postgres: Postgres): Store {
  const write = inOrder((writes) => writeAll(postgres, writes));
  return {
    async get<T>(space: string, key: string): Promise<T | undefined> {
      const [row] = await postgres.run(`reading ${space}`, 'SELECT value FROM lockkeeper.entry WHERE name = $1', [nameOf(space, key)]);
      const value = row?.['value'];
      return typeof value === 'string' ? (JSON.parse(value) as T) : undefined;
    },
    put: async (space, key, value) => write([{ space, key, value: asJson(space, key, value) }]),
    putAll: async (space, entries) => write([...entries].map(([key, value]) => ({ space, key, value: asJson(space, key, value) }))),
    delete: (space, key) => write([{ space, key, value: undefined }]),
    async touch(space, keys) {
      const names = keys.map((key) => nameOf(space, key)).sort((a, b) => Buffer.compare(a, b));
      await postgres.run(
        `writing ${space}`,
        `WITH found AS (SELECT name FROM lockkeeper.entry WHERE name = ANY ($1::bytea[]) ORDER BY name FOR UPDATE)
         UPDATE lockkeeper.entry SET written = now() FROM found WHERE entry.name = found.name`,
        [names],
      );
    },
    async forget(space, before) {
      await postgres.run(
        `tidying ${space}`,
        // What somebody is writing is in use.
        `DELETE FROM lockkeeper.entry WHERE name IN
         (SELECT name FROM lockkeeper.entry WHERE space = $1 AND written < $2 FOR UPDATE SKIP LOCKED)`,
        [JSON.stringify(space), before.toISOString()],
      );
    },
  };
}

/** Writes in the order of asking, at most one statement at a time: what is asked for meanwhile goes together in the next. */
function inOrder(writeNow: (writes: readonly Write[]) => Promise<void>): (writes: readonly Write[]) => Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  let next: { readonly writes: Write[]; readonly done: Promise<void> } | undefined;
  return (writes) => {
    if (next === undefined) {
      const gathered: Write[] = [];
      const done = before.then(() => {
        next = undefined;
        return writeNow(gathered);
      });
      before = done.catch(() => undefined); // told to those who asked
      next = { writes: gathered, done };
    }
    next.writes.push(...writes);
    return next.done;
  };
}

async function writeAll(postgres: Postgres, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  const last = new Map(writes.map((one) => [JSON.stringify([one.space, one.key]), one]));
  // In one order everywhere: two processes that write the same rows wait for each other, and never both.
  const rows = [...last.values()]
    .map((one) => ({ ...one, name: nameOf(one.space, one.key) }))
    .sort((a, b) => Buffer.compare(a.name, b.name));
  const kept = rows.filter(({ value }) => value !== undefined);
  const spaces = [...new Set(rows.map(({ space }) => space))].join(', ');
  await postgres.run(
    `writing ${spaces}`,
    `WITH gone AS (DELETE FROM lockkeeper.entry WHERE name = ANY ($1::bytea[]))
     INSERT INTO lockkeeper.entry (name, space, key, value) SELECT * FROM unnest($2::bytea[], $3::text[], $4::text[], $5::text[])
     ON CONFLICT (name) DO UPDATE SET value = excluded.value, written = now()`,
    [
      rows.filter(({ value }) => value === undefined).map(({ name }) => name),
      kept.map(({ name }) => name),
      kept.map(({ space }) => JSON.stringify(space)),
      kept.map(({ key }) => JSON.stringify(key)),
      kept.map(({ value }) => value),
    ],
  );
}
