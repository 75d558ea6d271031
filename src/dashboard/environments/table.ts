import type { InventoryRow, OpenRequest } from '../../domain/fleet.ts';
import { versionsIn } from '../../domain/proposal-title.ts';
import type { Behind } from '../../domain/version-behind.ts';
import { count } from '../../domain/wording.ts';
import { badge } from '../parts/badge.ts';
import { type Html, html } from '../parts/html.ts';
import { externalLink } from '../parts/link.ts';
import { appUrl, environmentUrl } from '../parts/links.ts';
import { versionText } from '../parts/version.ts';
import type { Cell } from './cell.ts';
import type { Filter } from './filter.ts';
import type { FleetEnvironment } from './fleet.ts';
import type { AppLine, Matrix } from './matrix.ts';
import { runBadge } from './run.ts';

/** Apps by environments. It may have thousands of cells, so each says little: what there is to say of most is said by the stylesheet. */
export function matrixTable({ environments, lines }: Matrix, { sort }: Filter): Html {
  const sorted = (by: Filter['sort']) => (sort === by ? html` aria-sort="ascending"` : undefined);
  return html`<table class="matrix" data-live="fleet" id="fleet">
<thead><tr><th scope="col"${sorted('app')}>App</th><th scope="col"${sorted('owner')}>Owner</th>${environments.map(column)}</tr></thead>
<tbody>
${lines.map((one) => line(one, environments))}</tbody></table>`;
}

function column(environment: FleetEnvironment): Html {
  const { environment: name, at, problems } = environment;
  const state = [
    at === undefined && environment.commit === undefined ? badge('wait', 'not scanned yet') : undefined,
    runBadge(environment),
    problems.length > 0 ? badge('warn', count(problems.length, 'problem')) : undefined,
  ];
  return html`<th scope="col"><a href="${environmentUrl(name)}">${name}</a>${state.map((one) => one && html`<br>${one}`)}</th>`;
}

const line = ({ app, owners, cells }: AppLine, environments: readonly FleetEnvironment[]): Html =>
  html`<tr><th scope="row"><a href="${appUrl(app)}">${app}</a></th><td>${owners.join(', ')}</td>${environments.map(({ environment }) =>
    cellOf(cells.get(environment)),
  )}</tr>
`;

const nothing = html`<td></td>`;

function cellOf(cell: Cell | undefined): Html {
  if (cell === undefined) return nothing;
  const { lead, others, behind, waits, undeployed, trouble } = cell;
  return html`<td>${version(lead.version)}${others.length > 0 ? more(others) : undefined}${distance(behind)}${waits && waiting(waits)}${
    undeployed && undeployedMarks[undeployed]
  }${trouble ? failed : undefined}</td>`;
}

/** Longer ones are cut by the stylesheet, and say the whole of it when pointed at. */
const long = 18;

function version(text: string): Html {
  const shown = versionText(text);
  return text.length > long ? html`<b title="${text}">${shown}</b>` : html`<b>${shown}</b>`;
}

const more = (others: readonly InventoryRow[]): Html =>
  html` <abbr title="${others.map(({ package: name, version: of }) => `${name} ${of}`).join('\n')}">+${others.length}</abbr>`;

const signs: Readonly<Record<Behind['kind'], string>> = { unknown: '', current: '', other: '', patch: 'p', minor: 'm', major: 'M' };

function distance({ kind, text }: Behind): Html {
  const sign = signs[kind];
  return sign === '' ? html`<small>${text}</small>` : html`<small class="${sign}">${text}</small>`;
}

/** `billing 1.4.2 → 1.5.0` leads to `1.5.0`. */
function waiting({ url, title, id, rollback }: OpenRequest): Html {
  const { to = `!${id}` } = versionsIn(title);
  return html`<small class="w" title="${title}">${externalLink(url, rollback === undefined ? `→ ${to} waits` : `↩ ${to} waits`)}</small>`;
}

const undeployedMarks = { failed: html`<small class="x">✖ not deployed</small>`, pending: html`<small>… not deployed yet</small>` };
const failed = html`<small class="x">! look-up failed</small>`;
