import { connect, type Postgres } from '../../src/adapters/store/postgres/connection.ts';
import { migrate } from '../../src/adapters/store/postgres/migrations.ts';
import { describeWith } from './parts.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

/** Tests on one real server, started for all of them; each test asks for databases of its own. */
export function describeOnPostgres(name: string, body: (server: () => PostgresServer) => void): void {
  describeWith('postgresql', name, () => {
    let server: PostgresServer | undefined;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server?.stop());
    body(() => {
      if (server === undefined) throw new Error('the server has not been started');
      return server;
    });
  });
}

/** Connections to new, migrated databases, closed after each test. */
export function connections(server: () => PostgresServer) {
  let open: Postgres[] = [];
  afterEach(async () => {
    for (const each of open) await each.close();
    open = [];
  });
  const again = (database: string, warn: (text: string) => void = () => {}): Postgres => {
    const postgres = connect(server().url(database), warn);
    open.push(postgres);
    return postgres;
  };
  return {
    again,
    fresh: async (warn?: (text: string) => void): Promise<Postgres> => {
      const postgres = again(await server().createDatabase(), warn);
      await migrate(postgres);
      return postgres;
    },
  };
}
