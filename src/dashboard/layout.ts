import { type Html, html, trusted } from './html.ts';

export interface Crumb {
  readonly text: string;
  readonly href: string;
}

/** A whole page. */
export function layout(title: string, crumbs: readonly Crumb[], body: Html): string {
  const way = crumbs.map(({ text, href }) => html`<li><a href="${href}">${text}</a></li>`);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Lockkeeper</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header class="top"><nav aria-label="You are here"><a class="brand" href="/">${trusted(icon)}Lockkeeper</a><ol>${way}</ol></nav></header>
<main>
${body}
</main>
</body>
</html>
`.text;
}

/** A lock's two gates, closed against the stream, and the water at its two levels. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#0b5c75"/><path d="M4 12h9v13H4z" fill="#7fd3e8"/><path d="M19 19h9v6h-9z" fill="#7fd3e8"/><path d="M13 7l3 4 3-4v18h-6z" fill="#fff"/><path d="M16 11v14" stroke="#0b5c75" stroke-width="1.6"/></svg>`;

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** `3 days ago`; what lies in the future is `just now`, as clocks differ. */
export function ago(time: string, now: Date): Html {
  const seconds = (now.getTime() - Date.parse(time)) / 1000;
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? [undefined, 1];
  const count = Math.floor(seconds / length);
  const text = unit === undefined ? 'just now' : `${count} ${unit}${count === 1 ? '' : 's'} ago`;
  return html`<time datetime="${time}" title="${time}">${text}</time>`;
}

/** A path or revision as part of a URL, slashes kept. */
export const urlPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
