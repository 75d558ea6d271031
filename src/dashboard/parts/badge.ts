import { type Html, html } from './html.ts';

/** How a word feels: `good` is done and well, `wait` needs patience, `warn` attention, `bad` somebody now, `calm` nothing. */
export type Tone = 'good' | 'wait' | 'warn' | 'bad' | 'calm';

const signs: Readonly<Record<Tone, string>> = { good: '✔', wait: '…', warn: '!', bad: '✖', calm: '·' };

/** A word with a sign, so that colour is never alone. */
export const badge = (tone: Tone, text: string, title?: string): Html =>
  html`<span class="badge ${tone}"${title === undefined ? undefined : html` title="${title}"`}><span aria-hidden="true">${signs[tone]}</span> ${text}</span>`;
