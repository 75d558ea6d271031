import type { Job, JobData, JobKind } from '../domain/queue.ts';

/** What is done for each kind of job. It reads what is true itself; being called twice does no harm. */
export type Handlers = {
  readonly [K in JobKind]: (data: Extract<JobData, { readonly kind: K }>, job: Job, signal: AbortSignal) => Promise<void>;
};

/** How a job ended, for the metrics and the log. */
export interface JobObserver {
  began(job: Job): void;
  /** `problem` is absent when it was done. Seconds. */
  ended(job: Job, seconds: number, problem?: unknown): void;
}

/** One job done by its handler, watched. Throws what the handler throws: the queue decides when it is tried again. */
export function worker(handlers: Handlers, observer: JobObserver): (job: Job, signal: AbortSignal) => Promise<void> {
  return async (job, signal) => {
    const begun = performance.now();
    const seconds = (): number => (performance.now() - begun) / 1000;
    observer.began(job);
    try {
      await handle(handlers, job, signal);
    } catch (problem) {
      observer.ended(job, seconds(), problem);
      throw problem;
    }
    observer.ended(job, seconds());
  };
}

function handle(handlers: Handlers, job: Job, signal: AbortSignal): Promise<void> {
  const handler = handlers[job.data.kind] as (data: JobData, job: Job, signal: AbortSignal) => Promise<void>;
  return handler(job.data, job, signal);
}
