import type { Services } from '../../services.ts';

/** Merge requests that are being judged, or soon will be, each `FORGE:PATH!ID`. */
export async function judgedNow({ persistence }: Pick<Services, 'persistence'>): Promise<ReadonlySet<string>> {
  const jobs = await persistence.queue().list(['waiting', 'running']);
  return new Set(jobs.flatMap(({ data, key }) => (data.kind === 'validate' ? [key] : [])));
}
