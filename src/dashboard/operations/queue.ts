import { badge } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { button } from '../parts/form.ts';
import { type Html, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { table } from '../parts/table.ts';
import { until } from '../parts/until.ts';
import type { Shown } from './page.ts';
import type { ShownJob } from './report.ts';

/** Of each state, so that a long queue does not make an endless page; the command line shows all. */
const mostShown = 200;

/** What the service has to do, with what needs a person first. */
export function queueSection(jobs: readonly ShownJob[], shown: Shown): Html {
  const [parked = [], running = [], waiting = []] = ['parked', 'running', 'waiting'].map((state) =>
    jobs.filter((job) => job.state === state),
  );
  if (jobs.length === 0) return empty('Nothing waits and nothing runs.', 'Deliveries and the schedule bring the next jobs.');
  return html`${parked.length === 0 ? undefined : html`<h3>Parked</h3><p class="meta">Failed too often, and not tried again before somebody says so: put right what the problem names, then retry.</p>${parkedTable(parked, shown)}`}
${running.length === 0 ? undefined : html`<h3>Running</h3>${runningTable(running, shown)}`}
${waiting.length === 0 ? undefined : html`<h3>Waiting</h3>${waitingTable(waiting, shown)}`}`;
}

function parkedTable(jobs: readonly ShownJob[], { now, viewer }: Shown): Html {
  const row = ({ id, kind, key, problem = '', attempts, addedAt, environment }: ShownJob) => [
    kind,
    html`${key}<p class="meta why">${problem}</p>${viewer.acts(environment) ? button(viewer, `/jobs/${id}/retry`, 'Retry') : undefined}`,
    attempts,
    ago(addedAt, now),
  ];
  const columns = [{ name: 'Job' }, { name: 'What' }, { name: 'Attempts', right: true as const }, { name: 'Asked for' }];
  return html`${table('Parked jobs', columns, jobs.slice(0, mostShown).map(row))}${rest(jobs)}`;
}

function runningTable(jobs: readonly ShownJob[], { now }: Shown): Html {
  const row = ({ kind, key, attempts, addedAt }: ShownJob) => [
    kind,
    html`${key} ${attempts > 1 ? badge('warn', `attempt ${attempts}`) : undefined}`,
    ago(addedAt, now),
  ];
  const columns = [{ name: 'Job' }, { name: 'What' }, { name: 'Asked for' }];
  return html`${table('Running jobs', columns, jobs.slice(0, mostShown).map(row))}${rest(jobs)}`;
}

const rest = (jobs: readonly ShownJob[]): Html | undefined =>
  jobs.length > mostShown
    ? html`<p class="empty">And ${jobs.length - mostShown} more: <code>lockkeeper jobs list</code> shows them.</p>`
    : undefined;

/** By kind: who asks why nothing happens wants to know what it waits behind. */
function waitingTable(jobs: readonly ShownJob[], { now }: Shown): Html {
  const kinds = [...Map.groupBy(jobs, ({ kind }) => kind)].sort(([, a], [, b]) => b.length - a.length);
  const rows = kinds.map(([kind, of]) => {
    const [oldest] = of.map(({ addedAt }) => addedAt).sort();
    const due = of.map(({ notBefore = '' }) => notBefore).sort()[0] ?? '';
    const failed = of.filter(({ problem }) => problem !== undefined);
    return [
      kind,
      of.length,
      oldest === undefined ? '' : ago(oldest, now),
      Date.parse(due) > now.getTime() ? html`in ${until(due, now)}` : 'now',
      failed.length === 0 ? '' : html`<span class="why">${failed.length} failed before: ${failed[0]?.problem ?? ''}</span>`,
    ];
  });
  return table(
    'Waiting jobs',
    [{ name: 'Job' }, { name: 'How many', right: true }, { name: 'Oldest' }, { name: 'Due' }, { name: 'Problems' }],
    rows,
  );
}
