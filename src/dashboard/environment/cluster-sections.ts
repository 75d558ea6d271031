import { objectName } from '../../domain/finding.ts';
import { badge } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { type Html, type HtmlPart, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { runUrl } from '../parts/links.ts';
import { table } from '../parts/table.ts';
import { until } from '../parts/until.ts';
import type { EnvironmentView, Hold, Lease, SeenDrift } from './view.ts';
import { commitName, duration, stateBadge, whyOf } from './words.ts';

const kinds: Readonly<Record<keyof SeenDrift['counts'], string>> = {
  changed: 'changed by hand',
  missing: 'missing',
  'left-over': 'left over',
  'not-deployed': 'not deployed yet',
  unknown: 'could not be compared',
};

/** Where cluster and repository are apart. */
export function driftSection(view: EnvironmentView, now: Date): Html {
  const { drift, cluster } = view;
  if (cluster === undefined) return empty('This environment has no cluster in app.yml, so there is nothing to compare it with.');
  if (drift === undefined) return empty('Nobody has compared it with the repository yet.', nextLook(view, now));
  const { counts, objects, lookedAt, since, commit } = drift;
  const looked = lookedAt === undefined ? '' : html`Looked ${ago(lookedAt, now)}, compared with ${commitName(commit)}.`;
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  if (total === 0) return html`<p>${badge('good', 'none')} The cluster is as the repository says. <span class="meta">${looked}</span></p>`;
  const told = Object.entries(counts).flatMap(([kind, count]) => (count === 0 ? [] : [`${count} ${kinds[kind as keyof typeof kinds]}`]));
  const rows = objects.map(({ object, kind, summary, by = [] }) => [
    objectName(object),
    kinds[kind],
    html`${summary}${by.length === 0 ? undefined : html` <span class="path">by ${by.join(', ')}</span>`}`,
  ]);
  return html`<p>${badge('warn', told.join(', '))} ${since === undefined ? '' : html`apart since ${ago(since, now)}.`} <span class="meta">${looked}</span></p>
${rows.length === 0 ? undefined : table('Objects that differ', [{ name: 'Object' }, { name: 'How' }, { name: 'What' }], rows)}
${total > objects.length && objects.length > 0 ? html`<p class="empty">And ${total - objects.length} more: <code>lockkeeper drift</code> shows them.</p>` : undefined}`;
}

function nextLook({ deploy, deployed, schedule: { nextDrift } }: EnvironmentView, now: Date): Html {
  if (deploy === 'off') return html`Nobody deploys here, so nobody looks: <code>deploy</code> in app.yml says who does.`;
  if (deploy === 'service' && deployed === undefined) return html`It is compared once a deployment run has brought something.`;
  return nextDrift === undefined
    ? html`No look is planned: <code>schedule.drift</code> in app.yml says when.`
    : html`The next look is in ${until(nextDrift, now)}.`;
}

/** What brought the cluster to where it is. */
export function runsSection({ runs, snapshot, deploy }: EnvironmentView, now: Date): Html {
  if (runs.length === 0) return noRuns(deploy);
  const columns = [
    { name: 'Run' },
    { name: 'Outcome' },
    { name: 'Commit' },
    { name: 'What came' },
    { name: 'Objects' },
    { name: 'Took', right: true as const },
  ];
  return table(
    'Deployment runs, newest first',
    columns,
    runs.map((run) => [
      html`<a href="${runUrl(snapshot.environment, run.id)}">${ago(run.beganAt, now)}</a>`,
      stateBadge(run.state),
      commitName(run.commit),
      html`${run.requests.map(({ title, url, author }) => html`<div class="line">${externalLink(url, title)} <span class="path">${author}</span></div>`)}${run.moreRequests > 0 ? html`<div class="line">and ${run.moreRequests} more</div>` : undefined}${whyOf(run)}`,
      objectsText(run.counts),
      run.seconds === undefined ? '' : duration(run.seconds),
    ]),
  );
}

const noRuns = (deploy: EnvironmentView['deploy']): Html =>
  deploy === 'service'
    ? empty('No run is known yet.', 'The service deploys as soon as the default branch has a commit.')
    : deploy === 'pipeline'
      ? empty("The repository's pipeline deploys here.", 'Its runs and their logs are in the pipelines of the repository.')
      : empty('Nobody deploys here.', html`<code>deploy: service</code> in app.yml lets this service do it.`);

/** `2 created, 1 changed`; what is nothing is left out. */
function objectsText(counts: EnvironmentView['runs'][number]['counts']): string {
  const { created, changed, pruned, kept, failures, unchanged } = counts;
  const parts = Object.entries({ created, changed, pruned, kept }).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]));
  const failed = failures === 0 ? [] : [`${failures} failed`];
  const told = [...parts, ...failed];
  return told.length > 0 ? told.join(', ') : unchanged > 0 ? `${unchanged} unchanged` : '';
}

/** Who is at what. */
export function locksSection({ lease, holds, deploy }: EnvironmentView, now: Date): Html {
  return html`<dl class="brief"><div><dt>Lock in the cluster</dt><dd>${leaseText(lease, deploy, now)}</dd></div></dl>
<h3>Held by open merge requests</h3>
${holds.length === 0 ? empty('No open merge request of Lockkeeper holds an object.') : holdsTable(holds, now)}`;
}

function leaseText(lease: Lease, deploy: EnvironmentView['deploy'], now: Date): HtmlPart {
  switch (lease.kind) {
    case 'none':
      return 'there is no cluster';
    case 'free':
      return html`${badge('good', 'free')} ${deploy === 'off' ? '' : 'the next run can have it'}`;
    case 'held':
      return html`${badge('wait', 'held')} by <code>${lease.holder}</code>${Number.isNaN(Date.parse(lease.since)) ? '' : html`, since ${ago(lease.since, now)}`}`;
    case 'unknown':
      return html`${badge('warn', 'not known')} ${lease.why}`;
  }
}

const holdsTable = (holds: readonly Hold[], now: Date): Html =>
  table(
    'What open merge requests hold',
    [{ name: 'Merge request' }, { name: 'Objects', right: true }, { name: 'Since' }],
    holds.map(({ id, title, url, objects, since }) => [
      html`${externalLink(url, title)} <span class="path">!${id}</span>`,
      objects,
      ago(since, now),
    ]),
  );

/** When what happens by itself. */
export function scheduleSection({ schedule, snapshot }: EnvironmentView, now: Date): Html {
  const { nextScan, nextDrift, types, windows, isOpen, opensAt, after, maxOpen, openCount } = schedule;
  const facts: readonly (readonly [string, HtmlPart])[] = [
    ['Last scan', snapshot.at === undefined ? 'none yet' : ago(snapshot.at, now)],
    ['Next scan', nextScan === undefined ? 'not scheduled' : html`in ${until(nextScan, now)}`],
    ...(nextDrift === undefined ? [] : [['Next look for drift', html`in ${until(nextDrift, now)}`] as const]),
    ['Takes updates', types.length === 0 ? 'none' : types.join(', ')],
    [
      'Windows',
      windows.length === 0 ? 'always open' : html`${badge(isOpen ? 'good' : 'calm', isOpen ? 'open' : 'closed')} ${windows.join(' · ')}`,
    ],
    ...(after === undefined ? [] : [['Comes after', `${after.environment}, once a version has run there for ${after.soak}`] as const]),
    ...(maxOpen === undefined ? [] : [['Open merge requests', `${openCount} of at most ${maxOpen}`] as const]),
    ['Next move', nextMove({ isOpen, opensAt, maxOpen, openCount }, now)],
  ];
  return html`<dl class="brief">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function nextMove(
  { isOpen, opensAt, maxOpen, openCount }: { isOpen: boolean; opensAt: string | undefined; maxOpen: number | undefined; openCount: number },
  now: Date,
): HtmlPart {
  if (!isOpen) return opensAt === undefined ? 'no window opens within two weeks' : html`when the window opens, in ${until(opensAt, now)}`;
  if (maxOpen !== undefined && openCount >= maxOpen) return 'once one of the open merge requests is merged or closed';
  return 'at the next scan that finds something';
}
