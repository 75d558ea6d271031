import { Type } from 'typebox';
import type { RunLog } from '../../domain/run-log.ts';
import { type Asked, apiRoute, type Room } from '../room.ts';
import { page } from '../site.ts';
import { environmentReply, replyOf, runReply, runReplyOf } from './json.ts';
import { environmentPage } from './page.ts';
import { runPage } from './run-page.ts';
import { style } from './style.ts';
import type { EnvironmentSource, EnvironmentView } from './view.ts';

/** One environment, and each of its deployment runs. */
export function environmentRoom(source: EnvironmentSource): Room {
  const view = async ({ params: { environment = '' }, query, viewer, now }: Asked): Promise<EnvironmentView | undefined> =>
    viewer.sees(environment) ? source.environment(environment, query.get('app') ?? undefined, now) : undefined;
  const run = async ({ params: { environment = '', run: id = '' }, viewer }: Asked): Promise<RunLog | undefined> =>
    viewer.sees(environment) ? source.run(environment, id) : undefined;
  return {
    pages: [
      {
        path: '/environment/:environment',
        show: async (asked) => {
          const seen = await view(asked);
          return seen && page(environmentPage(seen, asked.now, asked.viewer));
        },
      },
      {
        path: '/environment/:environment/runs/:run',
        show: async (asked) => {
          const seen = await run(asked);
          return seen && page(runPage(seen, asked.now, asked.viewer));
        },
      },
    ],
    api: [
      apiRoute({
        path: '/api/v1/environments/:environment',
        summary: 'One environment: what is deployed, drift, runs, locks and schedule.',
        query: Type.Object({
          app: Type.Optional(Type.String({ description: 'An app: with it comes what may be proposed for it, or gone back to.' })),
        }),
        reply: environmentReply,
        read: async (asked) => {
          const seen = await view(asked);
          return seen && replyOf(seen);
        },
      }),
      apiRoute({
        path: '/api/v1/environments/:environment/runs/:run',
        summary: 'One deployment run with its steps, objects, failures and log.',
        reply: runReply,
        read: async (asked) => {
          const seen = await run(asked);
          return seen && runReplyOf(seen);
        },
      }),
    ],
    style,
  };
}
