import { type Entry, type EntryKind, entryKinds, isReadable } from '../../domain/journal.ts';
import type { Viewer } from '../../domain/site.ts';
import { badge, type Tone } from '../parts/badge.ts';
import { empty } from '../parts/empty.ts';
import { type Html, type HtmlPart, html, trusted } from '../parts/html.ts';
import { ago, layout } from '../parts/layout.ts';
import { externalLink } from '../parts/link.ts';
import { environmentUrl } from '../parts/links.ts';
import { chainState } from './chain.ts';
import { type Filter, queryOf, type Typed } from './filter.ts';
import type { Found } from './search.ts';
import type { Chain } from './source.ts';

export interface JournalPage {
  readonly filter: Filter;
  readonly found: Found;
  readonly chain: Chain;
  /** That the viewer sees. */
  readonly environments: readonly string[];
  readonly viewer: Viewer;
  readonly now: Date;
}

/** What was done and seen, newest first. */
export function journalPage({ filter, found, chain, environments, viewer, now }: JournalPage): string {
  const { typed, before } = filter;
  const isNewest = before === undefined;
  const live = isNewest ? trusted(' data-live="journal"') : undefined;
  const body = html`<h1>Journal</h1>
<p class="lead">What Lockkeeper did, and what it saw people do. <a href="/journal.jsonl?${queryOf(typed)}" download="journal.jsonl">Download these entries</a> as JSON Lines.</p>
<section data-live="journal" id="chain" aria-label="Whether the journal is whole">${chainState(chain, viewer.sees(undefined), now)}</section>
${searchForm(filter, environments)}
<section${live} id="entries" aria-label="Entries">
${isNewest ? undefined : html`<p class="meta"><a href="/journal?${queryOf(typed)}">↑ To the newest</a></p>`}
${found.entries.length === 0 ? nothing(filter, found) : html`<ol class="entries">${found.entries.map((entry) => entryItem(entry, now))}</ol>`}
${further(typed, found)}
</section>`;
  return layout('Journal', [{ text: 'journal', href: '/journal' }], body, { viewer, here: 'Journal' });
}

function searchForm({ typed, problems }: Filter, environments: readonly string[]): Html {
  const field = (name: keyof Typed, label: string, input: HtmlPart): Html =>
    html`<label>${label} ${input}${problems[name] === undefined ? undefined : html`<span class="wrong" id="wrong-${name}">${problems[name]}</span>`}</label>`;
  const wrong = (name: keyof Typed): Html | undefined =>
    problems[name] === undefined ? undefined : html` aria-invalid="true" aria-describedby="wrong-${name}"`;
  const input = (name: keyof Typed, more: Html = html``): Html =>
    html`<input name="${name}" value="${typed[name]}" maxlength="200" autocomplete="off"${more}${wrong(name)}>`;
  const kinds = ['', ...entryKinds].map(
    (kind) =>
      html`<option value="${kind}"${kind === typed.kind ? trusted(' selected') : undefined}>${kind === '' ? 'every kind' : kind}</option>`,
  );
  return html`<form class="filters search" method="get" action="/journal" role="search" aria-label="Search the journal">
${field('text', 'Text', input('text', html` type="search" placeholder="words of it"`))}
${field('kind', 'Kind', html`<select name="kind"${wrong('kind')}>${kinds}</select>`)}
${field('environment', 'Environment', input('environment', html` list="environments"`))}
<datalist id="environments">${environments.map((name) => html`<option value="${name}">`)}</datalist>
${field('app', 'App', input('app'))}
${field('actor', 'Who', input('actor'))}
${field('from', 'From (UTC)', input('from', html` placeholder="2026-11-21" size="12"`))}
${field('to', 'To (UTC)', input('to', html` placeholder="2026-11-21" size="12"`))}
<div class="actions"><button class="main">Search</button>${queryOf(typed) === '' ? undefined : html`<a href="/journal">Clear</a>`}</div>
</form>`;
}

function nothing({ typed, problems }: Filter, { cut }: Found): Html {
  if (Object.keys(problems).length > 0) return empty('Nothing was looked for.', 'Put right what is marked above.');
  if (cut) return empty('None among those looked at.', 'There may be some among the older ones.');
  if (queryOf(typed) !== '') return empty('No such entry.', html`<a href="/journal">All entries</a>`);
  return empty('Nothing is recorded yet.', 'The first scan that proposes something writes the first entry.');
}

function further(typed: Typed, { before, cut }: Found): Html | undefined {
  if (before === undefined) return undefined;
  return html`<p class="further"><a href="/journal?${queryOf(typed, { before: String(before) })}">${cut ? `Look further, before entry ${before}` : 'Older entries'} →</a></p>`;
}

const tones: Readonly<Record<EntryKind, Tone>> = {
  proposal: 'wait',
  approval: 'good',
  merge: 'good',
  'deployment-run': 'calm',
  prune: 'warn',
  drift: 'warn',
  grant: 'wait',
  revocation: 'calm',
  alarm: 'bad',
  configuration: 'calm',
};

/** Hexadecimal digits that people compare. */
const shortHash = 12;

function entryItem(entry: Entry, now: Date): Html {
  const { number, at, kind, actor, environment, what, why, links, facts, hash } = entry;
  const place = environment === undefined ? undefined : html` · <a href="${environmentUrl(environment)}">${environment}</a>`;
  const when = isReadable(entry) ? ago(at, now) : 'at no known time';
  const tone = isReadable(entry) ? (Object.hasOwn(tones, kind) ? tones[kind] : 'calm') : 'bad';
  return html`<li id="${number}" class="entry"><p class="head"><a class="number" href="/journal?before=${number + 1}#${number}" aria-label="Entry ${number}">#${number}</a> ${badge(tone, kind)} <span class="meta">${when} · ${actor}${place}</span></p>
<p class="what">${what}</p>
<p class="why">${why}</p>
${links.length === 0 ? undefined : html`<ul class="links">${links.map((link) => html`<li>${externalLink(link, shown(link))}</li>`)}</ul>`}
<details><summary>${Object.keys(facts).length === 0 ? 'Hash' : 'Facts and hash'} <code>${hash.slice(0, shortHash)}</code></summary>
<dl>${Object.entries(facts).map(([name, value]) => html`<div><dt>${name}</dt><dd>${String(value)}</dd></div>`)}<div><dt>hash</dt><dd><code>${hash}</code></dd></div><div><dt>recorded</dt><dd>${at}</dd></div></dl></details></li>
`;
}

const shown = (link: string): string => link.replace(/^https?:\/\//i, '');
