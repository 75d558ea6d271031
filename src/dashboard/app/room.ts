import type { Asked, Room } from '../room.ts';
import { apiRoute } from '../room.ts';
import { page } from '../site.ts';
import { appQuery, appReply, replyOf } from './json.ts';
import { appPage } from './page.ts';
import type { AppSource } from './source.ts';
import { style } from './style.ts';
import { type AppView, viewOf } from './view.ts';

/** One app: where it runs, what it ran, what is between two environments, and what it consists of. */
export function appRoom(source: AppSource): Room {
  const view = ({ params: { app = '' }, ...asked }: Asked): Promise<AppView | undefined> => viewOf(source, app, asked);
  return {
    pages: [
      {
        path: '/app/:app',
        show: async (asked) => {
          const seen = await view(asked);
          return seen && page(appPage(seen, asked.now, asked.viewer));
        },
      },
    ],
    api: [
      apiRoute({
        path: '/api/v1/apps/:app',
        summary:
          'One app in every environment: versions now and over time, what is between two environments, merge requests, checklist, objects and access.',
        query: appQuery,
        reply: appReply,
        read: async (asked) => {
          const seen = await view(asked);
          return seen && replyOf(seen);
        },
      }),
    ],
    style,
  };
}
