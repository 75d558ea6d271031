import type { Viewer } from '../../domain/site.ts';
import { type Html, type HtmlPart, html } from './html.ts';

/** A form that is posted to an action of ours, with the token that shows that a page of ours sent it. */
export const form = (viewer: Viewer, action: string, body: HtmlPart): Html =>
  html`<form method="post" action="${action}"><input type="hidden" name="token" value="${viewer.token}">${body}</form>`;

/** One button that does one thing; `fields` go along. */
export const button = (viewer: Viewer, action: string, text: string, fields: Readonly<Record<string, string>> = {}): Html =>
  form(viewer, action, [
    ...Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`),
    html`<button>${text}</button>`,
  ]);
