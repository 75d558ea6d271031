import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePorts } from './ports.ts';
import { postgresPrograms } from './postgres-programs.ts';

/** Keys of a server at localhost and 127.0.0.1, and the authority that signed them. */
export const tlsFixtures = join(import.meta.dirname, '../fixtures/tls');

export interface PostgresServer {
  readonly port: number;
  /** As the superuser: everybody is believed without a password, only the user `guarded` is not. */
  url(database: string): string;
  /** An empty database with a name of its own. */
  createDatabase(): Promise<string>;
  /** One statement as the superuser. */
  query(database: string, text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Ends it at once and starts it again at the same port, as after a crash. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A real server on loopback, its data in a temporary folder and never forced to the disk. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = postgresPrograms();
  if (bin === undefined) throw new Error('postgresql is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-postgres-'));
  const as = unprivileged();
  if (as !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  const options = { ...as, cwd: folder, env: { PATH: process.env['PATH'] } };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8', '--locale=C'], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const tls = serverKeys(data, as);
  writeFileSync(join(data, 'pg_hba.conf'), 'host all guarded all scram-sha-256\nhost all all all trust\n');
  const [port = 0] = await freePorts(1);
  const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=60', 'shared_buffers=32MB', 'listen_addresses=127.0.0.1', ...tls];
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-k', folder, '-p', String(port), ...settings.flatMap((one) => ['-c', one])], {
      ...options,
      stdio: 'ignore',
    });
    await ready(port, child);
    return child;
  };
  let server = await start();
  const end = async (): Promise<void> => {
    const gone = once(server, 'close');
    server.kill('SIGQUIT'); // immediately, and its children with it
    await gone;
  };
  const url = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  let databases = 0;
  return {
    port,
    url,
    query: (database, text, values) => ask(url(database), text, values),
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`; // others may come while it is made
      await ask(url('postgres'), `CREATE DATABASE ${name}`);
      return name;
    },
    async restart() {
      await end();
      server = await start();
    },
    async stop() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ask(url: string, text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** TLS is there for those who ask for it. */
function serverKeys(data: string, as: { readonly uid: number; readonly gid: number } | undefined): readonly string[] {
  for (const name of ['server.pem', 'server.key']) {
    copyFileSync(join(tlsFixtures, name), join(data, name));
    chmodSync(join(data, name), 0o600);
    if (as !== undefined) chownSync(join(data, name), as.uid, as.gid);
  }
  return ['ssl=on', 'ssl_cert_file=server.pem', 'ssl_key_file=server.key'];
}

/** Postgres refuses to run as root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (what: string): number => Number(execFileSync('id', [what, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function ready(port: number, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 400 && server.exitCode === null; attempt += 1) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`postgres did not come up at port ${port}`);
}
