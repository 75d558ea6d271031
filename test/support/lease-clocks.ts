import type { LeaseClock } from '../../src/deploy/lock/clock.ts';

/** Sleeps until it is no longer wanted. */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, fail) => {
    if (signal.aborted) fail(signal.reason as Error);
    signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true });
  });

/** Time that passes at once when somebody waits for the lock, and not at all while it is held. */
export class DreamClock implements LeaseClock {
  passed = 0;
  readonly #began: number;
  constructor(began = Date.UTC(2026, 10, 21, 19)) {
    this.#began = began;
  }
  /** What happens in the world while it sleeps. */
  meanwhile: () => Promise<void> = () => Promise.resolve();
  now(): Date {
    return new Date(this.#began + this.passed);
  }
  elapsed(): number {
    return this.passed;
  }
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 2000) await aborted(signal);
    signal.throwIfAborted();
    this.passed += ms;
    await this.meanwhile();
  }
}

/** Time that passes when the test says so: nobody ever wakes by himself. */
export class FrozenClock extends DreamClock {
  #wake: () => void = () => {};
  override sleep(_: number, signal: AbortSignal): Promise<void> {
    const woken = new Promise<void>((done) => {
      this.#wake = done;
    });
    return Promise.race([woken, aborted(signal)]);
  }
  /** Lets time pass, and wakes who renews the lock. */
  wake(ms: number): void {
    this.passed += ms;
    this.#wake();
  }
}
