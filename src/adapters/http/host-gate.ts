import { OutsideError } from '../../domain/errors.ts';

/** Failures in a row, nobody answering, after which a host is given up. */
const failuresToOpen = 3;

/** How long a host stays given up, in milliseconds: longer than a scan, shorter than the life of the service. */
const givenUpFor = 300_000;

/** Milliseconds that a host is left alone that does not say for how long; doubled each time. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
const shortestLimit = 60_000;

/** Milliseconds without a limit after which the next one is the first again. */
const limitsForgottenAfter = 600_000;

/** Paced requests: that many at once, then one for each interval (milliseconds). In a minute 80, which is what GitHub allows. */
const pacing = { burst: 20, interval: 1_000 };

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
  #limits = 0;
  #limitEnds = 0;
  #paceFrom = 0;
  /** Grows with each `limit`: who was let in before it heard nothing new. */
  wave = 0;

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

  /** Waits until one more paced request may be made. */
  async pace(): Promise<void> {
    const now = Date.now();
    this.#paceFrom = Math.max(this.#paceFrom, now) + pacing.interval;
    const early = this.#paceFrom - now - pacing.burst * pacing.interval;
    if (early > 0) await this.#wait(early);
  }

  /** A request let in at that wave was one too many: milliseconds to leave the host alone; undefined when that is known already. */
  limit(wave: number): number | undefined {
    if (wave !== this.wave) return undefined;
    this.wave += 1;
    const now = Date.now();
    this.#limits = now - this.#limitEnds > limitsForgottenAfter ? 1 : this.#limits + 1;
    const pause = shortestLimit * 2 ** (this.#limits - 1);
    this.#limitEnds = now + pause;
    return pause;
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
