import { label } from '../../domain/identifiers.ts';
import type { PageCommit } from '../../domain/pages.ts';
import { type Html, html } from '../parts/html.ts';
import { ago, type Crumb, urlPath } from '../parts/layout.ts';

export const requestUrl = (path: string, id: number): string => `/${urlPath(path)}/merge_requests/${id}`;

export const repositoryCrumb = (path: string): Crumb => ({ text: path, href: `/${urlPath(path)}` });

/** All but our own, which every one of them has. */
export const tagList = (labels: readonly string[]): readonly Html[] =>
  labels.filter((one) => one !== label).map((one) => html` <span class="tag">${one}</span>`);

export const commitLink = (path: string, sha: string): Html =>
  html`<a class="sha" href="/${urlPath(path)}/commit/${encodeURIComponent(sha)}">${sha.slice(0, 8)}</a>`;

export function commitList(path: string, commits: readonly PageCommit[], now: Date): Html {
  if (commits.length === 0) return html`<p class="empty">No commits.</p>`;
  const items = commits.map(
    ({ sha, author, date, message }) =>
      html`<li>${commitLink(path, sha)}<div><p class="subject">${subjectOf(message)}</p><p class="meta">${author} · ${ago(date, now)}</p></div></li>`,
  );
  return html`<ul class="commits">${items}</ul>`;
}

export const subjectOf = (message: string): string => message.split('\n')[0] ?? '';
