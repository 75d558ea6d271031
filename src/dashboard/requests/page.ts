import type { Viewer } from '../../domain/site.ts';
import { count } from '../../domain/wording.ts';
import { badge, type Tone } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { figures } from '../parts/figures.ts';
import { button } from '../parts/form.ts';
import { type Html, html } from '../parts/html.ts';
import { ago, layout } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { appUrl, environmentUrl } from '../parts/links.ts';
import { table } from '../parts/table.ts';
import { requestKinds, type ShownRequest, type Verdict } from './source.ts';
import { type Asking, chosen, isOld, requestsUrl, type Standing, standingOf, standings } from './standing.ts';

interface Look {
  readonly viewer: Viewer;
  readonly now: Date;
  /** Which of them. */
  readonly asking: Asking;
}

const groups: Readonly<Record<Standing, { readonly title: string; readonly tone: Tone }>> = {
  ready: { title: 'Ready to merge', tone: 'good' },
  approval: { title: 'Waits for an approval', tone: 'warn' },
  work: { title: 'Needs work', tone: 'bad' },
  unjudged: { title: 'Not judged yet', tone: 'calm' },
  draft: { title: 'Drafts', tone: 'calm' },
};

/** Of those that have ended, so that a long history makes no endless page. */
const mostEnded = 100;

/** What is proposed everywhere, by what it waits for, longest first. */
export function requestsPage(all: readonly ShownRequest[], look: Look): string {
  const { asking } = look;
  const open = all.filter(({ state }) => state === 'open');
  const ended = all.filter(({ state }) => state !== 'open');
  const shown = chosen(all, asking);
  const body = html`<h1>Merge requests</h1>
<p class="lead">${open.length} open in ${count(new Set(open.map(({ environment }) => environment)).size, 'environment')}</p>
${open.length === 0 ? nothing() : html`${overview(open, asking)}${filters(open, asking)}`}
<div data-live="requests" id="requests">${open.length > 0 && shown.length === 0 ? empty('No merge request is like that.', html`<a href="/requests">Show all of them</a>`) : standings.map((standing) => group(standing, shown, look))}</div>
${endedPart(ended, look.now)}`;
  return layout('Merge requests', [{ text: 'merge requests', href: '/requests' }], body, { viewer: look.viewer, here: 'Merge requests' });
}

const nothing = (): Html =>
  empty(
    'No merge request is open: every app is at the version that it may have.',
    'The next scan opens one for each app that has a newer version; lockkeeper scan looks now.',
  );

function overview(open: readonly ShownRequest[], asking: Asking): Html {
  const of = Map.groupBy(open, standingOf);
  return figures(
    standings.flatMap((standing) => {
      const number = of.get(standing)?.length ?? 0;
      const { title, tone } = groups[standing];
      return number === 0 ? [] : [{ name: title, value: number, tone, href: requestsUrl({ ...asking, verdict: standing }) }];
    }),
  );
}

function filters(open: readonly ShownRequest[], asking: Asking): Html {
  const environments = [...new Set(open.map(({ environment }) => environment))];
  const owners = [...new Set(open.flatMap(({ owner }) => owner ?? []))].sort();
  return html`<form class="filters" method="get" action="/requests">
${select('environment', 'Environment', environments, asking.environment)}${owners.length === 0 ? undefined : select('owner', 'Owner', owners, asking.owner)}${select('kind', 'Kind', requestKinds, asking.kind)}${select('verdict', 'State', standings, asking.verdict, (one) => groups[one].title)}
<label>Order <select name="sort">${option('oldest', 'Longest waiting first', asking.sort)}${option('newest', 'Newest first', asking.sort)}</select></label>
<button>Show</button></form>`;
}

function select<T extends string>(
  name: string,
  label: string,
  values: readonly T[],
  chosenOne: string | undefined,
  word: (value: T) => string = (value) => value,
): Html {
  return html`<label>${label} <select name="${name}">${option('', 'all', chosenOne)}${values.map((one) => option(one, word(one), chosenOne))}</select></label>`;
}

const option = (value: string, text: string, chosenOne: string | undefined): Html =>
  value === (chosenOne ?? '') ? html`<option value="${value}" selected>${text}</option>` : html`<option value="${value}">${text}</option>`;

function group(standing: Standing, shown: readonly ShownRequest[], look: Look): Html | undefined {
  const of = shown.filter((one) => standingOf(one) === standing);
  if (of.length === 0) return undefined;
  const { title } = groups[standing];
  const columns = ['Merge request', 'Environment', 'Owner', 'Verdicts', 'Waits since', html`<span class="visually-hidden">Action</span>`];
  return html`<section class="group cards"><h2>${title} <span class="number">${of.length}</span></h2>${table(
    title,
    columns.map((name) => ({ name })),
    of.map((one) => row(one, look)),
  )}</section>`;
}

function row(one: ShownRequest, { viewer, now, asking }: Look) {
  const { environment, owner, judging, repository, id, createdAt } = one;
  const again =
    viewer.acts(environment) && !judging
      ? button(viewer, '/requests/validate', 'Validate again', { repository, id: String(id), back: requestsUrl(asking) })
      : undefined;
  return [
    titleCell(one),
    html`<a href="${environmentUrl(environment)}">${environment}</a>`,
    owner,
    verdicts(one),
    isOld(one, now) ? html`<span class="old">${badge('warn', 'old')} ${ago(createdAt, now)}</span>` : ago(createdAt, now),
    again,
  ];
}

/** To a page of ours, or of a forge. */
const linked = (url: string, title: string): Html =>
  /^\/(?!\/)/.test(url) ? html`<a href="${url}">${title}</a>` : externalLink(url, title);

function titleCell({ url, title, app, kind, id, conflicts }: ShownRequest): Html {
  const about = app === undefined ? undefined : html`<a href="${appUrl(app)}">${app}</a> · `;
  return html`${linked(url, title)}<p class="meta">${about}${kind === 'other' ? 'by a person' : kind} · !${id}${conflicts ? html` · ${badge('bad', 'conflicts')}` : undefined}</p>`;
}

const tones: Readonly<Record<Verdict['state'], Tone>> = { pending: 'wait', running: 'wait', success: 'good', failure: 'bad', error: 'bad' };

function verdicts({ validate, access, kind, judging }: ShownRequest): Html {
  const judged = (name: string, verdict: Verdict): Html => html`${badge(tones[verdict.state], name, verdict.description)} `;
  const asked = judging ? badge('wait', 'validation running') : undefined;
  const gate = access ?? (kind === 'access' ? undefined : null);
  return html`<span class="verdicts">${asked ?? (validate === undefined ? badge('calm', 'not validated') : judged('validation', validate))} ${gate === null ? undefined : gate === undefined ? badge('calm', 'gate not judged') : judged('access gate', gate)}</span>`;
}

function endedPart(ended: readonly ShownRequest[], now: Date): Html | undefined {
  if (ended.length === 0) return undefined;
  const newest = ended
    .toSorted((one, other) => Date.parse(other.endedAt ?? other.createdAt) - Date.parse(one.endedAt ?? one.createdAt))
    .slice(0, mostEnded);
  const items = newest.map(
    ({ state, url, title, environment, id, endedAt, createdAt }) =>
      html`<li><span class="dot ${state}" role="img" aria-label="${state}"></span><div><span class="title">${linked(url, title)}</span><p class="meta">${environment} · !${id} · ${state} ${ago(endedAt ?? createdAt, now)}</p></div></li>`,
  );
  const rest = ended.length > newest.length ? html`<p class="empty">And ${ended.length - newest.length} older ones.</p>` : undefined;
  return html`<details class="ended"><summary>${ended.length} merged or closed</summary><ul class="requests">${items}</ul>${rest}</details>`;
}
