import { setTimeout as sleep } from 'node:timers/promises';
import type { Schedule } from '../../runtime/schedule.ts';

/** Does it now, and again so many milliseconds after it was done; `turn` counts from 0. What it throws ends everything. */
export function every(pauseMs: number, work: (turn: number) => Promise<void>): Schedule {
  const stopped = new AbortController();
  const { signal } = stopped;
  const going = (async () => {
    for (let turn = 0; !signal.aborted; turn += 1) {
      await work(turn);
      await sleep(pauseMs, undefined, { signal }).catch(() => {}); // stopped
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await going;
    },
  };
}
