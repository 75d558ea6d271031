import { join } from 'node:path';
import { sqlite } from '../../../src/adapters/sqlite.ts';
import { openQueue } from '../../../src/adapters/store/queue.ts';
import { queueContract, scanOf, testPace } from '../../support/contracts/queue-contract.ts';
import { ended, startProgram } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const folder = temporaryFolder();
let open: ReturnType<typeof openQueue>[] = [];
let later = 0;
const warnings: string[] = [];
const queue = () => {
  const opened = openQueue(folder(), { warn: (text) => warnings.push(text), now: () => Date.now() + later, pace: testPace });
  open.push(opened);
  return opened;
};
beforeEach(() => {
  later = 0;
});
afterEach(() => {
  for (const each of open) each.close();
  open = [];
  expect(warnings.splice(0)).toEqual([]);
});

queueContract('embedded', async () => ({
  queues: [queue(), queue()],
  pass: async (ms) => {
    later += ms;
  },
}));

test('what is acknowledged is on the disk', async () => {
  await queue().add([scanOf('a')]);
  const database = new (sqlite().DatabaseSync)(join(folder(), 'queue.db'));
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  database.close();
});

/** A process that begins the job, says so and never ends it. */
async function beginAndHang() {
  const module = JSON.stringify(join(import.meta.dirname, '../../../src/adapters/store/queue.ts'));
  const child = startProgram(
    `import { openQueue } from ${module};
     const queue = openQueue(${JSON.stringify(folder())}, { warn: console.error });
     await queue.work(() => new Promise(() => console.log('begun')), { atOnce: 1, attempts: 2 });`,
  );
  const end = ended(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return async () => {
    child.kill('SIGKILL');
    await end;
  };
}

test('a killed process’ job is given to another, not before; one that ends every process is parked', async () => {
  const mine = queue();
  await mine.add([scanOf('a')]);
  for (const attempts of [1, 2]) {
    const kill = await beginAndHang();
    const other = await mine.work(async () => {}, { atOnce: 1, attempts: 2 });
    await mine.add([scanOf('b')]);
    while ((await mine.list()).some(({ key }) => key === 'b')) await new Promise(setImmediate);
    expect(await mine.list()).toMatchObject([{ key: 'a', state: 'running', attempts }]);
    await other.stop(0);
    await kill();
  }
  const last = await mine.work(async () => {}, { atOnce: 1, attempts: 2 });
  while ((await mine.list(['running'])).length > 0) await new Promise(setImmediate);
  expect(await mine.list()).toMatchObject([{ key: 'a', state: 'parked', attempts: 2, problem: 'the process that worked on it ended' }]);
  await last.stop(0);
});
