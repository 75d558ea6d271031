import type { Viewer } from '../../domain/site.ts';
import { type Html, html, trusted } from './html.ts';
import { who } from './who.ts';

export interface Crumb {
  readonly text: string;
  readonly href: string;
}

/** The places that every page leads to. */
const places = [
  ['Environments', '/'],
  ['Merge requests', '/requests'],
  ['Access', '/access'],
  ['Journal', '/journal'],
  ['Operations', '/operations'],
] as const;

export interface Frame {
  /** Undefined on pages that anybody may read. */
  readonly viewer?: Viewer;
  /** Where in the menu the page belongs. */
  readonly here?: (typeof places)[number][0];
}

/** A whole page. */
export function layout(title: string, crumbs: readonly Crumb[], body: Html, { viewer, here }: Frame = {}): string {
  const way = crumbs.map(({ text, href }) => html`<li><a href="${href}">${text}</a></li>`);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Lockkeeper</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">${viewer === undefined ? undefined : trusted('\n<script type="module" src="/script.js"></script>')}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><nav aria-label="You are here"><a class="brand" href="/">${trusted(icon)}Lockkeeper</a><ol>${way}</ol></nav>${viewer && who(viewer)}<nav class="places" aria-label="Pages">${places.map(([name, href]) => html`<a href="${href}"${name === here ? trusted(' aria-current="page"') : undefined}>${name}</a>`)}</nav></header>
<main id="content">
${body}
</main>
</body>
</html>
`.text;
}

/** A lock's gate between the water's two levels. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#0b5c75"/><path d="M3 13q3-2.4 6 0t6 0v12H3z" fill="#7fd3e8"/><path d="M17 20q3-2.4 6 0t6 0v5H17z" fill="#4aa9c4"/><path d="M16 6v20" stroke="#fff" stroke-width="3" stroke-linecap="round"/><path d="M10.5 7H21.5" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>`;

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
