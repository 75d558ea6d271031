import type { RunState, RunSummary } from '../../domain/run-log.ts';
import { badge, type Tone } from '../parts/badge.ts';
import { type Html, html } from '../parts/html.ts';

const tones: Readonly<Record<RunState, Tone>> = { running: 'wait', succeeded: 'good', failed: 'bad', refused: 'warn', interrupted: 'warn' };

export const stateBadge = (state: RunState): Html => badge(tones[state], state);

/** `12 s`, `3 min 20 s` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** A time that may lie ahead; the script counts it down. */
export const until = (time: string, now: Date): Html => {
  const seconds = Math.max(0, (Date.parse(time) - now.getTime()) / 1000);
  const text =
    seconds < 90
      ? 'within two minutes'
      : seconds < 5400
        ? `in ${Math.round(seconds / 60)} minutes`
        : `${time.slice(0, 16).replace('T', ' ')} UTC`;
  return html`<time datetime="${time}" title="${time}" data-until>${text}</time>`;
};

export const commitName = (commit: string): Html => html`<code title="${commit}">${commit.slice(0, 8)}</code>`;

/** Why it ran, where no merge request says it. */
export const whyOf = ({ because, requests }: Pick<RunSummary, 'because' | 'requests'>): string =>
  because ?? (requests.length === 0 ? 'no merge request is known' : '');
