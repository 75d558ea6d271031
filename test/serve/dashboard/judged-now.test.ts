import type { Job } from '../../../src/domain/queue.ts';
import { judgedNow } from '../../../src/serve/dashboard/judged-now.ts';

const job = (number: number, change: Partial<Job>): Job => ({
  id: String(number),
  data: { kind: 'validate', repository: 'local:shop', request: number },
  key: `local:shop!${number}`,
  trace: 'x',
  state: 'waiting',
  attempts: 0,
  addedAt: '2026-11-20T09:00:00Z',
  ...change,
});

test.each<[string, Partial<Job>, boolean]>([
  ['waits for its turn', {}, true],
  ['runs', { state: 'running', attempts: 1 }, true],
  ['could not be judged, and is tried again later', { attempts: 1, problem: 'no API server' }, false],
  ['is tried again', { state: 'running', attempts: 2, problem: 'no API server' }, true],
  ['is something else', { data: { kind: 'scan' } }, false],
])('a merge request whose job %s', async (_, change, expected) => {
  const jobs = [job(1, change)];
  const list = async (states: readonly Job['state'][] = []) => jobs.filter(({ state }) => states.includes(state));
  expect((await judgedNow({ list })).has('local:shop!1')).toBe(expected);
});
