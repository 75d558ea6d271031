import { Readable } from 'node:stream';
import { type Entry, isReadable } from '../../domain/journal.ts';
import type { Viewer } from '../../domain/site.ts';
import { type Asked, apiRoute, type Room } from '../room.ts';
import { page } from '../site.ts';
import { type Filter, readFilter } from './filter.ts';
import { journalJson, journalQuery, journalReply } from './json.ts';
import { journalPage } from './page.ts';
import { type Found, search } from './search.ts';
import type { JournalSource } from './source.ts';
import { journalStyle } from './style.ts';

/** The journal, for those who look something up in it. */
export const journalRoom = (source: JournalSource): Room => ({
  pages: [
    {
      path: '/journal',
      show: async ({ query, viewer, now }) => {
        const filter = readFilter(query);
        const [found, chain] = await Promise.all([look(source, filter, viewer), source.chain()]);
        const environments = source.environments().filter((name) => viewer.sees(name));
        return page(journalPage({ filter, found, chain, environments, viewer, now }));
      },
    },
    {
      path: '/journal.jsonl',
      show: async ({ query, viewer }) => ({
        status: 200,
        type: 'application/x-ndjson; charset=utf-8',
        body: Readable.from(lines(source, readFilter(query), viewer)),
      }),
    },
  ],
  api: [
    apiRoute({
      path: '/api/v1/journal',
      summary: 'What was done and seen, newest first.',
      query: journalQuery,
      reply: journalReply,
      read: async ({ query, viewer }: Asked) => {
        const filter = readFilter(query);
        const [found, chain] = await Promise.all([look(source, filter, viewer), source.chain()]);
        return journalJson(filter, found, chain, viewer.sees(undefined));
      },
    }),
  ],
  style: journalStyle,
});

const isSound = ({ problems }: Filter): boolean => Object.keys(problems).length === 0;

function look(source: JournalSource, filter: Filter, viewer: Viewer): Promise<Found> {
  if (!isSound(filter)) return Promise.resolve({ entries: [], cut: false });
  return search(source.newestFirst(filter.before), (entry) => viewer.sees(entry.environment) && filter.matches(entry));
}

/** Lines sent at once. */
const bundle = 100;

/** As `journal export` writes them: what cannot be read any more is in no file. */
async function* lines(source: JournalSource, filter: Filter, viewer: Viewer): AsyncIterable<string> {
  if (!isSound(filter)) return;
  const isWanted = (entry: Entry): boolean => viewer.sees(entry.environment) && isReadable(entry) && filter.matches(entry);
  let gathered: string[] = [];
  for await (const entry of source.oldestFirst()) {
    if (!isWanted(entry)) continue;
    gathered.push(`${JSON.stringify(entry)}\n`);
    if (gathered.length < bundle) continue;
    yield gathered.join('');
    gathered = [];
  }
  if (gathered.length > 0) yield gathered.join('');
}
