import { badge } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { type Html, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { environmentUrl } from '../parts/links.ts';
import { table } from '../parts/table.ts';
import type { ShownCluster } from './report.ts';

/** Whether the environments' API servers answer, as the service sees it. */
export function clustersSection(clusters: readonly ShownCluster[], now: Date): Html {
  if (clusters.length === 0) return empty('There is no cluster to ask.', html`<code>clusters</code> in app.yml names them.`);
  return html`<p class="meta">Each is asked once a minute. An hour is one bar: what was answered stands up, what was not hangs down.</p>${clusters.map((one) => clusterCard(one, now))}`;
}

function clusterCard({ cluster, environments, state, since, at, latencyMs, problem, day, week, hours }: ShownCluster, now: Date): Html {
  const places = environments.map((name, index) => html`${index === 0 ? '' : ', '}<a href="${environmentUrl(name)}">${name}</a>`);
  const word = { up: badge('good', 'up'), down: badge('bad', 'down'), unknown: badge('calm', 'not asked yet') }[state];
  return html`<article class="card cluster"><header><h3>${cluster}</h3> ${word}${since === undefined ? undefined : html` <span class="meta">since ${ago(since, now)}</span>`}</header>
${problem === undefined ? undefined : html`<p class="why">${problem}</p>`}
<dl class="facts"><div><dt>Environments</dt><dd>${places.length === 0 ? 'none' : places}</dd></div><div><dt>24 hours</dt><dd>${percent(day)}</dd></div><div><dt>7 days</dt><dd>${percent(week)}</dd></div><div><dt>Answers in</dt><dd>${latencyMs === undefined ? '–' : `${latencyMs} ms`}</dd></div><div><dt>Asked</dt><dd>${at === undefined ? 'not yet' : ago(at, now)}</dd></div></dl>
${picture(cluster, hours)}
<details id="hours-${cluster}"><summary>Hour by hour</summary>${hoursTable(cluster, hours)}</details></article>`;
}

/** `99.93 %`; never 100 where something was missing. */
function percent(share: number | undefined): string {
  if (share === undefined) return '–';
  return share === 1 ? '100 %' : `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

type Hours = ShownCluster['hours'];

/** Bars of an hour each, in the picture's units. */
const bar = { step: 10, width: 7, up: 24, down: 12 };

function picture(cluster: string, hours: Hours): Html {
  const bars = hours.map(({ from, asked, answered }, index) => {
    const [x, up] = [index * bar.step, asked === 0 ? 0 : Math.round((answered / asked) * bar.up)];
    const down = asked === answered ? 0 : Math.max(3, Math.round(((asked - answered) / asked) * bar.down));
    const title = `${from.slice(11, 16)} UTC: ${asked === 0 ? 'not asked' : `${answered} of ${asked} answered`}`;
    const parts = [
      asked === 0 ? html`<rect class="none" x="${x}" y="${bar.up - 1}" width="${bar.width}" height="2"/>` : undefined,
      up === 0 ? undefined : html`<rect class="up" x="${x}" y="${bar.up - up}" width="${bar.width}" height="${up}" rx="1"/>`,
      down === 0 ? undefined : html`<rect class="down" x="${x}" y="${bar.up + 1}" width="${bar.width}" height="${down}" rx="1"/>`,
    ];
    return html`<g><title>${title}</title>${parts}</g>`;
  });
  const failed = hours.filter(({ asked, answered }) => asked !== answered).length;
  const label = `The last ${hours.length} hours of ${cluster}: ${failed === 0 ? 'nothing unanswered' : `${failed} with questions unanswered`}`;
  return html`<svg class="uptime" role="img" aria-label="${label}" viewBox="0 0 ${hours.length * bar.step} ${bar.up + bar.down + 1}" preserveAspectRatio="none">${bars}</svg>
<p class="axis meta" aria-hidden="true"><span>${hours.length} hours ago</span><span>now</span></p>`;
}

const hoursTable = (cluster: string, hours: Hours): Html =>
  table(
    `${cluster}, hour by hour`,
    [{ name: 'Hour' }, { name: 'Asked', right: true }, { name: 'Answered', right: true }],
    hours.toReversed().map(({ from, asked, answered }) => [html`<time datetime="${from}" title="${from}">${from}</time>`, asked, answered]),
  );
