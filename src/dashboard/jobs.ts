import { type Job, type JobState, jobReport } from '../domain/queue.ts';
import { type Html, html } from './html.ts';
import { ago, layout } from './layout.ts';

/** Of each state, so that a long queue does not make an endless page; the command line shows all. */
const mostShown = 200;

const sections: readonly { readonly state: JobState; readonly title: string; readonly none: string }[] = [
  { state: 'parked', title: 'Parked', none: 'Nothing is parked: no job has failed too often.' },
  { state: 'running', title: 'Running', none: 'Nothing is being worked on.' },
  { state: 'waiting', title: 'Waiting', none: 'Nothing waits.' },
];

/** What the service has to do, with what needs a person first. */
export function jobsPage(jobs: readonly Job[], now: Date): string {
  const byState = Map.groupBy(jobs, ({ state }) => state);
  const count = (state: JobState): number => byState.get(state)?.length ?? 0;
  const body = html`<h1>Jobs</h1>
<p class="lead">${count('parked')} parked, ${count('running')} running, ${count('waiting')} waiting</p>
${sections.map(({ state, title, none }) => html`<section><h2>${title}</h2>${table(byState.get(state) ?? [], none, now)}</section>`)}`;
  return layout('Jobs', [{ text: 'jobs', href: '/jobs' }], body);
}

/** As `lockkeeper jobs list --json` prints it. */
export const jobsJson = (jobs: readonly Job[]): string => `${JSON.stringify({ jobs: jobs.map(jobReport) })}\n`;

function table(jobs: readonly Job[], none: string, now: Date): Html {
  if (jobs.length === 0) return html`<p class="empty">${none}</p>`;
  const rest = jobs.length - mostShown;
  const more = rest > 0 ? html`<p class="empty">And ${rest} more: <code>lockkeeper jobs list</code> shows them.</p>` : undefined;
  return html`<div class="scroll"><table class="jobs"><thead><tr><th>Job</th><th>What</th><th>Attempts</th><th>Added</th><th></th></tr></thead>
<tbody>${jobs.slice(0, mostShown).map((job) => row(job, now))}</tbody></table></div>${more}`;
}

function row({ id, data, key, state, attempts, addedAt, problem }: Job, now: Date): Html {
  const why = problem === undefined ? undefined : html`<p class="meta why">${problem}</p>`;
  const retry = html`<form method="post" action="/jobs/${id}/retry"><button>retry</button></form>`;
  return html`<tr><td class="kind">${data.kind}</td><td class="what">${key}${why}</td><td>${attempts}</td><td>${ago(addedAt, now)}</td><td>${state === 'parked' ? retry : undefined}</td></tr>
`;
}
