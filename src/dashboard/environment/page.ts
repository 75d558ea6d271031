import type { Viewer } from '../../domain/site.ts';
import { appForms, scanButton } from '../actions/forms.ts';
import { noticeList } from '../actions/notice.ts';
import { figures } from '../parts/figures.ts';
import { type Html, type HtmlPart, html } from '../parts/html.ts';
import { ago, layout } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { environmentUrl } from '../parts/links.ts';
import { driftSection, locksSection, runsSection, scheduleSection } from './cluster-sections.ts';
import { deployedSection } from './deployed-section.ts';
import type { EnvironmentView } from './view.ts';
import { commitName } from './words.ts';

/** One environment: what runs there, whether that is so, what brought it there, and when it moves again. */
export function environmentPage(view: EnvironmentView, now: Date, viewer: Viewer): string {
  const { environment } = view.snapshot;
  const body = html`<div class="page-head"><h1>${environment}</h1><div class="actions" id="scan" data-live="scan">${scanButton(viewer, environment, view.scanning)}</div></div>
${lead(view, now)}
<div id="problems" data-live="problems">${problems(view, now)}</div>
${noticeList(view.asked, now, viewer)}
${chosen(view, viewer)}
<section id="numbers" data-live="numbers" aria-label="In numbers">${numbers(view)}</section>
<section id="deployed" class="cards" data-live="deployed"><h2>What is deployed</h2>${deployedSection(view, now, viewer)}</section>
<section id="drift" data-live="drift"><h2>Drift</h2>${driftSection(view, now)}</section>
<section id="runs" data-live="runs"><h2>Runs</h2>${runsSection(view, now)}</section>
<section id="locks" data-live="locks"><h2>Locks</h2>${locksSection(view, now)}</section>
<section id="schedule" data-live="schedule"><h2>Schedule</h2>${scheduleSection(view, now)}</section>`;
  return layout(environment, [{ text: environment, href: environmentUrl(environment) }], body, { viewer, here: 'Environments' });
}

const how: Readonly<Record<EnvironmentView['deploy'], string>> = {
  service: 'deployed by this service',
  pipeline: "deployed by the repository's pipeline",
  off: 'not deployed',
};

function lead({ snapshot, cluster, deploy, deployed }: EnvironmentView, now: Date): Html {
  const { url, repository, commit, at } = snapshot;
  const facts: readonly (readonly [string, HtmlPart])[] = [
    ['Repository', externalLink(url, repository)],
    [
      'Default branch',
      commit === undefined ? 'not seen yet' : html`${commitName(commit)} ${at === undefined ? '' : html`seen ${ago(at, now)}`}`,
    ],
    ['Cluster', html`${cluster ?? 'none'}, ${how[deploy]}`],
    ...(deploy === 'service' ? [['Deployed', deployedText(deployed, now)] as const] : []),
  ];
  return html`<dl class="brief">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function deployedText(deployed: EnvironmentView['deployed'], now: Date): HtmlPart {
  if (deployed === undefined) return 'nothing yet';
  const { commit, outcome, at, good } = deployed;
  if (outcome === 'succeeded') return html`${commitName(commit)} ${ago(at, now)}`;
  const before = good === undefined ? 'nothing went well before' : html`last well: ${commitName(good.commit)}`;
  return html`${commitName(commit)} ${outcome} ${ago(at, now)}; ${before}`;
}

function numbers({ snapshot, drift, deployed, cluster }: EnvironmentView): Html {
  const apps = new Set(snapshot.rows.map(({ app }) => app)).size;
  const waiting = new Set(snapshot.rows.filter(({ state }) => state !== 'current' && state !== 'unknown').map(({ app }) => app)).size;
  const apart = drift === undefined ? undefined : Object.values(drift.counts).reduce((sum, count) => sum + count, 0);
  return figures([
    { name: 'Apps', value: apps, href: '#deployed' },
    { name: 'With an update', value: waiting, href: '#deployed' },
    { name: 'Open merge requests', value: snapshot.requests.length, href: '/requests' },
    ...(cluster === undefined
      ? []
      : [{ name: 'Objects apart', value: apart ?? '–', tone: (apart ?? 0) > 0 ? ('warn' as const) : ('calm' as const), href: '#drift' }]),
    ...(deployed === undefined
      ? []
      : [
          {
            name: 'Last run',
            value: deployed.outcome,
            tone: deployed.outcome === 'succeeded' ? ('good' as const) : ('bad' as const),
            href: '#runs',
          },
        ]),
  ]);
}

/** What the last scan could not do. */
function problems({ snapshot }: EnvironmentView, now: Date): Html | undefined {
  if (snapshot.problems.length === 0) return undefined;
  const lines = snapshot.problems.map(
    ({ message, since, apps }) =>
      html`<li>${message} <span class="path">since ${ago(since, now)}${apps.length === 0 ? '' : `; holds up ${apps.slice(0, 5).join(', ')}`}</span></li>`,
  );
  return html`<section class="banner" aria-label="What the last scan could not do"><p>The last scan could not look at everything:</p><ul>${lines}</ul></section>`;
}

function chosen({ actions, snapshot }: EnvironmentView, viewer: Viewer): Html | undefined {
  if (actions === undefined || !viewer.acts(snapshot.environment)) return undefined;
  return html`<section id="act"><h2>Change ${actions.app}</h2>${appForms(viewer, actions)}</section>`;
}
