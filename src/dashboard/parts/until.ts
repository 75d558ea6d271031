import { type Html, html } from './html.ts';

/** `2 h 13 min`, and `over` in the end; the script counts it down. */
export function until(time: string, now: Date): Html {
  return html`<time datetime="${time}" data-until title="${time}">${left((Date.parse(time) - now.getTime()) / 1000)}</time>`;
}

function left(seconds: number): string {
  if (seconds <= 0) return 'over';
  const [days = 0, hours = 0, minutes = 0] = [seconds / 86_400, (seconds % 86_400) / 3600, (seconds % 3600) / 60].map(Math.floor);
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : 'less than a minute';
}
