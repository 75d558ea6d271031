import { empty } from '../parts/empty.ts';
import { type Html, type HtmlPart, html } from '../parts/html.ts';
import { appUrl } from '../parts/links.ts';
import { renderMarkdown } from '../parts/markdown.ts';
import { chosen } from './chosen.ts';
import { type Difference, saidOnce } from './comparison.ts';
import type { PackageChanges } from './source.ts';
import type { AppView, Comparison } from './view.ts';

/** A form that asks for two environments, and the answer. */
export function comparisonSection(view: AppView): Html {
  const { app, places, comparison, rangeName } = view;
  if (places.length < 2) return empty(`${app} is in one environment only: there is nothing to compare.`);
  const names = places.map(({ environment }) => environment);
  const options = (selected: string | undefined): HtmlPart =>
    names.map((name) => html`<option value="${name}"${chosen(name === selected, 'selected')}>${name}</option>`);
  const field = (name: 'from' | 'to', text: string, selected: string | undefined): Html =>
    html`<label>${text} <select name="${name}">${options(selected)}</select></label>`;
  return html`<form method="get" action="${appUrl(app)}#changes" class="filters"><input type="hidden" name="range" value="${rangeName}">${field('from', 'Between', comparison?.from ?? names.at(-1))}${field('to', 'and', comparison?.to ?? names.at(-2))}<button>Compare</button></form>
${comparison === undefined ? undefined : answer(comparison)}`;
}

const answer = ({ differences, changes, from, to }: Comparison): Html =>
  html`<div class="card">${differences.map((one) => html`<p>${told(one, from, to)}</p>`)}${saidOnce(changes).map(section)}</div>`;

function told(one: Difference, from: string, to: string): Html {
  const name = html`<code>${one.kind === 'move' ? one.move.package : one.package}</code>`;
  switch (one.kind) {
    case 'same':
      return html`${from} and ${to} have the same version of ${name}: <b>${one.version}</b>.`;
    case 'alone':
      return html`Only ${one.environment} has ${name}: <b>${one.version}</b>.`;
    case 'move': {
      const { from: old, to: fresh } = one.move;
      const versions = html`${old.place.environment} has <b>${old.version}</b> of ${name}, ${fresh.place.environment} has <b>${fresh.version}</b>`;
      return one.known
        ? html`${versions}, which is newer.`
        : html`${versions}. Which of them is newer cannot be told: this is what leads from the one to the other.`;
    }
  }
}

function section(all: readonly PackageChanges[]): Html {
  const [first] = all;
  if (first === undefined) return html``;
  const heading = html`<h3>${all.map((one) => one.package.slice(one.package.lastIndexOf('/') + 1)).join(', ')} ${first.from} → ${first.to}</h3>`;
  return 'markdown' in first
    ? html`${heading}<div class="prose">${renderMarkdown(first.markdown)}</div>`
    : html`${heading}<p class="banner">${first.problem}</p>`;
}
