import type { Viewer } from '../../domain/site.ts';
import { badge } from '../parts/badge.ts';
import { button, form } from '../parts/form.ts';
import { type Html, html } from '../parts/html.ts';
import { environmentUrl } from '../parts/links.ts';

/** Whether a job is in the queue. */
export type Pending = 'waiting' | 'running' | undefined;

/** What can be asked for one app of one environment. */
export interface AppActions {
  readonly environment: string;
  readonly app: string;
  readonly packages: readonly PackageChoice[];
  /** What stood there before, newest first, without what stands there now. */
  readonly earlier: readonly string[];
}

/** Versions above the one that stands there, highest first. */
export interface PackageChoice {
  readonly package: string;
  readonly current: string;
  readonly newer: readonly string[];
}

/** Where the buttons of an environment lead; `undefined`: of all of them. */
const actionPath = (environment: string | undefined, action: 'scan' | 'propose' | 'rollback'): string =>
  environment === undefined ? `/${action}` : `${environmentUrl(environment)}/${action}`;

/** Nothing for who may not; `undefined` is every environment. */
export function scanButton(viewer: Viewer, environment: string | undefined, pending: Pending): Html {
  if (pending === 'running') return badge('wait', 'a scan runs');
  if (pending === 'waiting') return badge('wait', 'a scan is in the queue');
  return viewer.acts(environment) ? button(viewer, actionPath(environment, 'scan'), 'Scan now') : html``;
}

/** Forms for one app; nothing for who may not. They lead back to the page of the environment. */
export function appForms(viewer: Viewer, { environment, app, packages, earlier }: AppActions): Html {
  if (!viewer.acts(environment)) return html``;
  const hidden = html`<input type="hidden" name="app" value="${app}">`;
  return html`<div class="forms">
${form(viewer, actionPath(environment, 'propose'), html`${hidden}${proposeFields(packages)}`)}
${form(viewer, actionPath(environment, 'rollback'), html`${hidden}${rollbackFields(earlier)}`)}
</div>`;
}

/** One choice for a package and a version of it. */
function proposeFields(packages: readonly PackageChoice[]): Html {
  const groups = packages.filter(({ newer }) => newer.length > 0);
  const title = html`<h3>Propose a version</h3>`;
  if (groups.length === 0) return html`${title}<p class="meta">No registry has shown a higher version than what stands there.</p>`;
  const options = groups.map(
    ({ package: of, current, newer }) =>
      html`<optgroup label="${of}, now ${current}">${newer.map((version) => html`<option value="${choiceValue(of, version)}">${version}</option>`)}</optgroup>`,
  );
  return html`${title}<p class="meta">Opens the merge request for exactly this version, even where types, windows, soak or limits hold it back.</p>
<label>Version <select name="choice">${options}</select></label>
<button class="main">Propose it</button>`;
}

/** A package's name and a version, in one field of a form. */
const choiceValue = (of: string, version: string): string => JSON.stringify([of, version]);

export function readChoice(text: string): { readonly package: string; readonly version: string } | undefined {
  try {
    const [of, version, ...more] = JSON.parse(text) as unknown[];
    return typeof of === 'string' && typeof version === 'string' && more.length === 0 ? { package: of, version } : undefined;
  } catch {
    return undefined;
  }
}

const rollbackFields = (earlier: readonly string[]): Html => html`<h3>Roll back</h3>
<p class="meta">Opens the merge request that goes back; nothing changes before it is merged. Data is not rolled back.</p>
<label>To <select name="to"><option value="">what ran before it</option>${earlier.map((version) => html`<option>${version}</option>`)}</select></label>
<label>Reason <input name="reason" maxlength="1000" autocomplete="off" required></label>
<button class="danger">Roll back</button>`;
