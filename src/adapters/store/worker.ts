import { explain } from '../../domain/errors.ts';
import { type Job, RetryAt, type Turn, turnOf, type Worker, type WorkOptions } from '../../domain/queue.ts';
import type { Bell } from './bell.ts';

/** What a worker takes jobs from; each store has its own. */
export interface Claims {
  /** At most so many jobs that are due, now running here: those whose turn comes first, then the others. */
  claim(room: Room): Promise<readonly Job[]>;
  /** Says that they are still worked on; gives the ids of those that this worker does not have any more. */
  renew(jobs: readonly Job[]): Promise<readonly string[]>;
  finish(job: Job): Promise<void>;
  /** It waits again. `counts`: the attempt was one of those that it has. */
  postpone(job: Job, again: { readonly due: Date; readonly counts: boolean; readonly problem?: string }): Promise<void>;
  park(job: Job, problem: string): Promise<void>;
}

/** How many more may run. */
export interface Room {
  readonly all: number;
  /** Of those whose turn comes first. */
  readonly first: number;
  /** Of all others, and of them those whose turn comes last. */
  readonly others: number;
  readonly last: number;
}

/** Places beside `atOnce` that only those take whose turn comes first. */
const kept = 1;

function roomBeside(running: readonly Job[], atOnce: number): Room {
  const count = (turn: Turn): number => running.filter(({ data }) => turnOf(data.kind) === turn).length;
  const left = (limit: number, taken: number): number => Math.max(0, limit - taken);
  return {
    all: left(atOnce + kept, running.length),
    first: left(kept + Math.floor(atOnce / 2), count('first')),
    others: left(atOnce, running.length - count('first')),
    last: left(Math.ceil(atOnce / 2), count('last')),
  };
}

/** Milliseconds, all of them. */
export interface Pace {
  /** How soon the jobs that others add are seen. */
  readonly poll: number;
  /** Between two renewals. */
  readonly renew: number;
  /** Work ends that could not be renewed for so long: soon after, it may be given to another. */
  readonly lease: number;
  /** Until the next try, after that many. */
  readonly backoff: (attempts: number) => number;
  /** What is aborted gets so long to come to an end by itself. */
  readonly grace: number;
}

const jitter = 0.2;
const longest = 3_600_000 / (1 + jitter);

/** 10 s, 30 s, 90 s … at most an hour; up to a fifth more or less, so that what failed together does not come back together. */
const backoff = (attempts: number): number => Math.min(longest, 10_000 * 3 ** (attempts - 1)) * (1 - jitter + 2 * jitter * Math.random());

export const usualPace: Pace = { poll: 1000, renew: 3000, lease: 6000, backoff, grace: 1000 };

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
  const running = new Set<Running>();
  let stopping = false;
  let handingBack = false;

  const start = (job: Job): void => {
    const abort = new AbortController();
    const ended = work(scene, job, abort.signal, () => handingBack).finally(() => {
      running.delete(one);
      bell.ring();
    });
    const one: Running = { job, abort, ended };
    running.add(one);
  };
  const take = async (): Promise<void> => {
    while (!stopping) {
      const room = roomBeside(
        [...running].map(({ job }) => job),
        options.atOnce,
      );
      const jobs = room.all === 0 ? [] : await claims.claim(room).catch((error: unknown) => said(warn, 'taking jobs', error, []));
      for (const job of jobs) start(job);
      if (jobs.length === 0) await bell.heard(pace.poll);
    }
  };
  const taking = take();
  const stopRenewing = keepRenewing(scene, running);
  const all = (): Promise<unknown> => Promise.all([...running].map(({ ended }) => ended));
  const stop = async (patience: number): Promise<void> => {
    stopping = true;
    bell.ring();
    await taking;
    await within(all(), patience);
    handingBack = true;
    for (const { abort } of running) abort.abort(new Error('Lockkeeper stops'));
    await within(all(), pace.grace);
    for (const { job } of running) await handBack(scene, job);
    stopRenewing();
  };
  let stopped: Promise<void> | undefined;
  return {
    stop(patience) {
      stopped ??= stop(patience);
      return stopped;
    },
  };
}

/** Says of the jobs that they are worked on; aborts those that another worker has, and all when that could not be said for as long as a lease. */
function keepRenewing({ claims, pace, warn }: Scene, running: ReadonlySet<Running>): () => void {
  let renewed = Date.now();
  let asking = false;
  const renew = async (): Promise<void> => {
    const begun = Date.now();
    const ours = [...running].filter(({ abort }) => !abort.signal.aborted);
    asking = true;
    try {
      const lost = await claims.renew(ours.map(({ job }) => job));
      renewed = begun;
      for (const { job, abort } of ours) if (lost.includes(job.id)) abort.abort(new Error('another worker has this job now'));
    } catch (error) {
      said(warn, 'keeping jobs', error, undefined);
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => {
    if (running.size === 0) renewed = Date.now();
    const late = Date.now() - renewed >= pace.lease;
    for (const { abort } of late ? running : [])
      abort.abort(new Error('the store cannot be reached, and another worker may have this job soon'));
    if (!asking && running.size > 0) void renew();
  }, pace.renew);
  return () => clearInterval(timer);
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
