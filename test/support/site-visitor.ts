import type { Room } from '../../src/dashboard/room.ts';
import { createSite } from '../../src/dashboard/site.ts';
import type { Answer, PageRequest, Site, Viewer } from '../../src/domain/site.ts';

/** Somebody who sees and may do everything; `change` takes that away. */
export const aViewer = (change: Partial<Viewer> = {}): Viewer => ({
  name: 'ada',
  actor: 'ada',
  token: 'the-token',
  sees: () => true,
  acts: () => true,
  ...change,
});

/** What a page says, as text. */
export interface Seen extends Omit<Answer, 'body'> {
  readonly body: string;
}

/** Asks a site as a browser does. */
export async function visit(site: Site, address: string, change: Partial<PageRequest> = {}): Promise<Seen> {
  const [path = '', query = ''] = address.split('?');
  const form = new URLSearchParams();
  const answer = await site({ method: 'GET', path, query: new URLSearchParams(query), form, viewer: aViewer(), ...change });
  if (typeof answer.body !== 'string') throw new Error(`${address} is a stream`);
  return { ...answer, body: answer.body };
}

/** Presses a button of a page. */
export const press = (site: Site, path: string, fields: Record<string, string> = {}, viewer: Viewer = aViewer()): Promise<Seen> =>
  visit(site, path, { method: 'POST', form: new URLSearchParams({ ...fields, token: viewer.token }), viewer });

export const siteOf = (rooms: readonly Room[], now = new Date('2026-11-20T12:00:00Z')): Site => createSite({ rooms, now: () => now });
