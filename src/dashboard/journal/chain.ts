import { type Html, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import type { Chain } from './source.ts';

/** Whether what stands below can be relied on. Who does not see everything is told that much, and no numbers. */
export function chainState({ verified, anchored }: Chain, seesAll: boolean, now: Date): Html {
  if (verified === undefined)
    return state('wait', html`The chain of entries is being verified for the first time; this page says what came of it.`);
  if (verified.broken > 0) return alarm(verified, seesAll, now);
  const unread =
    verified.unread === undefined
      ? undefined
      : html` The hashes kept elsewhere could not be compared${seesAll ? `: ${verified.unread}` : ''}.`;
  const to = seesAll ? html` up to entry ${counted(verified.upTo)}` : undefined;
  const whole =
    verified.upTo === 0 ? html`It was empty ${ago(verified.at, now)}.` : html`Unbroken${to}, verified ${ago(verified.at, now)}.`;
  return state(unread === undefined ? 'good' : 'warn', html`${whole} ${anchorText(anchored, seesAll, now)}${unread}`);
}

const signs = { good: '✔', wait: '…', warn: '!' } as const;

const state = (tone: keyof typeof signs, text: Html): Html =>
  html`<p class="chain ${tone}"><span aria-hidden="true">${signs[tone]}</span> ${text}</p>`;

const counted = (number: number): string => number.toLocaleString('en');

function anchorText(anchored: Chain['anchored'], seesAll: boolean, now: Date): Html {
  if (anchored === undefined)
    return html`Its newest hash is kept nowhere else, so that a rewritten end would not show: <code>journal.anchor</code> in app.yml names a place.`;
  const { places, upTo } = anchored;
  if (upTo === undefined) return html`Its newest hash is not yet kept in ${places.join(' and ')}.`;
  const to = seesAll ? html` up to entry ${counted(upTo.number)}` : undefined;
  return html`Anchored in ${places.join(' and ')}${to}, ${ago(upTo.at, now)}.`;
}

function alarm({ broken, problems, at }: NonNullable<Chain['verified']>, seesAll: boolean, now: Date): Html {
  const rows = problems.map(({ number, problem }) => html`<li>Entry ${counted(number)} ${problem}</li>`);
  const rest = broken > problems.length ? html`<li>and ${counted(broken - problems.length)} more</li>` : undefined;
  const which = seesAll ? html`<ul>${rows}${rest}</ul>` : html`<p>Who sees every environment sees here where.</p>`;
  return html`<div class="alarm" role="alert"><h2><span aria-hidden="true">✖</span> The journal is broken</h2>
<p>Somebody changed what was written: do not rely on what stands below. Found ${ago(at, now)}; <code>lockkeeper journal verify</code> says more, and your backup has what it was.</p>
${which}</div>`;
}
