import type { Viewer } from '../../domain/site.ts';
import { button, form } from './form.ts';
import { type Html, html } from './html.ts';

/** Who looks, and how to be somebody else. */
export function who(viewer: Viewer): Html {
  const { name, way } = viewer;
  if (way === undefined) return html`<p class="viewer">${name}</p>`;
  if (way.kind === 'session') return html`<div class="viewer"><span>${name}</span> ${button(viewer, '/logout', 'Log out')}</div>`;
  const fields = html`<label>Act as <input name="name" list="people" value="${viewer.user?.name}" maxlength="200" autocomplete="off"></label><datalist id="people">${way.people.map((one) => html`<option value="${one}"></option>`)}</datalist> <button>Change</button>`;
  return html`<details class="viewer"><summary>${name} <span>Act as…</span></summary>${form(viewer, '/act-as', fields)}</details>`;
}
