import { badge } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { type Html, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { table } from '../parts/table.ts';
import { until } from '../parts/until.ts';
import type { ShownHost } from './report.ts';

/** Whether others answer, and how much may still be asked of them. */
export function hostsSection(hosts: readonly ShownHost[], now: Date): Html {
  if (hosts.length === 0) return empty('Nobody was asked yet.', 'The first scan asks the forges and registries of app.yml.');
  const rows = hosts.map((one) => [
    html`${one.host}${one.use === '' ? undefined : html`<p class="meta">${one.use}</p>`}`,
    stateOf(one, now),
    one.lastSuccess === undefined ? 'never' : ago(one.lastSuccess, now),
    one.limits.length === 0 ? html`<span class="meta">tells of no limit</span>` : one.limits.map((limit) => headroom(limit, now)),
  ]);
  return table(
    'Forges and registries',
    [{ name: 'Host' }, { name: 'State' }, { name: 'Last answer' }, { name: 'May still be asked' }],
    rows,
  );
}

function stateOf({ at, failingSince, problem }: ShownHost, now: Date): Html {
  if (at === undefined) return badge('calm', 'not asked yet');
  if (failingSince === undefined) return badge('good', 'answers');
  return html`${badge('bad', 'fails')} <span class="meta">since ${ago(failingSince, now)}</span><p class="why">${problem ?? ''}</p>`;
}

/** Below that part of the limit it is getting tight. */
const tight = 0.1;
const width = 100;

function headroom({ resource, limit, remaining, resetAt }: ShownHost['limits'][number], now: Date): Html {
  const share = limit === undefined || limit === 0 ? undefined : Math.min(1, remaining / limit);
  const isOver = resetAt !== undefined && Date.parse(resetAt) <= now.getTime();
  const left = html`${number(remaining)}${limit === undefined ? undefined : html` of ${number(limit)}`}${resource === '' ? undefined : html` <span class="meta">${resource}</span>`}`;
  const reset =
    resetAt === undefined
      ? undefined
      : isOver
        ? html`<span class="meta">all again by now</span>`
        : html`<span class="meta">all again in ${until(resetAt, now)}</span>`;
  const isTight = share !== undefined && share < tight && !isOver;
  return html`<div class="headroom">${left}${isTight ? html` ${badge('warn', 'tight')}` : undefined} ${reset}${share === undefined ? undefined : meter(share, isTight)}</div>`;
}

const meter = (share: number, isTight: boolean): Html =>
  html`<svg class="meter" viewBox="0 0 ${width} 4" preserveAspectRatio="none" aria-hidden="true"><rect class="all" width="${width}" height="4" rx="2"/><rect class="${isTight ? 'down' : 'up'}" width="${Math.round(share * width)}" height="4" rx="2"/></svg>`;

const number = (value: number): string => value.toLocaleString('en');
