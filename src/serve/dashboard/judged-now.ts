import type { Job, Queue } from '../../domain/queue.ts';

/** Merge requests that are being judged, or soon will be, each `FORGE:PATH!ID`. One that could not be, and is tried again later, has said so: that is its verdict until then. */
export async function judgedNow(queue: Pick<Queue, 'list'>): Promise<ReadonlySet<string>> {
  const jobs = await queue.list(['waiting', 'running']);
  const isUnderWay = ({ state, problem }: Job): boolean => state === 'running' || problem === undefined;
  return new Set(jobs.flatMap((job) => (job.data.kind === 'validate' && isUnderWay(job) ? [job.key] : [])));
}
