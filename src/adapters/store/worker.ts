import { explain } from '../../domain/errors.ts';
import { type Job, RetryAt, type Worker, type WorkOptions } from '../../domain/queue.ts';
import type { Bell } from './bell.ts';

/** What a worker takes jobs from; each store has its own. */
export interface Claims {
  /** At most so many jobs that are due, now running here. */
  claim(room: number): Promise<readonly Job[]>;
  /** Says that they are still worked on; gives the ids of those that this worker does not have any more. */
  renew(jobs: readonly Job[]): Promise<readonly string[]>;
  finish(job: Job): Promise<void>;
  /** It waits again. `counts`: the attempt was one of those that it has. */
  postpone(job: Job, again: { readonly due: Date; readonly counts: boolean; readonly problem?: string }): Promise<void>;
  park(job: Job, problem: string): Promise<void>;
}

/** Milliseconds, all of them. */
export interface Pace {
  /** How soon the jobs that others add are seen. */
  readonly poll: number;
  /** Between two renewals. */
  readonly renew: number;
  /** Without a renewal for so long, a job may be given to another: work on it ends before. */
  readonly lease: number;
  /** Until the next try, after that many. */
  readonly backoff: (attempts: number) => number;
  /** What is aborted gets so long to come to an end by itself. */
  readonly grace: number;
}

const hour = 3_600_000;

/** 10 s, 30 s, 90 s … at most an hour; up to a fifth more or less, so that what failed together does not come back together. */
const backoff = (attempts: number): number => Math.min(hour, 10_000 * 3 ** (attempts - 1)) * (0.8 + 0.4 * Math.random());

export const usualPace: Pace = { poll: 1000, renew: 3000, lease: 9000, backoff, grace: 1000 };

export type Handle = (job: Job, signal: AbortSignal) => Promise<void>;

interface Running {
  readonly job: Job;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

interface Scene {
  readonly claims: Claims;
  readonly handle: Handle;
  readonly options: WorkOptions;
  readonly pace: Pace;
  readonly bell: Bell;
  /** The store's clock, milliseconds. */
  readonly now: () => number;
  /** The queue itself failed: the job comes back by its lease. */
  readonly warn: (text: string) => void;
}

/** Takes jobs as there is room for them, and settles each by what its handler did. */
export function startWorker(scene: Scene): Worker {
  const { claims, options, pace, bell, warn } = scene;
  const running = new Map<string, Running>();
  let stopping = false;
  let handingBack = false;
  let renewed = Date.now();

  const start = (job: Job): void => {
    const abort = new AbortController();
    const ended = work(scene, job, abort.signal, () => handingBack).finally(() => {
      running.delete(job.id);
      bell.ring();
    });
    running.set(job.id, { job, abort, ended });
  };
  const take = async (): Promise<void> => {
    while (!stopping) {
      const room = options.atOnce - running.size;
      const jobs = room === 0 ? [] : await claims.claim(room).catch((error: unknown) => said(warn, 'taking jobs', error, []));
      for (const job of jobs) start(job);
      if (jobs.length === 0) await bell.heard(pace.poll);
    }
  };
  const renew = async (): Promise<void> => {
    const begun = Date.now();
    if (running.size === 0) renewed = begun;
    try {
      const lost = await claims.renew([...running.values()].map(({ job }) => job));
      renewed = begun;
      for (const id of lost) running.get(id)?.abort.abort(new Error('another worker has this job now'));
    } catch (error) {
      said(warn, 'keeping jobs', error, undefined);
      if (Date.now() - renewed < pace.lease) return;
      for (const { abort } of running.values())
        abort.abort(new Error('the store cannot be reached, and another worker may have this job now'));
    }
  };
  const taking = take();
  const renewing = setInterval(() => void renew(), pace.renew);
  const all = (): Promise<unknown> => Promise.all([...running.values()].map(({ ended }) => ended));
  const stop = async (patience: number): Promise<void> => {
    stopping = true;
    bell.ring();
    await taking;
    await within(all(), patience);
    handingBack = true;
    for (const { abort } of running.values()) abort.abort(new Error('Lockkeeper stops'));
    await within(all(), pace.grace);
    for (const { job } of running.values()) await handBack(scene, job);
    clearInterval(renewing);
  };
  let stopped: Promise<void> | undefined;
  return {
    stop(patience) {
      stopped ??= stop(patience);
      return stopped;
    },
  };
}

async function work(
  { claims, handle, options, pace, now, warn }: Scene,
  job: Job,
  signal: AbortSignal,
  handingBack: () => boolean,
): Promise<void> {
  const settled = await outcome(() => handle(job, signal));
  try {
    if (settled.ok) return await claims.finish(job);
    const { error } = settled;
    if (handingBack() && signal.aborted) return await claims.postpone(job, { due: new Date(now()), counts: false });
    const problem = explain(error);
    if (error instanceof RetryAt) return await claims.postpone(job, { due: error.at, counts: false, problem });
    if (job.attempts >= options.attempts) return await claims.park(job, problem);
    await claims.postpone(job, { due: new Date(now() + pace.backoff(job.attempts)), counts: true, problem });
  } catch (error) {
    said(warn, `settling ${job.data.kind} ${job.key}`, error, undefined);
  }
}

async function handBack({ claims, now, warn }: Scene, job: Job): Promise<void> {
  await claims
    .postpone(job, { due: new Date(now()), counts: false })
    .catch((error: unknown) => said(warn, 'handing a job back', error, undefined));
}

async function outcome(run: () => Promise<void>): Promise<{ readonly ok: true } | { readonly ok: false; readonly error: unknown }> {
  try {
    await run();
    return { ok: true };
  } catch (error) {
    return { ok: false, error };
  }
}

function said<T>(warn: (text: string) => void, doing: string, error: unknown, instead: T): T {
  warn(`queue: ${doing}: ${explain(error)}`);
  return instead;
}

async function within(done: Promise<unknown>, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([done, late]);
  clearTimeout(timer);
}
