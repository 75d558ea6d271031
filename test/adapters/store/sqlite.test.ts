import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sqlite } from '../../../src/adapters/sqlite.ts';
import { openStore } from '../../../src/adapters/store/sqlite.ts';
import { UsageError } from '../../../src/domain/errors.ts';
import { storeContract } from '../../support/contracts/store-contract.ts';
import { ended, startProgram } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const folder = temporaryFolder();
const module = JSON.stringify(join(import.meta.dirname, '../../../src/adapters/store/sqlite.ts'));
let open: ReturnType<typeof openStore>[] = [];
const store = (name = 'data') => {
  const opened = openStore(join(folder(), name));
  open.push(opened);
  return opened;
};
afterEach(() => {
  for (const each of open) each.close();
  open = [];
});

/** A program with `store` open on the folder. */
const another = (body: string) =>
  startProgram(`import { openStore } from ${module}; const store = openStore(${JSON.stringify(join(folder(), 'data'))}); ${body}`);
const codes = async (children: readonly ChildProcess[]) => (await Promise.all(children.map(ended))).map(({ code }) => code);

storeContract('sqlite', async () => store());

test('makes the folder for its owner alone, and its files', async () => {
  await store('a/b').put('http', 'a', 1);
  expect(statSync(join(folder(), 'a/b')).mode & 0o777).toBe(0o700);
  for (const file of ['lockkeeper.db', 'lockkeeper.db-wal']) {
    expect(statSync(join(folder(), 'a/b', file)).mode & 0o777).toBe(0o600);
  }
});

test('a value outlives its process, and closing twice is fine', async () => {
  const first = store();
  await first.putAll('http', [['a', { etag: 'x' }]]);
  first.close();
  first.close();
  expect(await store().get('http', 'a')).toEqual({ etag: 'x' });
});

test('WAL and full synchronisation', async () => {
  await store().put('http', 'a', 1);
  const database = new (sqlite().DatabaseSync)(join(folder(), 'data/lockkeeper.db'));
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  expect(database.prepare('SELECT version FROM schema_version').all()).toEqual([{ version: 2 }]);
  database.close();
});

test('prints no warning', async () => {
  const child = spawn(process.execPath, [
    '--input-type=module-typescript',
    '-e',
    `import { openStore } from ${module}; openStore(${JSON.stringify(folder())}).close(); process.emitWarning('SQL is fine');`,
  ]);
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  await once(child, 'close');
  expect(said).toContain('SQL is fine');
  expect(said).not.toContain('experimental');
});

describe('refuses, naming file and what to do', () => {
  const file = () => join(folder(), 'data/lockkeeper.db');
  const refusal = (): string => {
    try {
      store();
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      return String(error);
    }
    return 'opened';
  };

  test('a database of a newer Lockkeeper, which stays as it is', () => {
    store().close();
    const database = new (sqlite().DatabaseSync)(file());
    database.exec('UPDATE schema_version SET version = 99');
    expect(refusal()).toMatch(/data\/lockkeeper\.db: written by a newer Lockkeeper \(its schema is 99, this one knows 2\); use that one/);
    expect(database.prepare('SELECT version FROM schema_version').all()).toEqual([{ version: 99 }]);
    database.close();
  });

  test('a file that is no database', () => {
    mkdirSync(join(folder(), 'data'));
    writeFileSync(file(), 'this is not a database, and long enough to be looked at as one '.repeat(100));
    expect(refusal()).toMatch(/data\/lockkeeper\.db: .*not a database; move it away/);
  });

  test('a damaged database, at the latest when it is read', async () => {
    const first = store();
    await first.putAll(
      'http',
      Array.from({ length: 2000 }, (_, index) => [`${index}`, 'x'.repeat(1000)]),
    );
    first.close();
    truncateSync(file(), 300_000);
    const reading = async () => {
      const damaged = store();
      for (let index = 0; index < 2000; index += 1) await damaged.get('http', `${index}`);
    };
    await expect(reading()).rejects.toThrow(/data\/lockkeeper\.db: .*malformed.*move it away/);
    await expect(reading()).rejects.toBeInstanceOf(UsageError);
  });

  test('a folder that is a file', () => {
    writeFileSync(join(folder(), 'data'), '');
    expect(refusal()).toMatch(/data\/lockkeeper\.db: opening the store: .*store\.url/);
  });

  // Permissions do not bind root, and no other test can stand in for that.
  const unlessRoot = process.getuid?.() === 0 ? test.skip : test;
  unlessRoot('a folder that may not be written (not as root, who may write everywhere)', () => {
    mkdirSync(join(folder(), 'data'));
    chmodSync(join(folder(), 'data'), 0o500);
    expect(refusal()).toMatch(/data\/lockkeeper\.db: opening the store: .*store\.url/);
  });

  test('a database that is a folder', () => {
    mkdirSync(file(), { recursive: true });
    expect(refusal()).toMatch(/data\/lockkeeper\.db: /);
  });
});

describe('several processes', () => {
  test('opening a new store at once', async () => {
    const children = Array.from({ length: 6 }, (_, index) => another(`await store.put('who', '${index}', true); store.close();`));
    expect(await codes(children)).toEqual([0, 0, 0, 0, 0, 0]);
    const seen = store();
    expect(await Promise.all(['0', '1', '2', '3', '4', '5'].map((key) => seen.get('who', key)))).toEqual(Array(6).fill(true));
  });

  test('writing at once loses nothing', async () => {
    const write = (name: string) => another(`for (let i = 0; i < 200; i += 1) await store.put('${name}', String(i), i); store.close();`);
    const children = [write('left'), write('right')];
    const exits = codes(children);
    const mine = store();
    for (let index = 0; index < 200; index += 1) await mine.put('mine', String(index), index);
    expect(await exits).toEqual([0, 0]);
    for (const space of ['left', 'right', 'mine']) {
      for (let index = 0; index < 200; index += 1) expect(await mine.get(space, String(index))).toBe(index);
    }
  });

  test('killed in the middle of putAll: all or none, and what was acknowledged is there', async () => {
    for (let round = 0; round < 5; round += 1) {
      const child = another(`
        for (let batch = 1; ; batch += 1) {
          await store.putAll('batch', Array.from({ length: 500 }, (_, i) => [String(i), batch]));
          process.stdout.write(batch + '\\n');
        }`);
      const end = ended(child);
      let batches = 0;
      child.stdout?.on('data', (data: Buffer) => {
        batches += data.toString().split('\n').length - 1;
        if (batches > 2 + round) child.kill('SIGKILL');
      });
      const { out } = await end;
      const acknowledged = Number(out.trimEnd().split('\n').at(-1));
      const seen = store();
      const values = new Set<unknown>();
      for (let index = 0; index < 500; index += 1) values.add(await seen.get('batch', String(index)));
      expect(values.size).toBe(1);
      expect([...values][0]).toBeGreaterThanOrEqual(acknowledged);
      seen.close();
    }
    expect(existsSync(join(folder(), 'data/lockkeeper.db'))).toBe(true);
  });
});
