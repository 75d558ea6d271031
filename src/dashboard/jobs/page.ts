import { type Job, type JobState, jobReport } from '../../domain/queue.ts';
import type { Viewer } from '../../domain/site.ts';
import { button } from '../parts/form.ts';
import { type Html, html } from '../parts/html.ts';
import { ago, layout } from '../parts/layout.ts';

/** Of each state, so that a long queue does not make an endless page; the command line shows all. */
const mostShown = 200;

const sections: readonly { readonly state: JobState; readonly title: string; readonly none: string }[] = [
  { state: 'parked', title: 'Parked', none: 'Nothing is parked: no job has failed too often.' },
  { state: 'running', title: 'Running', none: 'Nothing is being worked on.' },
  { state: 'waiting', title: 'Waiting', none: 'Nothing waits.' },
];

/** What the service has to do, with what needs a person first. */
export function jobsPage(jobs: readonly Job[], now: Date, viewer: Viewer): string {
  const byState = Map.groupBy(jobs, ({ state }) => state);
  const count = (state: JobState): number => byState.get(state)?.length ?? 0;
  const body = html`<h1>Jobs</h1>
<p class="lead">${count('parked')} parked, ${count('running')} running, ${count('waiting')} waiting</p>
${sections.map(({ state, title, none }) => html`<section><h2>${title}</h2>${table(byState.get(state) ?? [], none, now, viewer)}</section>`)}`;
  return layout('Jobs', [{ text: 'jobs', href: '/jobs' }], body, { viewer, here: 'Operations' });
}

/** As `lockkeeper jobs list --json` prints it. */
export const jobsReport = (jobs: readonly Job[]) => ({ jobs: jobs.map(jobReport) });

function table(jobs: readonly Job[], none: string, now: Date, viewer: Viewer): Html {
  if (jobs.length === 0) return html`<p class="empty">${none}</p>`;
  const rest = jobs.length - mostShown;
  const more = rest > 0 ? html`<p class="empty">And ${rest} more: <code>lockkeeper jobs list</code> shows them.</p>` : undefined;
  return html`<div class="scroll"><table class="jobs"><thead><tr><th>Job</th><th>What</th><th>Attempts</th><th>Added</th><th></th></tr></thead>
<tbody>${jobs.slice(0, mostShown).map((job) => row(job, now, viewer))}</tbody></table></div>${more}`;
}

function row({ id, data, key, state, attempts, addedAt, problem }: Job, now: Date, viewer: Viewer): Html {
  const why = problem === undefined ? undefined : html`<p class="meta why">${problem}</p>`;
  const retry = button(viewer, `/jobs/${id}/retry`, 'retry');
  return html`<tr><td class="kind">${data.kind}</td><td class="what">${key}${why}</td><td>${attempts}</td><td>${ago(addedAt, now)}</td><td>${state === 'parked' ? retry : undefined}</td></tr>
`;
}
