import { postgresQueue } from '../../../../src/adapters/store/postgres/queue.ts';
import { queueContract, scanOf, testPace } from '../../../support/contracts/queue-contract.ts';
import { connections, describeOnPostgres } from '../../../support/with-postgres.ts';

describeOnPostgres('the queue in Postgres', (server) => {
  const { fresh, again } = connections(server);
  const warnings: string[] = [];
  let open: ReturnType<typeof postgresQueue>[] = [];
  afterEach(async () => {
    for (const each of open) await each.close();
    open = [];
    expect(warnings.splice(0)).toEqual([]);
  });
  const queue = (postgres: Parameters<typeof postgresQueue>[0]) => {
    const made = postgresQueue(postgres, { warn: (text) => warnings.push(text), pace: testPace });
    open.push(made);
    return made;
  };

  queueContract('postgres', async () => {
    const postgres = await fresh();
    const { database } = postgres.address;
    return {
      queues: [queue(postgres), queue(again(database))],
      // The server's clock is nobody's to move: what is kept is made older.
      pass: async (ms) => {
        const past = `- ${ms} * interval '1 ms'`;
        await server().query(
          database,
          `UPDATE lockkeeper_jobs.job SET start_after = start_after ${past} WHERE state IN ('created', 'retry')`,
        );
        await server().query(database, `UPDATE lockkeeper.delivery SET at = at ${past}`);
      },
    };
  });

  test('a worker that was not heard of has lost its job: what it says afterwards counts for nothing', async () => {
    const postgres = await fresh();
    const jobs = queue(postgres);
    const told = Promise.withResolvers<unknown>();
    const worker = await jobs.work(
      async (_, signal) => {
        signal.addEventListener('abort', () => told.resolve(signal.reason));
        // As pg-boss does it, when another has taken the job after a silence.
        await server().query(postgres.address.database, 'UPDATE lockkeeper_jobs.job SET retry_count = retry_count + 1');
        await told.promise;
      },
      { atOnce: 1, attempts: 3 },
    );
    await jobs.add([scanOf('a')]);
    expect(String(await told.promise)).toContain('another worker has this job now');
    await worker.stop(1000);
    expect(await jobs.list()).toMatchObject([{ key: 'a', state: 'running', attempts: 2 }]);
  });

  test('a server that ends in the middle of work and comes back: nothing is lost', async () => {
    const jobs = queue(await fresh());
    const seen = new Set<string>();
    const worker = await jobs.work(
      async ({ key }) => {
        seen.add(key);
        if (seen.size === 20) await server().restart();
      },
      { atOnce: 4, attempts: 3 },
    );
    const keys = Array.from({ length: 60 }, (_, index) => `${index}`);
    await jobs.add(keys.map((key) => scanOf(key)));
    while (seen.size < keys.length || (await jobs.stats()).counts.running > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await worker.stop(1000);
    expect(await jobs.list()).toEqual([]);
    expect(warnings.splice(0).every((text) => text.startsWith('queue: ') || text.startsWith('store: '))).toBe(true);
  });
});
