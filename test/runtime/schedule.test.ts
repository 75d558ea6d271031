import { startSchedule } from '../../src/runtime/schedule.ts';

const ticksAt = async (cron: string, timezone: string, now: string): Promise<string[]> => {
  const ticks: string[] = [];
  const schedule = await startSchedule({
    name: 'scan',
    cron,
    timezone,
    now: () => new Date(now),
    onTick: async (id) => void ticks.push(id),
    onError: (error) => {
      throw error;
    },
  });
  await schedule.stop();
  return ticks;
};

test.each([
  ['hourly', '0 * * * *', 'Etc/UTC', '2026-11-21T12:46:43Z', ['scan 2026-11-21T12:00:00Z']],
  ['at the very minute', '0 * * * *', 'Etc/UTC', '2026-11-21T12:00:00Z', ['scan 2026-11-21T12:00:00Z']],
  ['in its own zone', '30 9 * * *', 'Europe/Stockholm', '2026-11-21T08:00:00Z', ['scan 2026-11-20T08:30:00Z']],
  ['weekly', '0 3 * * MON', 'Etc/UTC', '2026-11-21T12:00:00Z', ['scan 2026-11-16T03:00:00Z']],
  ['rarer than weekly', '0 3 1 1 *', 'Etc/UTC', '2026-11-21T12:00:00Z', []],
])('the last tick before the start is made at the start: %s', async (_, cron, timezone, now, expected) => {
  expect(await ticksAt(cron, timezone, now)).toEqual(expected);
});

test('a tick that fails is told, and the schedule starts all the same', async () => {
  const errors: unknown[] = [];
  const schedule = await startSchedule({
    name: 'scan',
    cron: '0 * * * *',
    timezone: 'Etc/UTC',
    now: () => new Date('2026-11-21T12:46:43Z'),
    onTick: () => Promise.reject(new Error('the store is down')),
    onError: (error) => errors.push(error),
  });
  await schedule.stop();
  expect(errors).toEqual([expect.objectContaining({ message: 'the store is down' })]);
});

test('each tick from then on is made', async () => {
  const ticks: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  import.meta.jest.useFakeTimers({ now: new Date('2026-11-21T12:59:58Z') });
  try {
    const schedule = await startSchedule({
      name: 'scan',
      cron: '* * * * *',
      timezone: 'Etc/UTC',
      now: () => new Date(),
      onTick: async (id) => {
        ticks.push(id);
        if (ticks.length === 3) resolve();
      },
      onError: (error) => {
        throw error;
      },
    });
    await import.meta.jest.advanceTimersByTimeAsync(65_000);
    await promise;
    await schedule.stop();
  } finally {
    import.meta.jest.useRealTimers();
  }
  expect(ticks).toEqual(['scan 2026-11-21T12:59:00Z', 'scan 2026-11-21T13:00:00Z', 'scan 2026-11-21T13:01:00Z']);
});
