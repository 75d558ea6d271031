import { setTimeout } from 'node:timers/promises';

/** Time, for tests. */
export interface LeaseClock {
  now(): Date;
  /** Milliseconds; never backwards. */
  elapsed(): number;
  /** Rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const steadyClock: LeaseClock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
};
