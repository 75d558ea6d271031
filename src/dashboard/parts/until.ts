import { type Html, html } from './html.ts';

/** Counts down; the script of the pages goes on with it. What has passed is `over`. */
export function until(time: string, now: Date): Html {
  const seconds = Math.floor((Date.parse(time) - now.getTime()) / 1000);
  return html`<time datetime="${time}" title="${time}" data-until>${left(seconds)}</time>`;
}

function left(seconds: number): string {
  if (seconds <= 0) return 'over';
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3600), Math.floor((seconds % 3600) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
