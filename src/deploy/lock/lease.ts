import type { ApiRequest, ApiServer } from '../../domain/cluster.ts';
import { explain, OutsideError, RefusedError } from '../../domain/errors.ts';
import { type LeaseClock, steadyClock } from './clock.ts';
import {
  claimed,
  type Holder,
  holderOf,
  isHeldBy,
  type LeaseClaim,
  type LeaseObject,
  leaseName,
  lockNamespace,
  released,
  renewed,
  runOf,
  signOfLife,
  silenceOf,
} from './lease-record.ts';
import { LeaseRequests } from './lease-requests.ts';

export interface LeaseOptions extends Omit<LeaseClaim, 'environment' | 'durationMs'> {
  /** How long is waited for another run. Milliseconds. */
  readonly patienceMs: number;
  /** Told once of each run that is waited for. */
  readonly onWait: (holder: Holder) => void;
  readonly warn: (text: string) => void;
  /** After how long a silent holder counts as dead. Milliseconds; only tests want another. */
  readonly durationMs?: number | undefined;
  readonly clock?: LeaseClock | undefined;
}

/** The lock of an environment, while it is held. */
export interface HeldLease {
  /** See nextRun: later than every run that had the lock before. */
  readonly run: string;
  /**
   * The server. A write waits until the lock is known to be ours, and fails where it is not. One that is on its way when the work is stopped is
   * not cut off for a while: nobody would know whether it was done.
   */
  readonly server: ApiServer;
  /** Asks the cluster whether the lock is still ours. */
  stillOurs(): Promise<boolean>;
  /** The run went well: when the lock is let go, that is written on it. */
  succeeded(): void;
}

/**
 * Works while no other run has the lock of the environment: a Lease in the target cluster, after the rules of client-go's leader election
 * (https://pkg.go.dev/k8s.io/client-go/tools/leaderelection). The signal that `work` gets is aborted when the lock is lost: from then on
 * nothing may be written. Throws OutsideError when another run has it for longer than the patience, and where the server cannot be asked.
 */
export async function withLease<T>(
  server: ApiServer,
  environment: string,
  options: LeaseOptions,
  signal: AbortSignal,
  work: (held: HeldLease, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lease = new Lease(server, environment, options);
  const run = await lease.acquire(signal);
  const keeping = lease.keep();
  try {
    const either = AbortSignal.any([signal, lease.lost]);
    return await work(
      { run, server: lease.guarded(signal), stillOurs: () => lease.stillOurs(), succeeded: () => lease.succeeded() },
      either,
    );
  } finally {
    await keeping.stop();
    await lease.release();
  }
}

export const usualDuration = 30_000;

class Lease {
  readonly #server: ApiServer;
  readonly #requests: LeaseRequests;
  readonly #claim: LeaseClaim;
  readonly #options: LeaseOptions;
  readonly #clock: LeaseClock;
  readonly #duration: number;
  readonly #lost = new AbortController();
  /** As the server has it, as far as we know. */
  #standing: LeaseObject = {};
  /** When the last renewal that succeeded was sent, by both clocks: one of them stands still while a machine sleeps. */
  #fresh = { elapsed: 0, now: 0 };
  #renewing: Promise<void> | undefined;
  #succeeded = false;

  constructor(server: ApiServer, environment: string, options: LeaseOptions) {
    this.#server = server;
    this.#requests = new LeaseRequests(server, environment);
    this.#options = options;
    this.#clock = options.clock ?? steadyClock;
    this.#duration = options.durationMs ?? usualDuration;
    const { holder, repository, commit } = options;
    this.#claim = { environment, holder, repository, commit, durationMs: this.#duration };
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Gives the id of the run. */
  async acquire(signal: AbortSignal): Promise<string> {
    const began = this.#clock.elapsed();
    let watched = { sign: '', since: began };
    let told = '';
    for (;;) {
      signal.throwIfAborted();
      const seen = await this.#requests.read(signal);
      const sign = seen === undefined ? '' : signOfLife(seen);
      if (sign !== watched.sign) watched = { sign, since: this.#clock.elapsed() };
      const holder = this.#otherHolder(seen, this.#clock.elapsed() - watched.since);
      if (holder === undefined && (await this.#take(seen, signal))) return runOf(this.#standing) ?? '';
      if (holder !== undefined && holder.name !== told) this.#options.onWait(holder);
      told = holder?.name ?? told;
      if (this.#clock.elapsed() - began >= this.#options.patienceMs) throw this.#busy(holder);
      await this.#clock.sleep(this.#duration / 15, signal);
    }
  }

  /** Who has it, and has not been silent for so long that it is dead. */
  #otherHolder(seen: LeaseObject | undefined, silentFor: number): Holder | undefined {
    const isFree = seen === undefined || holderOf(seen).name === '' || isHeldBy(seen, this.#claim.holder);
    return isFree || silentFor > silenceOf(seen, this.#duration) ? undefined : holderOf(seen);
  }

  #busy(holder: Holder | undefined): OutsideError {
    const { name = 'others', since = '' } = holder ?? {};
    const who = since === '' ? name : `${name}, since ${since}`;
    const where = `Lease ${lockNamespace}/${leaseName(this.#claim.environment)}`;
    return new OutsideError(this.#server.host, `another deployment run has the lock of ${this.#claim.environment} (${where}): ${who}`);
  }

  /** False where another was faster, or what became of it is not known: then it is looked at again. */
  async #take(seen: LeaseObject | undefined, signal: AbortSignal): Promise<boolean> {
    const sent = this.#instant();
    const wanted = claimed(seen, this.#claim, this.#clock.now());
    try {
      const taken = await (seen === undefined ? this.#requests.create(wanted, signal) : this.#requests.replace(wanted, signal));
      return this.#keepAs(taken, sent);
    } catch (error) {
      if (!(error instanceof OutsideError) || error instanceof RefusedError || error.status !== undefined) throw error;
      this.#options.warn(`${explain(error)}: looking again who has the lock of ${this.#claim.environment}`);
      return false;
    }
  }

  #keepAs(lease: LeaseObject | undefined, sent: { readonly elapsed: number; readonly now: number }): boolean {
    if (lease === undefined) return false;
    this.#standing = lease;
    this.#fresh = sent;
    return true;
  }

  #instant(): { readonly elapsed: number; readonly now: number } {
    return { elapsed: this.#clock.elapsed(), now: this.#clock.now().getTime() };
  }

  /** For how long nothing is known of the lock, by the clock that says more. */
  #age(): number {
    const { elapsed, now } = this.#instant();
    return Math.max(elapsed - this.#fresh.elapsed, Math.abs(now - this.#fresh.now));
  }

  /** Renews it again and again. */
  keep(): { stop(): Promise<void> } {
    const stop = new AbortController();
    const kept = this.#keep(AbortSignal.any([stop.signal, this.lost]));
    return {
      stop: () => {
        stop.abort();
        return kept;
      },
    };
  }

  async #keep(signal: AbortSignal): Promise<void> {
    let pause = this.#duration / 3;
    for (;;) {
      await this.#clock.sleep(pause, signal).catch(() => {});
      if (signal.aborted) return;
      pause = this.#duration / 3;
      await this.#renew().catch((error: unknown) => {
        pause = this.#duration / 15;
        if (this.#age() > this.#duration) this.#lose(explain(error));
      });
    }
  }

  #lose(why: string): void {
    const what = `the lock of ${this.#claim.environment} was lost, and nothing more is written: ${why}`;
    if (!this.lost.aborted) this.#lost.abort(new OutsideError(this.#server.host, what));
  }

  /** One at a time, whoever asks. Throws OutsideError where it is not known to be ours. */
  #renew(): Promise<void> {
    const limit = AbortSignal.timeout(this.#duration / 3);
    this.#renewing ??= this.#renewOnce(AbortSignal.any([this.lost, limit]))
      .catch((cause: unknown) => {
        this.lost.throwIfAborted();
        throw new OutsideError(this.#server.host, `renewing the lock of ${this.#claim.environment}`, { cause });
      })
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  async #renewOnce(signal: AbortSignal): Promise<void> {
    if (await this.#replace(this.#standing, signal)) return;
    // Somebody wrote on it, or an answer to us was lost: whose it is decides.
    const seen = await this.#requests.read(signal);
    if (seen !== undefined && isHeldBy(seen, this.#claim.holder)) {
      if (await this.#replace(seen, signal)) return;
      throw new OutsideError(this.#server.host, 'others write on it all the time');
    }
    const { name = '' } = seen === undefined ? {} : holderOf(seen);
    this.#lose(name === '' ? 'somebody took it away' : `${name} has it`);
  }

  async #replace(standing: LeaseObject, signal: AbortSignal): Promise<boolean> {
    const sent = this.#instant();
    return this.#keepAs(await this.#requests.replace(renewed(standing, this.#clock.now()), signal), sent);
  }

  async stillOurs(): Promise<boolean> {
    try {
      await this.#renew();
    } catch (error) {
      if (!this.lost.aborted) throw error;
    }
    return !this.lost.aborted;
  }

  /** Who was frozen, or cut off, finds out whether the lock is still there before it writes again. */
  guarded(stop: AbortSignal): ApiServer {
    const server = this.#server;
    const cutOff = AbortSignal.any([this.lost, later(stop)]);
    return {
      host: server.host,
      throwAway: server.throwAway,
      kinds: (signal) => server.kinds(signal),
      discover: (signal) => server.discover(signal),
      ask: async (of, signal) => {
        if (!isWrite(of)) return server.ask(of, signal);
        await this.#certain();
        signal?.throwIfAborted();
        return server.ask(of, cutOff);
      },
    };
  }

  async #certain(): Promise<void> {
    if (!this.lost.aborted && this.#age() > (this.#duration * 2) / 3) await this.#renew();
    this.lost.throwIfAborted();
  }

  succeeded(): void {
    this.#succeeded = true;
  }

  /** So that the next may have it at once. Where that fails, the next waits until it counts as dead. */
  async release(): Promise<void> {
    if (this.lost.aborted) return;
    const signal = AbortSignal.timeout(this.#duration / 3);
    try {
      await this.#renewing?.catch(() => {}); // one on its way would take it again
      if ((await this.#requests.replace(released(this.#standing, this.#clock.now(), this.#succeeded), signal)) !== undefined) return;
      const seen = await this.#requests.read(signal);
      if (seen !== undefined && isHeldBy(seen, this.#claim.holder))
        await this.#requests.replace(released(seen, this.#clock.now(), this.#succeeded), signal);
    } catch (error) {
      this.#options.warn(
        `the lock of ${this.#claim.environment} could not be let go: ${explain(error)}; the next run waits until it counts as dead`,
      );
    }
  }
}

/** Milliseconds; who asks a process to stop waits not much longer before he kills it. */
const grace = 8000;

function later(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  signal.addEventListener('abort', () => globalThis.setTimeout(() => late.abort(signal.reason), grace).unref(), { once: true });
  return late.signal;
}

const isWrite = ({ method, path }: ApiRequest): boolean => method !== 'GET' && !/[?&]dryRun=All(?:&|$)/.test(path);
