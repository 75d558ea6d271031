import { Type } from 'typebox';
import { type Job, jobReport, type Queue } from '../../domain/queue.ts';
import { apiRoute, type Room } from '../room.ts';
import { goTo, page } from '../site.ts';
import { operationsPage } from './page.ts';
import { jobSchema, type Operations, operationsSchema, seenBy } from './report.ts';
import { operationsStyle } from './style.ts';

/** How the service does, and what of it waits for a person. */
export interface OperationsSource {
  readonly queue: Pick<Queue, 'list' | 'retry'>;
  /** Undefined for what is about no single one. */
  environmentOf(job: Job): Promise<string | undefined>;
  read(now: Date): Promise<Operations>;
}

export const operationsRoom = (source: OperationsSource): Room => ({
  pages: [
    {
      path: '/operations',
      show: async ({ viewer, now }) => {
        const seen = seenBy(await source.read(now), viewer);
        return seen && page(operationsPage(seen, { now, viewer }));
      },
    },
    { path: '/jobs', show: async () => goTo('/operations#queue') },
  ],
  buttons: [
    {
      path: '/jobs/:id/retry',
      press: async ({ params, viewer }) => {
        const job = (await source.queue.list(['parked'])).find(({ id }) => id === params['id']);
        // One that is not parked any more, because somebody else was faster, is left as it is.
        if (job === undefined) return viewer.sees(undefined) ? goTo('/operations#queue') : undefined;
        if (!viewer.acts(await source.environmentOf(job))) return undefined;
        await source.queue.retry(job.id);
        return goTo('/operations#queue');
      },
    },
  ],
  api: [
    apiRoute({
      path: '/api/v1/operations',
      summary: 'How the service does: scans, jobs, clusters, hosts, webhooks.',
      reply: operationsSchema,
      read: async ({ viewer, now }) => seenBy(await source.read(now), viewer),
    }),
    apiRoute({
      path: '/api/v1/jobs',
      summary: 'What the service has to do, as `lockkeeper jobs list --json` prints it.',
      reply: Type.Object({ jobs: Type.Array(jobSchema, { description: 'Oldest first.' }) }),
      read: async ({ viewer }) => (viewer.sees(undefined) ? { jobs: (await source.queue.list()).map(jobReport) } : undefined),
    }),
  ],
  style: operationsStyle,
});
