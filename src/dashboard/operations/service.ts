import { type Html, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { table } from '../parts/table.ts';
import type { Operations } from './report.ts';

const stores = { embedded: 'a folder of this machine', postgres: 'Postgres, which replicas share' };

/** What runs here. */
export function serviceSection({ version, replicas, store, journal }: NonNullable<Operations['service']>, now: Date): Html {
  const { newest, anchored } = journal;
  const put = anchored === undefined ? 'nowhere else' : html`up to entry ${anchored.number}, seen ${ago(anchored.at, now)}`;
  return html`<dl class="facts"><div><dt>Version</dt><dd>${version}</dd></div><div><dt>Store</dt><dd>${stores[store]}</dd></div><div><dt>Journal</dt><dd><a href="/journal">${newest} ${newest === 1 ? 'entry' : 'entries'}</a></dd></div><div><dt>Its hash is kept</dt><dd>${put}</dd></div></dl>
${table(
  'Processes of the service',
  [{ name: 'Process' }, { name: 'Version' }, { name: 'Up since' }, { name: 'Seen' }],
  replicas.map((one) => [one.name, one.version, ago(one.startedAt, now), ago(one.at, now)]),
)}`;
}
