import type { Viewer } from '../../domain/site.ts';
import { durationText } from '../../domain/time.ts';
import { some } from '../../domain/wording.ts';
import { form } from '../parts/form.ts';
import { type Html, type HtmlPart, html, trusted } from '../parts/html.ts';
import { layout } from '../parts/layout.ts';
import type { Answer, Asking, Offer, OfferedLevel } from './source.ts';

export interface AskPage {
  readonly offer: Offer;
  readonly typed: Asking;
  /** What became of what was typed; undefined: nothing was yet. */
  readonly answer?: Exclude<Answer, { readonly outcome: 'asked' }>;
  readonly viewer: Viewer;
}

/** The second step of asking: for what, whom, how long and why. */
export function askPage({ offer, typed, answer, viewer }: AskPage): string {
  const { environment, namespace } = typed;
  const body = html`<h1>Ask for access to <code>${namespace}</code></h1>
<p class="lead">In ${environment}, by a merge request of ${offer.by}. It is granted when that is approved and merged, and ends by itself. <a href="/access#ask">Somewhere else?</a></p>
${offer.hasCluster ? undefined : html`<p class="banner">app.yml names no cluster for ${environment}: the gate judges what is asked for there, and nothing is granted.</p>`}
${offer.refused.length > 0 ? undefined : problems(answer)}
${offer.refused.length > 0 ? list('Nothing can be asked for here', offer.refused) : asking(offer, typed, answer, viewer)}`;
  const crumbs = [
    { text: 'access', href: '/access' },
    { text: 'ask', href: '/access#ask' },
  ];
  return layout(`Ask for access to ${namespace}`, crumbs, body, { viewer, here: 'Access' });
}

function problems(answer: AskPage['answer']): Html | undefined {
  if (answer === undefined) return undefined;
  if (answer.outcome === 'failed')
    return html`<div class="alarm" role="alert"><h2>It was not asked for</h2><p>${answer.why}</p><p>What you wrote is below: press again in a while. The same asked for twice is one merge request.</p></div>`;
  if (answer.problems.length > 0) return list('Nothing is asked for', answer.problems);
  return html`<p class="banner" role="alert">Nothing is asked for yet: put right what is marked below.</p>`;
}

const list = (title: string, sentences: readonly string[]): Html =>
  html`<div class="alarm" role="alert"><h2>${title}</h2><ul>${sentences.map((one) => html`<li>${one}</li>`)}</ul></div>`;

function asking({ levels, groups, by }: Offer, typed: Asking, answer: AskPage['answer'], viewer: Viewer): Html {
  const wrong = answer?.outcome === 'refused' ? answer.fields : {};
  const told = (name: keyof Asking): Html | undefined =>
    wrong[name] === undefined ? undefined : html`<span class="wrong" id="wrong-${name}">${wrong[name]}</span>`;
  const marked = (name: keyof Asking): Html | undefined =>
    wrong[name] === undefined ? undefined : html` aria-invalid="true" aria-describedby="wrong-${name}"`;
  const option = (value: string, text: string, chosen: string): Html =>
    html`<option value="${value}"${value === chosen ? trusted(' selected') : undefined}>${text}</option>`;
  const durations = choicesUpTo(Math.max(...levels.map(({ longestMs }) => longestMs)));
  const patterns = [...new Set(levels.flatMap(({ reason }) => reason ?? []))];
  const glass = levels.flatMap(({ breakGlass }) => breakGlass ?? [])[0];
  const fields: HtmlPart[] = [
    html`<input type="hidden" name="environment" value="${typed.environment}"><input type="hidden" name="namespace" value="${typed.namespace}">`,
    html`<fieldset${marked('level')}><legend>Level</legend>${levels.map((one) => levelChoice(one, typed.level === one.level))}${told('level')}</fieldset>`,
    html`<label>For how long, from the merge <select name="duration"${marked('duration')}>${durations.map((one) => option(one, one, typed.duration))}</select>${told('duration')}</label>`,
    html`<label>For whom, by the name at the forge <input name="user" value="${typed.user}" maxlength="255" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="${by}"${marked('user')}>${told('user')}</label>`,
    groups.length === 0
      ? undefined
      : html`<label>or for a group <select name="group"${marked('group')}>${option('', 'no group', typed.group)}${groups.map((one) => option(one, one, typed.group))}</select>${told('group')}</label>`,
    html`<label>Why <textarea name="reason" rows="2" maxlength="500" required${marked('reason')}>${typed.reason}</textarea>${told('reason')}${patterns.length === 0 ? undefined : html`<span class="meta">It must have something that matches ${patterns.map((one) => html`<code>${one}</code> `)}: the number of a ticket.</span>`}</label>`,
    glass === undefined
      ? undefined
      : html`<label class="check"><input type="checkbox" name="breakGlass" value="yes"${typed.breakGlass ? trusted(' checked') : undefined}${marked('breakGlass')}> Break-glass: without an approval, for at most ${durationText(glass.longestMs)}, for ${some(glass.users, 5)}; everybody is alarmed${told('breakGlass')}</label>`,
    html`<p class="actions"><button class="main">Open the merge request</button> <a href="/access">Cancel</a></p>`,
  ];
  return html`<div class="ask">${form(viewer, '/access/ask', fields)}</div>`;
}

function levelChoice({ level, can, longestMs, approvals, approvers }: OfferedLevel, isChosen: boolean): Html {
  const needed =
    approvers.length === 0
      ? 'nobody may approve it'
      : `${approvals === 1 ? 'one approval' : `${approvals} approvals`} of ${some(approvers, 5)}`;
  return html`<label class="level"><input type="radio" name="level" value="${level}" required${isChosen ? trusted(' checked') : undefined}> <b>${level}</b> <span>${can}</span> <span class="meta">up to ${durationText(longestMs)} · ${needed}</span></label>`;
}

const minute = 60_000;
const usual = [15, 30, 60, 120, 240, 480, 720, 1440, 2880, 4320, 10_080].map((minutes) => minutes * minute);

/** As durations are written: the usual ones, and the longest. */
export const choicesUpTo = (longestMs: number): readonly string[] => [
  ...usual.filter((one) => one < longestMs).map(durationText),
  durationText(longestMs),
];

/** An hour, where that is allowed. */
export const usualChoice = (longestMs: number): string => durationText(Math.min(longestMs, 60 * minute));
