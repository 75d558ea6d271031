import { postgresLocks } from '../../../../src/adapters/store/postgres/locks.ts';
import { locksContract } from '../../../support/contracts/locks-contract.ts';
import { connections, describeOnPostgres } from '../../../support/with-postgres.ts';

describeOnPostgres('locks in Postgres', (server) => {
  const { again } = connections(server);
  let open: ReturnType<typeof postgresLocks>[] = [];
  const locks = (database: string) => {
    const made = postgresLocks(again(database));
    open.push(made);
    return made;
  };
  afterEach(async () => {
    for (const each of open) await each.close();
    open = [];
  });

  locksContract('postgres', async () => {
    const database = await server().createDatabase();
    return [locks(database), locks(database)];
  });

  test('a lost connection is told to who holds the lock, before another can do harm, and the next one has a new connection', async () => {
    const database = await server().createDatabase();
    const [here, there] = [locks(database), locks(database)];
    const held = here.hold('a', 1000, async (signal) => {
      const told = new Promise((resolve) => signal.addEventListener('abort', resolve));
      await server().query(
        database,
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()`,
      );
      await told;
      return await there.hold('a', 1000, async (other) => other.aborted);
    });
    expect(await held).toBe(false);
    expect(await here.hold('a', 1000, async ({ aborted }) => aborted)).toBe(false);
  });
});
