import { type Html, html } from '../parts/html.ts';
import { externalLink } from '../parts/link.ts';
import { appUrl } from '../parts/links.ts';
import { table } from '../parts/table.ts';
import { chosen } from './chosen.ts';
import { instantText, key, picture } from './picture.ts';
import type { Mark, Span } from './timeline.ts';
import { type AppView, type RangeName, ranges } from './view.ts';

const rangeTexts: Readonly<Record<RangeName, string>> = { '7d': '7 days', '30d': '30 days', '90d': '90 days', '1y': '1 year', all: 'All' };

/** The picture, and the same as a table. */
export function timelineSection(view: AppView): Html {
  const { app, timeline, range, rangeName, comparison } = view;
  const names = Object.keys(ranges) as RangeName[];
  const kept = comparison === undefined ? '' : `&from=${encodeURIComponent(comparison.from)}&to=${encodeURIComponent(comparison.to)}`;
  const choice = names.map(
    (name) =>
      html`<a href="${appUrl(app)}?range=${name}${kept}#timeline"${chosen(name === rangeName, 'aria-current="true"')}>${rangeTexts[name]}</a>`,
  );
  const nothing = timeline.lanes.length === 0;
  return html`<nav class="ranges" aria-label="How far back">${choice}</nav>
<div class="card">${nothing ? html`<p class="empty">Nothing is remembered of its versions yet: the next scan begins.</p>` : html`${picture(timeline, range)}${key}`}</div>
${nothing ? undefined : asTable(view)}`;
}

interface Line {
  readonly environment: string;
  readonly of: string;
  readonly at: string;
  readonly cells: readonly (Html | string)[];
}

const asTable = ({ timeline }: AppView): Html => {
  const lines = timeline.lanes.flatMap(({ environment, of, spans, marks }): Line[] => [
    ...spans.map((span) => ({ environment, of, at: span.from, cells: spanCells(span) })),
    ...marks.filter(({ kind }) => kind !== 'rollback').map((mark) => ({ environment, of, at: mark.at, cells: markCells(mark) })),
  ]);
  const newestFirst = lines.toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at));
  return html`<details class="as-table"><summary>The same as a table</summary>${table(
    'Versions over time',
    [{ name: 'Environment' }, { name: 'What' }, { name: 'From' }, { name: 'Until' }, { name: 'How' }],
    newestFirst.map(({ environment, of, cells }) => [of === '' ? environment : html`${environment} <small>${of}</small>`, ...cells]),
  )}</details>`;
};

const time = (at: string): Html => html`<time datetime="${at}">${instantText(at)}</time>`;

const beginnings: Readonly<Record<Span['beginning'], string>> = {
  merged: 'merged',
  seen: 'a scan saw it first',
  before: 'there at the first look',
};

function spanCells({ version, from, until, beginning, by, mergeRequest, deployedAt, backFrom }: Span): (Html | string)[] {
  const merge = mergeRequest === undefined ? undefined : html` (${externalLink(mergeRequest, 'merge request')})`;
  const who = by === undefined ? '' : ` by ${by}`;
  const cluster = deployedAt === undefined ? undefined : html`, in the cluster since ${time(deployedAt)}`;
  return [
    html`<span class="version">${version}</span>${backFrom === undefined ? undefined : html` back from ${backFrom}`}`,
    time(from),
    until === undefined ? 'now' : time(until),
    html`${beginnings[beginning]}${who}${merge}${cluster}`,
  ];
}

const markCells = ({ kind, at, text }: Mark): (Html | string)[] => [kind === 'failed' ? 'run failed' : 'run refused', time(at), '', text];
