import type { Viewer } from '../../domain/site.ts';
import { badge, type Tone } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { type Html, type HtmlPart, html } from '../parts/html.ts';
import { ago, layout } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { actUrl, appUrl, environmentUrl } from '../parts/links.ts';
import { table } from '../parts/table.ts';
import { versionText } from '../parts/version.ts';
import { comparisonSection } from './comparison-section.ts';
import { checklistSection, grantsSection, objectsSection } from './objects-section.ts';
import type { AppRequest } from './source.ts';
import { type Standing, standingOf } from './standing.ts';
import { timelineSection } from './timeline-section.ts';
import type { AppView, SeenPlace } from './view.ts';

/** All that is known of one app, in every environment that the viewer sees. */
export function appPage(view: AppView, now: Date, viewer: Viewer): string {
  const { app } = view;
  const body = html`<div class="app"><h1>${app}</h1>
${lead(view)}
<section id="environments"><h2>Environments</h2>${environments(view, now, viewer)}</section>
<section id="timeline"><h2>Versions over time</h2>${timelineSection(view)}</section>
<section id="changes"><h2>What is between two environments</h2>${comparisonSection(view)}</section>
<section id="requests"><h2>Open merge requests</h2>${requests(view, now)}</section>
<section id="checklist"><h2>Go-live checklist</h2>${checklistSection(view)}</section>
<section id="objects"><h2>Objects</h2>${objectsSection(view)}</section>
<section id="access"><h2>Temporary access</h2>${grantsSection(view, now)}</section></div>`;
  return layout(app, [{ text: app, href: appUrl(app) }], body, { viewer, here: 'Environments' });
}

/** Of all places, each once. */
const each = (all: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(all.filter((one): one is string => one !== undefined)),
];

const joined = (all: readonly HtmlPart[]): HtmlPart => all.map((one, index) => (index === 0 ? one : html`, ${one}`));

function lead({ places }: AppView): Html {
  const owners = each(places.flatMap(({ rows }) => rows.map(({ owner }) => owner)));
  const packages = each(places.flatMap(({ rows }) => rows.map((row) => row.package)));
  const sources = [...new Map(places.flatMap(({ source }) => (source === undefined ? [] : [[source.name, source.url] as const])))];
  return html`<dl class="about">
<div><dt>Owner</dt><dd>${owners.length === 0 ? html`nobody: <code>packages[].owner</code> in app.yml names one` : owners.join(', ')}</dd></div>
<div><dt>Source</dt><dd>${sources.length === 0 ? html`not known: <code>packages[].source</code> in app.yml names it` : joined(sources.map(([name, url]) => externalLink(url, name)))}</dd></div>
<div><dt>${packages.length === 1 ? 'Package' : 'Packages'}</dt><dd>${joined(packages.map((name) => html`<code>${name}</code>`))}</dd></div>
</dl>`;
}

function environments({ app, places }: AppView, now: Date, viewer: Viewer): Html {
  return table(
    'Where the app runs',
    [{ name: 'Environment' }, { name: 'Version' }, { name: 'Since' }, { name: 'Behind' }, { name: 'Last run' }, { name: 'Merge request' }],
    places.map((place) => environmentRow(place, now, changeLink(app, place, viewer))),
  );
}

/** To the forms for it, where whoever pressed one reads what came of it. */
const changeLink = (app: string, { environment, rows }: SeenPlace, viewer: Viewer): Html | undefined =>
  rows.length > 0 && viewer.acts(environment)
    ? html`<div class="change"><a href="${actUrl(environment, app)}#act">Change…<span class="visually-hidden"> ${app} in ${environment}: propose a version, or roll it back</span></a></div>`
    : undefined;

function environmentRow(place: SeenPlace, now: Date, change: Html | undefined): readonly HtmlPart[] {
  const all = standingOf(place);
  const line = (part: (one: Standing) => HtmlPart): HtmlPart => all.map((one) => html`<div class="line">${part(one)}</div>`);
  return [
    html`<a href="${environmentUrl(place.environment)}">${place.environment}</a>${change}`,
    all.length === 0
      ? 'not there any more'
      : line(
          ({ version, name }) =>
            html`<span class="version"${version === versionText(version) ? undefined : html` title="${version}"`}>${versionText(version)}</span>${name === '' ? undefined : html` <small>${name}</small>`}`,
        ),
    line(({ since }) => (since === undefined ? '' : ago(since, now))),
    line(behind),
    place.lastRun === undefined ? html`<span class="soft">none known</span>` : lastRun(place.lastRun, now),
    place.requests.map((one) => html`<div class="line">${requestLink(one)} <span class="soft">!${one.id}</span></div>`),
  ];
}

const behindTones: Readonly<Record<Standing['behind']['kind'], Tone>> = {
  current: 'good',
  unknown: 'calm',
  other: 'wait',
  patch: 'wait',
  minor: 'wait',
  major: 'warn',
};

function behind({ behind: { kind, text }, newest, version, reason }: Standing): Html {
  const to = newest === undefined || newest === version ? undefined : html` <span class="soft">${newest} is out</span>`;
  return html`${badge(behindTones[kind], text, reason)}${to}`;
}

const outcomeTones: Readonly<Record<string, Tone>> = { succeeded: 'good', failed: 'bad', refused: 'bad' };

const lastRun = ({ outcome, at, what }: NonNullable<SeenPlace['lastRun']>, now: Date): Html =>
  html`${badge(outcomeTones[outcome] ?? 'calm', outcome, what)} ${ago(at, now)}`;

function requests({ places, app }: AppView, now: Date): Html {
  const all = places.flatMap(({ environment, requests: open }) => open.map((one) => ({ environment, one })));
  if (all.length === 0) return empty(`No merge request of ${app} is open.`, 'The next scan opens one where a newer version may be taken.');
  return table(
    'Open merge requests of the app',
    [{ name: 'Merge request' }, { name: 'Environment' }, { name: 'Opened' }, { name: 'State' }],
    all.map(({ environment, one }) => [
      html`${requestLink(one)} <span class="soft">!${one.id}</span>`,
      environment,
      ago(one.createdAt, now),
      html`${requestState(one)}`,
    ]),
  );
}

const requestLink = ({ url, title }: AppRequest): HtmlPart =>
  url.startsWith('/') && !url.startsWith('//') ? html`<a href="${url}">${title}</a>` : externalLink(url, title);

const verdictTones: Readonly<Record<NonNullable<AppRequest['verdict']>['state'], Tone>> = {
  pending: 'wait',
  running: 'wait',
  success: 'good',
  failure: 'bad',
  error: 'bad',
};

function requestState({ verdict, draft, conflicts, rollback }: AppRequest): readonly Html[] {
  return [
    verdict === undefined
      ? badge('calm', 'not validated')
      : badge(verdictTones[verdict.state], `validation: ${verdict.state}`, verdict.description),
    ...(draft ? [badge('calm', 'draft')] : []),
    ...(conflicts ? [badge('bad', 'conflicts')] : []),
    ...(rollback ? [badge('warn', 'rollback')] : []),
  ].map((one) => html`${one} `);
}
