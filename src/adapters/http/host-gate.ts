import { OutsideError } from '../../domain/errors.ts';

/** Failures in a row, nobody answering, after which a host is given up. */
const failuresToOpen = 3;

/** How long a host stays given up, in milliseconds: longer than a scan, shorter than the life of the service. */
const givenUpFor = 300_000;

/** One host's door: how many requests at once, when to wait, and when to stop asking. */
export class HostGate {
  readonly #host: string;
  readonly #waiting: { readonly ahead: (() => void)[]; readonly others: (() => void)[] } = { ahead: [], others: [] };
  #free: number;
  readonly #wait: (ms: number) => Promise<void>;
  #pause: Promise<void> | undefined;
  #pausedUntil = 0;
  #closedUntil = 0;
  #closedBecause = '';
  #failures = 0;

  constructor(host: string, concurrency: number, wait: (ms: number) => Promise<void>) {
    this.#host = host;
    this.#free = concurrency;
    this.#wait = wait;
  }

  /** Waits for a free place, before those who wait without `ahead`; the function given back leaves it again. */
  async enter(ahead: boolean): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((enter) => this.#waiting[ahead ? 'ahead' : 'others'].push(enter));
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.#waiting.ahead.shift() ?? this.#waiting.others.shift();
      if (next === undefined) this.#free += 1;
      else next();
    };
  }

  /** Waits until the host's pauses are over. Throws OutsideError while the host is given up. */
  async open(): Promise<void> {
    this.check();
    while (this.#pause !== undefined) await this.#pause;
    this.check();
  }

  /** Throws OutsideError while the host is given up. */
  check(): void {
    if (Date.now() < this.#closedUntil) throw new OutsideError(this.#host, this.#closedBecause);
  }

  /** Nobody asks this host anything for that long. */
  pause(ms: number): void {
    const until = Date.now() + ms;
    if (this.#pause !== undefined && until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    const pause = this.#wait(ms).finally(() => {
      if (this.#pause === pause) this.#pause = undefined;
    });
    this.#pause = pause;
  }

  /** The host wants to be left alone until then: every request fails at once with the text. */
  close(until: Date, because: string): void {
    this.#closedUntil = until.getTime();
    this.#closedBecause = because;
  }

  answered(): void {
    this.#failures = 0;
  }

  /** Nobody answered. */
  failed(text: string): void {
    this.#failures += 1;
    if (this.#failures < failuresToOpen) return;
    this.close(new Date(Date.now() + givenUpFor), `${this.#host} was given up after ${failuresToOpen} failures in a row: ${text}`);
  }
}
