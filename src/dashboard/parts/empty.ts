import { type Html, type HtmlPart, html } from './html.ts';

/** Nothing is there: why, and what to do next. */
export const empty = (why: string, next?: HtmlPart): Html =>
  html`<div class="nothing"><p>${why}</p>${next === undefined ? undefined : html`<p class="meta">${next}</p>`}</div>`;
