import { createBells } from '../../../src/adapters/store/bell.ts';
import { type Claims, startWorker, usualPace } from '../../../src/adapters/store/worker.ts';
import type { Job } from '../../../src/domain/queue.ts';
import { scanOf, testPace } from '../../support/contracts/queue-contract.ts';

const job: Job = { ...scanOf('a'), id: '1', state: 'running', attempts: 1, addedAt: '2026-11-21T12:00:00.000Z' };

/** A worker with one job, whose handler ends when its signal is aborted; gives the reason. */
async function aborted(more: Partial<Claims>, lease: number): Promise<{ readonly reason: string; readonly warnings: readonly string[] }> {
  const jobs = [job];
  const warnings: string[] = [];
  const reason = Promise.withResolvers<string>();
  const claims: Claims = {
    claim: async () => jobs.splice(0),
    renew: async () => [],
    finish: async () => {},
    postpone: async () => {},
    park: async () => {},
    ...more,
  };
  const worker = startWorker({
    claims,
    handle: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(reason.resolve(String(signal.reason))))),
    options: { atOnce: 1, attempts: 1 },
    pace: { ...testPace, renew: 5, lease },
    bell: createBells().hang(),
    now: Date.now,
    warn: (text) => warnings.push(text),
  });
  const found = { reason: await reason.promise, warnings };
  await worker.stop(0);
  return found;
}

test('work on a job that another worker has now is ended', async () => {
  expect((await aborted({ renew: async () => ['1'] }, 60_000)).reason).toContain('another worker has this job now');
});

test('work is ended when nobody could be told of it for as long as a lease', async () => {
  const renew = () => Promise.reject(new Error('no server'));
  const { reason, warnings } = await aborted({ renew }, 20);
  expect(reason).toContain('the store cannot be reached');
  expect(warnings).toContain('queue: keeping jobs: no server');
});

test.each([
  [1, 10],
  [2, 30],
  [3, 90],
  [20, 3000],
])('after attempt %i a pause of about %i seconds', (attempts, seconds) => {
  const pauses = Array.from({ length: 200 }, () => usualPace.backoff(attempts) / 1000);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(seconds * 0.8);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(seconds * 1.2);
  expect(new Set(pauses).size).toBeGreaterThan(100);
});
