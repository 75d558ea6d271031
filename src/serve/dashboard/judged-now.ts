import type { Queue } from '../../domain/queue.ts';

/** Merge requests that are being judged, or soon will be, each `FORGE:PATH!ID`. */
export async function judgedNow(queue: Pick<Queue, 'list'>): Promise<ReadonlySet<string>> {
  const jobs = await queue.list(['waiting', 'running']);
  return new Set(jobs.flatMap(({ data, key }) => (data.kind === 'validate' ? [key] : [])));
}
