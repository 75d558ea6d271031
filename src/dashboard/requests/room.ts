import type { PagesSource } from '../../domain/pages.ts';
import { listPage } from '../repositories/pages.ts';
import type { Room } from '../room.ts';
import { page } from '../site.ts';

/** What is proposed, and waits for people. */
export const requestsRoom = (source: Pick<PagesSource, 'list'>): Room => ({
  pages: [
    { path: '/requests', show: async ({ now, viewer }) => page(listPage(await source.list(), now, { viewer, here: 'Merge requests' })) },
  ],
});
