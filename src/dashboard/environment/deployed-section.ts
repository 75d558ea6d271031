import type { InventoryRow } from '../../domain/fleet.ts';
import type { Viewer } from '../../domain/site.ts';
import { badge } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { type Html, type HtmlPart, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { actUrl, appUrl } from '../parts/links.ts';
import { table } from '../parts/table.ts';
import type { EnvironmentView } from './view.ts';

/** Which app runs in which version, and what waits. */
export function deployedSection({ snapshot }: EnvironmentView, now: Date, viewer: Viewer): Html {
  const { rows, environment, requests } = snapshot;
  const titles = new Map(requests.map(({ url, title }) => [url, title]));
  if (rows.length === 0)
    return empty(
      'No app is known here yet.',
      snapshot.at === undefined ? 'The first scan finds them.' : 'The last scan found no reference to a version.',
    );
  const acts = viewer.acts(environment);
  const columns = [{ name: 'App' }, { name: 'Version' }, { name: 'Since' }, { name: 'Update' }, ...(acts ? [{ name: '' }] : [])];
  return table(
    'What is deployed',
    columns,
    merged(rows).map((row) => [
      html`<a href="${appUrl(row.app)}">${row.app}</a>${row.owner === undefined ? undefined : html` <span class="path">${row.owner}</span>`}`,
      html`<b class="version">${row.version === '' ? 'digest only' : row.version}</b> <span class="path">${row.package}</span>`,
      row.since === undefined ? '' : ago(row.since, now),
      update(row, titles),
      ...(acts
        ? [
            html`<a href="${actUrl(environment, row.app)}#act">Change…<span class="visually-hidden"> ${row.app}: propose a version, or roll it back</span></a>`,
          ]
        : []),
    ]),
  );
}

/** An app writes the same version in many files. */
function merged(rows: readonly InventoryRow[]): readonly InventoryRow[] {
  return [...new Map(rows.map((row) => [JSON.stringify([row.app, row.package, row.version]), row])).values()];
}

function update({ state, newest, reason, mergeRequest }: InventoryRow, titles: ReadonlyMap<string, string>): HtmlPart {
  const to = newest === undefined ? '' : ` ${newest}`;
  if (state === 'current') return badge('good', 'newest', reason);
  if (state === 'proposed')
    return html`${badge('wait', 'proposed')} ${mergeRequest === undefined ? '' : externalLink(mergeRequest, titles.get(mergeRequest) ?? 'merge request')}${newest === undefined || titles.get(mergeRequest ?? '')?.endsWith(` ${newest}`) === true ? '' : html`<p class="meta">newest: ${newest}</p>`}`;
  if (state === 'waiting') return html`${badge('wait', 'next scan')}${to}`;
  const why = reason === undefined ? undefined : html`<p class="meta">${reason}</p>`;
  return state === 'held' ? html`${badge('warn', 'held')}${to}${why}` : html`${badge('calm', 'unknown')}${why}`;
}
