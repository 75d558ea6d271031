import { Type } from 'typebox';
import { apiRoute, type Room } from '../room.ts';
import { page } from '../site.ts';
import { readFilter, sorts, states } from './filter.ts';
import { type FleetSource, seenBy } from './fleet.ts';
import { environmentsReply, environmentsReport, inventoryReply, inventoryReport } from './json.ts';
import { matrixOf } from './matrix.ts';
import { environmentsPage } from './page.ts';
import { environmentsStyle } from './style.ts';

/** As on the page: what is left out, or is none of these, filters nothing. */
const filterQuery = Type.Object({
  app: Type.Optional(Type.String({ description: 'Part of the name of an app, in any case.' })),
  owner: Type.Optional(Type.String({ description: 'An owner; `(nobody)` for apps that have none.' })),
  state: Type.Optional(Type.Enum([...states])),
  sort: Type.Optional(Type.Enum([...sorts])),
});

/** `/`: which version runs where, how far behind, and what waits. */
export const environmentsRoom = (source: FleetSource): Room => ({
  pages: [
    {
      path: '/',
      show: async ({ query, viewer, now }) => {
        const filter = readFilter(query);
        const [environments, scanning] = await Promise.all([seenBy(source, viewer), source.scanning()]);
        const matrix = matrixOf(environments, filter);
        return page(environmentsPage({ matrix, filter, nextScan: source.nextScan(), scanning, now, viewer }));
      },
    },
  ],
  api: [
    apiRoute({
      path: '/api/v1/environments',
      summary: 'Every environment, as the last scan saw it, in the order in which versions travel.',
      query: filterQuery,
      reply: environmentsReply,
      read: async ({ query, viewer }) => environmentsReport(matrixOf(await seenBy(source, viewer), readFilter(query))),
    }),
    apiRoute({
      path: '/api/v1/inventory',
      summary: 'Which version of what runs where, as the last scan saw it and `lockkeeper inventory --json` prints it.',
      query: filterQuery,
      reply: inventoryReply,
      read: async ({ query, viewer }) => inventoryReport(matrixOf(await seenBy(source, viewer), readFilter(query))),
    }),
  ],
  style: environmentsStyle,
});
