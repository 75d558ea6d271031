import { Type } from 'typebox';
import type { Queue } from '../../domain/queue.ts';
import { apiRoute, type Room } from '../room.ts';
import { goTo, page } from '../site.ts';
import { jobsPage, jobsReport } from './page.ts';

/** What people see of the queue, and do. */
export type ShownQueue = Pick<Queue, 'list' | 'retry'>;

/** What the service has to do. */
export const jobsRoom = (queue: ShownQueue): Room => ({
  pages: [
    {
      path: '/jobs',
      show: async ({ viewer, now }) => (viewer.sees(undefined) ? page(jobsPage(await queue.list(), now, viewer)) : undefined),
    },
  ],
  buttons: [
    {
      path: '/jobs/:id/retry',
      press: async ({ params, viewer }) => {
        const { id = '' } = params;
        if (!/^[0-9a-f-]{36}$/.test(id) || !viewer.acts(undefined)) return undefined;
        await queue.retry(id); // one that is not parked any more, because somebody else was faster, is left as it is
        return goTo('/jobs');
      },
    },
  ],
  api: [
    apiRoute({
      path: '/api/v1/jobs',
      summary: 'What the service has to do.',
      reply: Type.Object({ jobs: Type.Array(Type.Unknown()) }),
      read: async ({ viewer }) => (viewer.sees(undefined) ? jobsReport(await queue.list()) : undefined),
    }),
  ],
});
