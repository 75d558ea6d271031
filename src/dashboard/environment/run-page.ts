import type { DeployPhase } from '../../domain/deployment.ts';
import { objectName } from '../../domain/finding.ts';
import type { RunLog, RunStep } from '../../domain/run-log.ts';
import type { Viewer } from '../../domain/site.ts';
import { badge } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { figures } from '../parts/figures.ts';
import { type Html, type HtmlPart, html } from '../parts/html.ts';
import { ago, layout } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { environmentUrl, runUrl } from '../parts/links.ts';
import { table } from '../parts/table.ts';
import { commitName, duration, stateBadge, whyOf } from './words.ts';

/** One deployment run, while it goes or after it. */
export function runPage(log: RunLog, now: Date, viewer: Viewer): string {
  const { environment, id, run } = log;
  const title = `Run ${run ?? 'that has not begun'}`;
  const body = html`<h1>${title}</h1>
<section id="run" data-live="run" aria-label="The run">
${lead(log, now)}
${numbers(log)}
${failures(log)}
<h2>Steps</h2>${steps(log, now)}
${objects(log)}
${notes(log)}
${lines(log)}
</section>`;
  const crumbs = [
    { text: environment, href: environmentUrl(environment) },
    { text: `run ${run ?? ''}`.trim(), href: runUrl(environment, id) },
  ];
  return layout(`${title} · ${environment}`, crumbs, body, { viewer, here: 'Environments' });
}

function lead(log: RunLog, now: Date): Html {
  const { state, commit, cluster, beganAt, seconds, requests, moreRequests, compareUrl } = log;
  const came = [
    ...requests.map(
      ({ id, title, url, author, by }) =>
        html`<div class="line">${externalLink(url, title)} <span class="path">${id} of ${author}${by === undefined ? '' : `, merged by ${by}`}</span></div>`,
    ),
    ...(moreRequests > 0 ? [html`<div class="line">and ${moreRequests} more</div>`] : []),
    whyOf(log),
  ];
  const facts: readonly (readonly [string, HtmlPart])[] = [
    ['Outcome', stateBadge(state)],
    ['Commit', html`${commitName(commit)} ${compareUrl === undefined ? '' : externalLink(compareUrl, 'what changed')}`],
    ['Cluster', cluster],
    ['Began', html`${ago(beganAt, now)}${seconds === undefined ? '' : `, took ${duration(seconds)}`}`],
    ['What came', came],
  ];
  return html`<dl class="brief">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function numbers({ counts, plan, report }: RunLog): Html {
  if (report === undefined)
    return plan === undefined
      ? html``
      : figures([
          { name: 'To create', value: plan.created },
          { name: 'To change', value: plan.changed },
          { name: 'To prune', value: plan.pruned },
        ]);
  const { created, changed, unchanged, pruned, kept, failures: failed } = counts;
  return figures([
    { name: 'Created', value: created },
    { name: 'Changed', value: changed },
    { name: 'Unchanged', value: unchanged },
    { name: 'Pruned', value: pruned },
    { name: 'Kept', value: kept },
    { name: 'Failures', value: failed, tone: failed > 0 ? 'bad' : 'calm' },
  ]);
}

const phases: Readonly<Record<DeployPhase, string>> = {
  lock: 'Waits for the lock',
  look: 'Looks at the cluster',
  preflight: 'Tries every object',
  apply: 'Applies',
  prune: 'Prunes',
  rollout: 'Waits for rollouts',
};

function steps({ steps: all, state }: RunLog, now: Date): Html {
  if (all.length === 0) return empty('Nothing was begun yet.');
  return table(
    'Steps of the run',
    [{ name: 'Step' }, { name: 'State' }, { name: 'Done', right: true }, { name: 'Last' }, { name: 'Began' }],
    all.map((step, index) => [
      phases[step.name],
      stepState(step, index === all.length - 1, state),
      `${step.done} of ${step.units}`,
      step.last ?? '',
      ago(step.at, now),
    ]),
  );
}

function stepState({ done, units }: RunStep, isLast: boolean, state: RunLog['state']): Html {
  if (!isLast || state === 'succeeded' || done >= units) return badge('good', 'done');
  return state === 'running' ? badge('wait', 'goes on') : badge('bad', 'stopped here');
}

function failures({ report }: RunLog): Html | undefined {
  if (report === undefined || report.failures.length === 0) return undefined;
  const rows = report.failures.map(
    ({ object, message, help }) =>
      html`<li>${object === undefined ? undefined : html`<b>${objectName(object)}</b> `}${message}${help === undefined ? undefined : html`<p class="meta">What to do: ${help}</p>`}</li>`,
  );
  return html`<h2>What failed</h2><ul class="failures">${rows}</ul>`;
}

function objects({ report, counts }: RunLog): Html | undefined {
  if (report === undefined) return undefined;
  const list = (name: 'created' | 'changed' | 'pruned'): HtmlPart => {
    const all = report[name];
    if (all.length === 0) return undefined;
    const more = counts[name] - all.length;
    return html`<details><summary>${counts[name]} ${name}</summary><ul>${all.map((one) => html`<li>${objectName(one)}</li>`)}${more > 0 ? html`<li>and ${more} more</li>` : undefined}</ul></details>`;
  };
  const kept =
    report.kept.length === 0
      ? undefined
      : html`<details open><summary>${counts.kept} kept</summary><ul>${report.kept.map(({ object, reason }) => html`<li>${objectName(object)} <span class="path">${reason}</span></li>`)}</ul></details>`;
  const all = [list('created'), list('changed'), list('pruned'), kept];
  return all.every((one) => one === undefined) ? undefined : html`<h2>Objects</h2><div class="objects">${all}</div>`;
}

const notes = ({ report }: RunLog): Html | undefined =>
  report === undefined || report.notes.length === 0
    ? undefined
    : html`<h2>Notes</h2><ul>${report.notes.map((note) => html`<li>${note}</li>`)}</ul>`;

const lines = ({ lines: all }: RunLog): Html | undefined =>
  all.length === 0
    ? undefined
    : html`<h2>Log</h2><ol class="log">${all.map(({ at, text }) => html`<li><time datetime="${at}" title="${at}">${at.slice(11, 19)}</time> ${text}</li>`)}</ol>`;
