import { expectEachOnce, workedByReplicas } from '../../support/replicas.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { describeOnPostgres } from '../../support/with-postgres.ts';

const folder = temporaryFolder();

test('two processes on one folder work 1,000 deliveries, one is killed: each job’s effect once, none lost', async () => {
  expectEachOnce(await workedByReplicas(`file:${folder()}/data`, folder(), 1));
});

describeOnPostgres('replicas', (server) => {
  test('three processes on one Postgres work 1,000 deliveries, one is killed: each job’s effect once, none lost', async () => {
    expectEachOnce(await workedByReplicas(server().url(await server().createDatabase()), folder(), 2));
  });
});
