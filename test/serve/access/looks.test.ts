import pino from 'pino';
import type { NewJob } from '../../../src/domain/queue.ts';
import { reviewJob } from '../../../src/serve/access/jobs.ts';
import { startAccessLooks } from '../../../src/serve/access/looks.ts';

const log = pino({ enabled: false });
const repository = 'gitlab:platform/production';

async function looks(isOn: boolean, reviews: (all: boolean) => Promise<readonly NewJob[]>) {
  const jobs: NewJob[] = [];
  const queue = {
    add: (added: readonly NewJob[]) => {
      jobs.push(...added);
      return Promise.resolve('added' as const);
    },
  };
  const asked: boolean[] = [];
  const access = {
    isOn,
    warnOfLost: () => Promise.resolve(),
    reviews: (_: string, all: boolean) => {
      asked.push(all);
      return reviews(all);
    },
  };
  const started = await startAccessLooks({ access, queue, log });
  await started.stop();
  return { asked, jobs: jobs.map(({ data, key }) => `${data.kind} ${key}`).toSorted() };
}

test('at the start all open merge requests are looked at, and what the forges enforce', async () => {
  const { asked, jobs } = await looks(true, () => Promise.resolve([reviewJob(repository, 7, 't')]));
  expect([asked, jobs]).toEqual([[true], ['access-audit ', `access-review ${repository}!7`]]);
});

test('where nobody may approve, only those are looked at that were before', async () => {
  const { asked, jobs } = await looks(false, () => Promise.resolve([reviewJob(repository, 7, 't')]));
  expect([asked, jobs]).toEqual([[false], [`access-review ${repository}!7`]]);
});

test('a look that fails stops nothing', async () => {
  const { jobs } = await looks(true, () => Promise.reject(new Error('down')));
  expect(jobs).toEqual(['access-audit ']);
});
