import { postgresJournal } from '../../../../src/adapters/store/postgres/journal.ts';
import { journalContract } from '../../../support/contracts/journal-contract.ts';
import { expectOneChain } from '../../../support/journal-writers.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { connections, describeOnPostgres } from '../../../support/with-postgres.ts';

describeOnPostgres('the journal in Postgres', (server) => {
  const { fresh, again } = connections(server);
  const folder = temporaryFolder();

  journalContract('postgres', async () => {
    const postgres = await fresh();
    const { database } = postgres.address;
    return {
      store: postgresJournal(postgres),
      again: async () => postgresJournal(again(database)),
      tamper: async (number, text) => {
        await server().query(database, `UPDATE lockkeeper.journal SET entry = '${text}' WHERE number = ${number}`);
      },
    };
  });

  test('three processes that see the same events at the same time write each once, in one chain', async () => {
    await expectOneChain(server().url(await server().createDatabase()), folder());
  });
});
