import { join } from 'node:path';
import { connect } from '../../../../src/adapters/store/postgres/connection.ts';
import { migrate } from '../../../../src/adapters/store/postgres/migrations.ts';
import { postgresStore } from '../../../../src/adapters/store/postgres/store.ts';
import { OutsideError, UsageError } from '../../../../src/domain/errors.ts';
import { storeContract } from '../../../support/contracts/store-contract.ts';
import { freePorts } from '../../../support/ports.ts';
import { tlsFixtures } from '../../../support/postgres-server.ts';
import { connections, describeOnPostgres } from '../../../support/with-postgres.ts';

describeOnPostgres('the cache in Postgres', (server) => {
  const { fresh, again } = connections(server);

  storeContract('postgres', async () => postgresStore(await fresh()));

  test('three processes that open a new database at once', async () => {
    const database = await server().createDatabase();
    await Promise.all([again(database), again(database), again(database)].map(migrate));
    const { rows } = { rows: await server().query(database, 'SELECT version FROM lockkeeper.schema_version') };
    expect(rows).toEqual([{ version: 2 }]);
  });

  test('a database of a newer Lockkeeper is refused, and stays as it is', async () => {
    const { address } = await fresh();
    await server().query(address.database, 'UPDATE lockkeeper.schema_version SET version = 99');
    const opening = migrate(again(address.database));
    await expect(opening).rejects.toThrow(UsageError);
    await expect(opening).rejects.toThrow(
      `${address.shown} was written by a newer Lockkeeper (its schema is 99, this one knows 2); use that one`,
    );
    expect(await server().query(address.database, 'SELECT version FROM lockkeeper.schema_version')).toEqual([{ version: 99 }]);
  });

  test('two that write the same rows in another order never block each other', async () => {
    const postgres = await fresh();
    const store = postgresStore(postgres);
    const entries = Array.from({ length: 500 }, (_, index) => [`key ${index}`, index] as const);
    await Promise.all(Array.from({ length: 8 }, (_, turn) => store.putAll('http', turn % 2 === 0 ? entries : entries.toReversed())));
    expect(await store.get('http', 'key 499')).toBe(499);
  });

  test('a server that ends and comes back: the store goes on, and no idle connection ends the process', async () => {
    const warnings: string[] = [];
    const store = postgresStore(await fresh((text) => warnings.push(text)));
    await store.put('http', 'a', 1);
    await server().restart();
    expect(await store.get('http', 'a')).toBe(1);
    expect(warnings.join()).toMatch(/an idle connection to database test_\d+ on 127\.0\.0\.1:\d+ ended/);
  });

  describe('TLS by the URL', () => {
    const opened = async (parameters: string): Promise<unknown> => {
      const postgres = connect(`${server().url('postgres')}?${parameters}`, () => {});
      try {
        const [row] = await postgres.run('looking', 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
        return row;
      } finally {
        await postgres.close();
      }
    };

    test('the server is verified by the authority in the URL', async () => {
      expect(await opened(`sslmode=verify-full&sslrootcert=${join(tlsFixtures, 'ca.pem')}`)).toEqual({ ssl: true });
    });

    test('a server of an unknown authority is refused', async () => {
      await expect(opened('sslmode=verify-full')).rejects.toThrow(/in database postgres on 127\.0\.0\.1:\d+: .*certificate/);
    });

    test('an authority that is not there', async () => {
      const opening = opened('sslmode=verify-full&sslrootcert=/nowhere/ca.pem');
      await expect(opening).rejects.toThrow(UsageError);
      await expect(opening).rejects.toThrow(/\/nowhere\/ca\.pem.*a file that store\.url names/);
    });
  });

  describe('what cannot be opened is told by database and host, with what to do, and without the password', () => {
    const opening = async (url: string): Promise<Error> => {
      const postgres = connect(url, () => {});
      try {
        await migrate(postgres);
      } catch (error) {
        if (Error.isError(error)) return error;
      } finally {
        await postgres.close();
      }
      throw new Error('it was opened');
    };
    const refusal = async (change: (url: URL) => void): Promise<Error> => {
      const url = new URL(server().url(await server().createDatabase()));
      url.password = 'hunter2hunter2';
      change(url);
      const error = await opening(url.href);
      expect(error.message).toContain(` on 127.0.0.1:${url.port}`);
      expect(error.message).not.toContain('hunter2');
      return error;
    };

    test('no such database', async () => {
      const error = await refusal((url) => {
        url.pathname = '/nowhere';
      });
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toMatch(/database nowhere on .*; create it \(CREATE DATABASE "nowhere"\)/);
    });

    test('a wrong password', async () => {
      await server().query('postgres', `CREATE ROLE guarded LOGIN PASSWORD 'another password'`);
      const error = await refusal((url) => {
        url.username = 'guarded';
      });
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toContain('the password of user "guarded" in store.url is wrong');
    });

    test('no such user', async () => {
      const error = await refusal((url) => {
        url.username = 'nobody-here';
      });
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toContain('user "nobody-here"');
    });

    test('no right to make schemas', async () => {
      await server().query('postgres', 'CREATE ROLE reader LOGIN');
      const error = await refusal((url) => {
        url.username = 'reader';
      });
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toMatch(/permission denied.*GRANT CREATE ON DATABASE "test_\d+" TO "reader"/);
    });

    test('no server', async () => {
      const [port] = await freePorts(1);
      const error = await refusal((url) => {
        url.port = String(port);
      });
      expect(error).toBeInstanceOf(OutsideError);
      expect(error.message).toMatch(/ECONNREFUSED.*see that the server runs/);
    });
  });
});
