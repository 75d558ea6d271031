import type { Viewer } from '../../domain/site.ts';
import { empty } from '../parts/empty.ts';
import { figures } from '../parts/figures.ts';
import { type Html, type HtmlPart, html } from '../parts/html.ts';
import { ago, layout } from '../parts/layout.ts';
import { table } from '../parts/table.ts';
import { until } from '../parts/until.ts';
import { clustersSection } from './clusters.ts';
import { hostsSection } from './hosts.ts';
import { queueSection } from './queue.ts';
import type { Operations } from './report.ts';
import { serviceSection } from './service.ts';

export interface Shown {
  readonly now: Date;
  readonly viewer: Viewer;
}

/** How the service does: first what needs a person. */
export function operationsPage(all: Operations, shown: Shown): string {
  const { now, viewer } = shown;
  const body = html`<h1>Operations</h1>
<p class="lead">How the service does, and what waits for a person.</p>
${part('summary', undefined, summary(all, now))}
${part('queue', 'Queue', queueSection(all.jobs, shown))}
${all.scans && part('scans', 'Scans', scansSection(all.scans, all.troubles, now))}
${all.troubles.length === 0 ? undefined : part('troubles', 'What could not be looked at', troublesSection(all.troubles, now))}
${part('clusters', 'API servers', clustersSection(all.clusters, now))}
${all.hosts && part('hosts', 'Forges and registries', hostsSection(all.hosts, now))}
${all.webhooks && part('webhooks', 'Webhooks', webhooksSection(all.webhooks, now))}
${all.service && part('service', 'The service', serviceSection(all.service, now))}`;
  return layout('Operations', [{ text: 'operations', href: '/operations' }], body, { viewer, here: 'Operations' });
}

const part = (id: string, title: string | undefined, body: HtmlPart): Html =>
  html`<section id="${id}" data-live="${id}">${title && html`<h2>${title}</h2>`}${body}</section>`;

function summary({ jobs, scans, clusters, hosts, troubles }: Operations, now: Date): Html {
  const count = (state: string): number => jobs.filter((job) => job.state === state).length;
  const failing = (hosts ?? []).filter(({ failingSince }) => failingSince !== undefined).length;
  const down = clusters.filter(({ state }) => state === 'down').length;
  const tone = (bad: number, how: 'bad' | 'warn') => (bad === 0 ? {} : ({ tone: how } as const));
  return figures([
    { name: 'Parked jobs', value: count('parked'), href: '#queue', ...tone(count('parked'), 'bad') },
    { name: 'Running', value: count('running') },
    { name: 'Waiting', value: count('waiting') },
    ...(clusters.length === 0 ? [] : [{ name: 'API servers down', value: down, href: '#clusters', ...tone(down, 'bad') }]),
    ...(hosts === undefined ? [] : [{ name: 'Hosts that fail', value: failing, href: '#hosts', ...tone(failing, 'warn') }]),
    ...(troubles.length === 0 ? [] : [{ name: 'Not looked at', value: troubles.length, href: '#troubles', tone: 'warn' as const }]),
    ...(scans === undefined ? [] : [{ name: 'Last scan', value: scans.last ? ago(scans.last.at, now) : 'none yet' }]),
  ]);
}

function scansSection(
  { last, next, schedule, timezone }: NonNullable<Operations['scans']>,
  troubles: Operations['troubles'],
  now: Date,
): Html {
  const when = html`<p>${next === undefined ? 'No scan is due' : html`The next one is due in ${until(next, now)}`}: <code>${schedule}</code> in ${timezone}.</p>`;
  if (last === undefined)
    return html`${empty('No scan of everything has come to its end yet.', 'The first one runs when the service starts.')}${when}`;
  const { environments, errors } = last;
  const looked = `${environments} ${environments === 1 ? 'environment' : 'environments'}`;
  // Of what is told below, with since when, it is enough to say that it is.
  const failed = errors
    .filter(({ scope }) => !troubles.some((one) => one.scope === scope))
    .map(({ scope, message }) => html`<li><b>${scope}</b> ${message}</li>`);
  return html`<p>The last one ended ${ago(last.at, now)} after ${duration(last.seconds)}: ${looked}, ${errors.length === 0 ? 'without problems' : `${errors.length} could not be looked at`}.</p>
${failed.length === 0 ? undefined : html`<ul class="problems">${failed}</ul>`}${when}`;
}

/** `0.4 s`, `12 s`, `3 min 5 s` */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

const troublesSection = (troubles: Operations['troubles'], now: Date): Html =>
  table(
    'What could not be looked at',
    [{ name: 'What' }, { name: 'Why' }, { name: 'Environments' }, { name: 'Since' }],
    troubles.map(({ scope, message, environments, since }) => [
      scope,
      html`<span class="why">${message}</span>`,
      environments.join(', '),
      ago(since, now),
    ]),
  );

function webhooksSection(webhooks: NonNullable<Operations['webhooks']>, now: Date): Html {
  if (webhooks.length === 0)
    return empty(
      'Nobody is to tell of changes: the schedule finds them.',
      html`<code>webhookSecret</code> in app.yml, then <code>lockkeeper forge setup</code>.`,
    );
  return table(
    'Webhooks',
    [{ name: 'Sender' }, { name: 'Last delivery' }, { name: 'It was' }, { name: 'Stopped', right: true }],
    webhooks.map(({ sender, at, outcome = '', stopped }) => [
      sender,
      at === undefined ? 'none seen' : ago(at, now),
      outcome,
      stopped === undefined ? '' : stopped === 0 ? '0' : html`<b class="why">${stopped}</b>`,
    ]),
  );
}
