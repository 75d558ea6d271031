import type { FleetProblem } from '../../domain/fleet.ts';
import type { Viewer } from '../../domain/site.ts';
import { count, some } from '../../domain/wording.ts';
import { type Pending, scanButton } from '../actions/forms.ts';
import { empty } from '../parts/empty.ts';
import { figures } from '../parts/figures.ts';
import { type Html, html } from '../parts/html.ts';
import { ago, layout } from '../parts/layout.ts';
import { until } from '../parts/until.ts';
import { type Filter, filterHref, nobody, sorts, states } from './filter.ts';
import type { FleetEnvironment } from './fleet.ts';
import type { Matrix } from './matrix.ts';
import { matrixTable } from './table.ts';

interface Shown {
  readonly matrix: Matrix;
  readonly filter: Filter;
  readonly nextScan: Date | undefined;
  readonly scanning: Pending;
  readonly now: Date;
  readonly viewer: Viewer;
}

/** Environments that fit beside one another on a page of the usual width. */
const widest = 4;

/** What runs where. */
export function environmentsPage(shown: Shown): string {
  const { matrix, viewer, scanning, now } = shown;
  const body = html`<div class="page-head fleet-head${matrix.environments.length > widest ? ' wide' : ''}"><div><h1>Environments</h1>
<p class="lead" data-live="fleet" id="fleet-scanned">${scanned(shown)}</p></div><div class="actions" data-live="scan" id="fleet-scan">${scanButton(viewer, undefined, scanning)}</div></div>
${problems(matrix.environments, now)}${content(shown)}`;
  return layout('Environments', [], body, { viewer, here: 'Environments' });
}

function content(shown: Shown): Html {
  const { matrix, filter } = shown;
  if (matrix.environments.length === 0)
    return empty(
      'There are no environments that you may see.',
      html`The platform team names them in app.yml, under <code>environments</code>; you see those whose repository you may read.`,
    );
  if (matrix.environments.every(({ at, rows }) => at === undefined && rows.length === 0))
    return empty('No scan has looked at the environments yet.', waitText(shown));
  if (matrix.environments.every(({ rows }) => rows.length === 0))
    return empty(
      'Nothing in the environments names a version.',
      html`Scans find images, bundles, charts, and lines marked with <code># lockkeeper: …</code>. ${waitText(shown)}`,
    );
  return html`${counts(matrix, filter)}${filters(matrix, filter)}${
    matrix.lines.length === 0
      ? empty('No app is like that.', html`<a href="/">Show all apps</a>`)
      : html`${order(filter)}<div class="scroll matrix-box" tabindex="0" role="region" aria-label="Apps by environment">${matrixTable(matrix, filter)}</div>`
  }`;
}

const latest = (environments: readonly FleetEnvironment[]): string | undefined =>
  environments
    .flatMap(({ at }) => at ?? [])
    .sort()
    .at(-1);

function scanned({ matrix, nextScan, now }: Shown): Html {
  const at = latest(matrix.environments);
  const last = at === undefined ? html`Not scanned yet` : html`Scanned ${ago(at, now)}`;
  return nextScan === undefined ? last : html`${last}, next in ${until(nextScan.toISOString(), now)}`;
}

function waitText({ nextScan, now, viewer }: Shown): Html {
  const next = nextScan === undefined ? html`None is planned.` : html`The next one begins in ${until(nextScan.toISOString(), now)}.`;
  const how = viewer.acts(undefined)
    ? html`Or press “Scan now”, or run <code>lockkeeper scan</code>.`
    : html`Who runs Lockkeeper can start one now with <code>lockkeeper scan</code>.`;
  return html`${next} ${how}`;
}

function counts({ counts: { any, behind, waiting, failed } }: Matrix, filter: Filter): Html {
  const href = (state: Filter['state']) => filterHref(filter, { state });
  return html`<div data-live="fleet" id="fleet-counts">${figures([
    { name: any === 1 ? 'App' : 'Apps', value: any, href: href('any') },
    { name: 'Behind', value: behind, href: href('behind'), tone: behind > 0 ? 'warn' : 'calm' },
    { name: 'Waiting', value: waiting, href: href('waiting') },
    { name: 'Failed', value: failed, href: href('failed'), tone: failed > 0 ? 'bad' : 'calm' },
  ])}</div>`;
}

const stateNames: Readonly<Record<Filter['state'], string>> = {
  any: 'Any',
  behind: 'Behind somewhere',
  current: 'Current everywhere',
  waiting: 'An update waits',
  failed: 'Something failed',
};

function filters({ owners }: Matrix, { app, owner, state, sort }: Filter): Html {
  const option = (value: string, text: string, chosen: boolean) =>
    html`<option value="${value}"${chosen ? html` selected` : undefined}>${text}</option>`;
  const asked = owner === undefined || owner === nobody || owners.includes(owner) ? owners : [owner, ...owners];
  const isFiltered = app !== '' || owner !== undefined || state !== 'any';
  return html`<form method="get" action="/" class="filters" role="search" aria-label="Filter apps">
<label>App<input type="search" name="app" value="${app}" placeholder="part of its name" autocomplete="off"></label>
<label>Owner<select name="owner">${option('', 'Anybody', owner === undefined)}${asked.map((name) => option(name, name, name === owner))}${option(nobody, 'Nobody', owner === nobody)}</select></label>
<label>State<select name="state">${states.map((one) => option(one === 'any' ? '' : one, stateNames[one], one === state))}</select></label>
${sort === 'app' ? undefined : html`<input type="hidden" name="sort" value="${sort}">`}<button>Filter</button>${isFiltered ? html`<a href="${filterHref({ app: '', owner: undefined, state: 'any', sort })}">Show all</a>` : undefined}
</form>`;
}

const sortNames: Readonly<Record<Filter['sort'], string>> = { app: 'app', owner: 'owner', behind: 'furthest behind' };

const order = (filter: Filter): Html =>
  html`<p class="meta order">Sorted by ${sorts.map((one, at) => [
    at === 0 ? '' : ' · ',
    one === filter.sort
      ? html`<strong>${sortNames[one]}</strong>`
      : html`<a href="${filterHref(filter, { sort: one })}">${sortNames[one]}</a>`,
  ])}</p>`;

/** On this page; the others are on those of the environments. */
const mostProblems = 5;

interface Trouble extends FleetProblem {
  readonly environments: readonly string[];
}

function problems(environments: readonly FleetEnvironment[], now: Date): Html {
  const all = troublesOf(environments);
  const rest = all.length - mostProblems;
  const items = all
    .slice(0, mostProblems)
    .map(
      (one) =>
        html`<li><strong>${one.scope}</strong> first failed ${ago(one.since, now)}: ${one.message}. <span class="meta">Shown as before: ${whom(one)}.</span></li>`,
    );
  return html`<div data-live="fleet" id="fleet-problems">${
    all.length === 0
      ? undefined
      : html`<section class="banner fleet-problems" aria-label="What fails"><ul>${items}${rest > 0 ? html`<li>and ${rest} more</li>` : undefined}</ul></section>`
  }</div>
`;
}

const whom = ({ environments, apps }: Trouble): string =>
  apps.length === 0
    ? some(environments, 5)
    : `${some(apps, 3)} in ${environments.length > 5 ? count(environments.length, 'environment') : some(environments, 5)}`;

/** What fails in several environments for the same reason is told once, what fails longest first. */
function troublesOf(environments: readonly FleetEnvironment[]): Trouble[] {
  const all = environments.flatMap(({ environment, problems: of }) => of.map((problem) => ({ environment, problem })));
  return [...Map.groupBy(all, ({ problem: { scope, message } }) => `${scope}\n${message}`).values()]
    .flatMap((alike) =>
      alike.slice(0, 1).map(({ problem }): Trouble => {
        const since = alike.map((one) => one.problem.since).sort()[0] ?? problem.since;
        const apps = [...new Set(alike.flatMap((one) => one.problem.apps))].sort();
        return { ...problem, since, apps, environments: alike.map((one) => one.environment) };
      }),
    )
    .sort((a, b) => (a.since < b.since ? -1 : 1));
}
