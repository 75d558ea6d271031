import type { InventoryRow, InventoryState, OpenRequest } from '../../domain/fleet.ts';
import { leadFirst } from '../../domain/lead-reference.ts';
import { versionsIn } from '../../domain/proposal-title.ts';
import type { Viewer } from '../../domain/site.ts';
import { badge } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { type Html, type HtmlPart, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { actUrl, appUrl } from '../parts/links.ts';
import { table } from '../parts/table.ts';
import { versionText } from '../parts/version.ts';
import type { EnvironmentView } from './view.ts';

/** Which app runs in which version, and what waits. */
export function deployedSection({ snapshot }: EnvironmentView, now: Date, viewer: Viewer): Html {
  const { rows, environment, requests } = snapshot;
  if (rows.length === 0)
    return empty(
      'No app is known here yet.',
      snapshot.at === undefined ? 'The first scan finds them.' : 'The last scan found no reference to a version.',
    );
  const acts = viewer.acts(environment);
  const columns = [{ name: 'App' }, { name: 'Version' }, { name: 'Since' }, { name: 'Update' }, ...(acts ? [{ name: '' }] : [])];
  const apps = [...Map.groupBy(rows, ({ app }) => app)].map(([app, all]) => [app, leadFirst(all)] as const);
  return table(
    'What is deployed',
    columns,
    apps.map(([app, own]) => [
      appCell(app, own),
      versions(own),
      own[0]?.since === undefined ? '' : ago(own[0].since, now),
      updates(own, requests),
      ...(acts ? [changeLink(environment, app)] : []),
    ]),
  );
}

function appCell(app: string, rows: readonly InventoryRow[]): Html {
  const owners = [...new Set(rows.flatMap(({ owner }) => owner ?? []))];
  return html`<a href="${appUrl(app)}">${app}</a>${owners.length === 0 ? undefined : html` <span class="path">${owners.join(', ')}</span>`}`;
}

const changeLink = (environment: string, app: string): Html =>
  html`<a href="${actUrl(environment, app)}#act">Change…<span class="visually-hidden"> ${app}: propose a version, or roll it back</span></a>`;

/** Each once, with the packages that stand at it. */
function versions(rows: readonly InventoryRow[]): readonly Html[] {
  return [...Map.groupBy(rows, ({ version }) => version)].map(([version, all]) => {
    const packages = [...new Set(all.map((row) => row.package))];
    return html`<div class="line"><b class="version"${version === versionText(version) ? undefined : html` title="${version}"`}>${versionText(version)}</b> ${packages.map((name) => html`<span class="path">${name}</span>`)}</div>`;
  });
}

/** What needs somebody before what is done. */
const order: readonly InventoryState[] = ['proposed', 'waiting', 'held', 'unknown', 'current'];

/** What is to be told of an app, each once; that some of it is at its newest only where there is nothing else. */
function updates(rows: readonly InventoryRow[], requests: readonly OpenRequest[]): readonly Html[] {
  const moving = rows.filter(({ state }) => state !== 'current');
  const sorted = (moving.length > 0 ? moving : rows).toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  const told = new Map<string, Html>();
  for (const row of sorted) {
    const key = JSON.stringify([row.state, row.mergeRequest ?? [row.newest, row.reason]]);
    if (!told.has(key)) told.set(key, html`<div class="line">${update(row, requests)}</div>`);
  }
  return [...told.values()];
}

function update(row: InventoryRow, requests: readonly OpenRequest[]): HtmlPart {
  const { state, newest, reason } = row;
  const to = newest === undefined ? '' : ` ${newest}`;
  if (state === 'current') return badge('good', 'newest', reason);
  if (state === 'proposed') return proposed(row, requests);
  if (state === 'waiting') return html`${badge('wait', 'next scan')}${to}`;
  const why = reason === undefined ? undefined : html`<p class="meta">${reason}</p>`;
  return state === 'held' ? html`${badge('warn', 'held')}${to}${why}` : html`${badge('calm', 'unknown')}${why}`;
}

/** The merge request says itself where it goes, which need not be the newest. */
function proposed({ mergeRequest, newest }: InventoryRow, requests: readonly OpenRequest[]): Html {
  const request = requests.find(({ url }) => url === mergeRequest);
  const link = mergeRequest === undefined ? undefined : externalLink(mergeRequest, request?.title ?? 'merge request');
  const target = request === undefined ? undefined : versionsIn(request.title).to;
  const more = target === undefined || newest === undefined || newest === target ? undefined : html`<p class="meta">${newest} is out</p>`;
  return html`${badge('wait', 'proposed')} ${link}${request && html` <span class="number">!${request.id}</span>`}${more}`;
}
