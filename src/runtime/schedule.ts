import { createTask } from 'node-cron';
import { instant } from '../domain/time.ts';

export interface Schedule {
  readonly stop: () => Promise<void>;
}

export interface ScheduleOptions {
  /** Names its ticks. */
  readonly name: string;
  /** Five fields, checked when app.yml was loaded. */
  readonly cron: string;
  /** IANA time zone. */
  readonly timezone: string;
  readonly now: () => Date;
  /** `id` is the same in every replica and after a restart: whoever counts ticks by it counts each once. */
  readonly onTick: (id: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Milliseconds that the event loop may have been blocked at a tick: later it runs all the same, just late. */
const lateness = 55_000;

/**
 * Ticks from now on, and once at the start for the last tick before it: if that was made, its id says so, and if the service was down, it is caught up.
 */
export async function startSchedule({ name, cron, timezone, now, onTick, onError }: ScheduleOptions): Promise<Schedule> {
  const tick = async (at: Date): Promise<void> => {
    try {
      await onTick(`${name} ${instant(at)}`);
    } catch (error) {
      onError(error);
    }
  };
  const task = createTask(cron, ({ date }) => tick(date), { timezone, missedExecutionTolerance: lateness, suppressMissedWarning: true });
  const missed = lastBefore((date) => task.match(date), now());
  if (missed !== undefined) await tick(missed);
  await task.start();
  return {
    stop: async () => {
      await task.destroy();
    },
  };
}

const minute = 60_000;
/** A weekly schedule is caught up too, a rarer one is not. */
const farthest = (8 * 24 * 3600_000) / minute;

/** The last full minute that matches, up to now; undefined when it lies more than eight days back. */
function lastBefore(matches: (date: Date) => boolean, now: Date): Date | undefined {
  const start = Math.floor(now.getTime() / minute);
  for (let back = 0; back < farthest; back += 1) {
    const date = new Date((start - back) * minute);
    if (matches(date)) return date;
  }
  return undefined;
}

/** The next full minute after now at which it ticks; undefined when that lies more than eight days ahead. */
export function nextTick({ cron, timezone }: Pick<ScheduleOptions, 'cron' | 'timezone'>, now: Date): Date | undefined {
  const task = createTask(cron, () => {}, { timezone });
  const start = Math.floor(now.getTime() / minute) + 1;
  for (let ahead = 0; ahead < farthest; ahead += 1) {
    const date = new Date((start + ahead) * minute);
    if (task.match(date)) return date;
  }
  return undefined;
}
