import type { Tone } from './badge.ts';
import { type Html, type HtmlPart, html } from './html.ts';

interface Figure {
  readonly name: string;
  readonly value: HtmlPart;
  readonly tone?: Tone;
  /** Where it leads. */
  readonly href?: string;
}

/** The few numbers that a page is about, in a row. */
export const figures = (all: readonly Figure[]): Html =>
  html`<dl class="figures">${all.map(
    ({ name, value, tone = 'calm', href }) =>
      html`<div class="${tone}"><dt>${name}</dt><dd>${href === undefined ? value : html`<a href="${href}">${value}</a>`}</dd></div>`,
  )}</dl>`;
