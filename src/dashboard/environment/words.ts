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

export const commitName = (commit: string): Html => html`<code title="${commit}">${commit.slice(0, 8)}</code>`;

/** Why it ran, where no merge request says it. */
export const whyOf = ({ because, requests }: Pick<RunSummary, 'because' | 'requests'>): string =>
  because ?? (requests.length === 0 ? 'no merge request is known' : '');
