import type { CommitStatus } from '../../domain/forge.ts';
import { branchPrefix, label } from '../../domain/identifiers.ts';
import type {
  CommitDetails,
  Comparison,
  ListedMergeRequest,
  MergeRequestDetails,
  PageComment,
  PageCommit,
  PageTag,
  RepositoryDetails,
} from '../../domain/pages.ts';
import { renderDiff } from '../parts/diff.ts';
import { type Html, html } from '../parts/html.ts';
import { ago, type Crumb, type Frame, layout, urlPath } from '../parts/layout.ts';
import { renderMarkdown } from '../parts/markdown.ts';

/** All merge requests, by environment: open ones first, those that are done folded away. */
export function listPage(all: readonly ListedMergeRequest[], now: Date, frame: Frame): string {
  const open = all.filter(({ mergeRequest }) => mergeRequest.state === 'open').length;
  const groups = [...Map.groupBy(all, ({ environment }) => environment)];
  const nothing = html`<p class="empty">No merge requests yet. The next scan opens one for each app that has a newer version.</p>`;
  const body = html`<h1>Merge requests</h1>
<p class="lead">${open} open in ${groups.length} ${groups.length === 1 ? 'environment' : 'environments'}</p>
${groups.length === 0 ? nothing : groups.map(([environment, listed]) => environmentSection(environment, listed, now))}`;
  return layout('Merge requests', [], body, frame);
}

function environmentSection(environment: string, listed: readonly ListedMergeRequest[], now: Date): Html {
  const newest = listed.toSorted(
    (a, b) => b.mergeRequest.updatedAt.localeCompare(a.mergeRequest.updatedAt) || b.mergeRequest.id - a.mergeRequest.id,
  );
  const [open, done] = [true, false].map((wanted) => newest.filter(({ mergeRequest }) => (mergeRequest.state === 'open') === wanted));
  const list = (of: readonly ListedMergeRequest[]) => html`<ul class="requests">${of.map((one) => listItem(one, now))}</ul>`;
  const path = listed[0]?.path ?? '';
  return html`<section class="environment"><h2>${environment} <a class="path" href="/${urlPath(path)}">${path}</a></h2>
${open?.length ? list(open) : html`<p class="empty">Nothing open: all apps are at the version that they may have.</p>`}
${done?.length ? html`<details><summary>${done.length} merged or closed</summary>${list(done)}</details>` : undefined}</section>`;
}

function listItem({ path, mergeRequest, statuses }: ListedMergeRequest, now: Date): Html {
  const { id, title, state, branch, labels, createdAt, updatedAt, conflicts } = mergeRequest;
  const since = state === 'open' ? html`opened ${ago(createdAt, now)}` : html`${state} ${ago(updatedAt, now)}`;
  return html`<li><span class="dot ${state}" role="img" aria-label="${state}"></span><div><a class="title" href="${requestUrl(path, id)}">${title}</a>${conflicts ? html` <span class="tag warn">conflicts</span>` : undefined}${state === 'open' ? statuses.map(statusTag) : undefined}
<p class="meta">${appOf(branch)} · !${id} · ${since}${tagList(labels)}</p></div></li>`;
}

const signs: Readonly<Record<CommitStatus['state'], string>> = { pending: '…', running: '…', success: '✔', failure: '✖', error: '!' };

const statusTag = ({ name, state, description }: CommitStatus): Html =>
  html` <span class="tag verdict ${state}" title="${name}: ${description}">${signs[state]} ${name}</span>`;

/** All but our own, which every one of them has. */
const tagList = (labels: readonly string[]): readonly Html[] =>
  labels.filter((one) => one !== label).map((one) => html` <span class="tag">${one}</span>`);

const appOf = (branch: string): string => (branch.startsWith(branchPrefix) ? branch.slice(branchPrefix.length) : branch);

const requestUrl = (path: string, id: number): string => `/${urlPath(path)}/merge_requests/${id}`;

/** One merge request: description, changes, commits, comments. */
export function mergeRequestPage(of: MergeRequestDetails, now: Date): string {
  const { path, environment, mergeRequest, statuses, comments, commits, diff } = of;
  const { id, title, state, branch, target, labels, createdAt, description, conflicts } = mergeRequest;
  const conflict = conflicts ? html`<p class="banner">This branch conflicts with ${target}. The next scan rebuilds it.</p>` : undefined;
  const body = html`<header class="request"><h1>${title} <span class="number">!${id}</span></h1>
<p class="meta"><span class="state ${state}">${state}</span> <code>${branch}</code> → <code>${target}</code> · opened ${ago(createdAt, now)}${tagList(labels)}</p>${statuses.map(statusLine)}</header>
<nav class="tabs" aria-label="Parts of this page"><a href="#description">Description</a><a href="#changes">Changes</a><a href="#commits">Commits <b>${commits.length}</b></a><a href="#comments">Comments <b>${comments.length}</b></a></nav>
${conflict}
<section id="description" class="card prose">${description === '' ? html`<p class="empty">No description.</p>` : renderMarkdown(description)}</section>
<section id="changes"><h2>Changes</h2>${renderDiff(diff)}</section>
<section id="commits"><h2>Commits</h2>${commitList(path, commits, now)}</section>
<section id="comments"><h2>Comments</h2>${commentList(comments, now)}</section>`;
  return layout(`${title} · ${environment}`, [repositoryCrumb(path), { text: `!${id}`, href: requestUrl(path, id) }], body);
}

const statusLine = ({ name, state, description }: CommitStatus): Html =>
  html`<p class="meta"><span class="tag verdict ${state}">${signs[state]} ${name}</span> ${description}</p>`;

function commentList(comments: readonly PageComment[], now: Date): Html {
  if (comments.length === 0) return html`<p class="empty">No comments.</p>`;
  const items = comments.map(
    ({ author, text, updatedAt }) =>
      html`<article class="card"><p class="meta"><b>${author}</b> · ${ago(updatedAt, now)}</p><div class="prose">${renderMarkdown(text)}</div></article>`,
  );
  return html`${items}`;
}

function commitList(path: string, commits: readonly PageCommit[], now: Date): Html {
  if (commits.length === 0) return html`<p class="empty">No commits.</p>`;
  const items = commits.map(
    ({ sha, author, date, message }) =>
      html`<li><a class="sha" href="/${urlPath(path)}/commit/${sha}">${sha.slice(0, 8)}</a><div><p class="subject">${subjectOf(message)}</p><p class="meta">${author} · ${ago(date, now)}</p></div></li>`,
  );
  return html`<ul class="commits">${items}</ul>`;
}

const subjectOf = (message: string): string => message.split('\n')[0] ?? '';

const repositoryCrumb = (path: string): Crumb => ({ text: path, href: `/${urlPath(path)}` });

export function commitPage(path: string, of: CommitDetails, now: Date): string {
  const rest = of.message.slice(subjectOf(of.message).length).trim();
  const body = html`<header class="request"><h1>${subjectOf(of.message)}</h1>
<p class="meta"><code>${of.sha}</code> · ${of.author} · ${ago(of.date, now)}</p></header>
${rest === '' ? undefined : html`<pre class="card message">${rest}</pre>`}
<section id="changes"><h2>Changes</h2>${renderDiff(of.diff)}</section>`;
  return layout(
    subjectOf(of.message),
    [repositoryCrumb(path), { text: of.sha.slice(0, 8), href: `/${urlPath(path)}/commit/${of.sha}` }],
    body,
  );
}

export function comparePage(path: string, from: string, to: string, of: Comparison, now: Date): string {
  const range = `${from}...${to}`;
  const body = html`<header class="request"><h1>${from} → ${to}</h1><p class="meta">${of.commits.length} ${of.commits.length === 1 ? 'commit' : 'commits'}</p></header>
<section id="commits"><h2>Commits</h2>${commitList(path, of.commits, now)}</section>
<section id="changes"><h2>Changes</h2>${renderDiff(of.diff)}</section>`;
  return layout(
    `${range} · ${path}`,
    [repositoryCrumb(path), { text: range, href: `/${urlPath(path)}/compare/${urlPath(from)}...${urlPath(to)}` }],
    body,
  );
}

/** A repository: its merge requests, tags with their notes, latest commits. */
export function repositoryPage(path: string, of: RepositoryDetails, listed: readonly ListedMergeRequest[], now: Date): string {
  const requests = html`<h2>Merge requests</h2><ul class="requests">${listed.map((one) => listItem(one, now))}</ul>`;
  const tags = html`<h2>Versions</h2>${of.tags.map((tag) => tagCard(path, tag, now))}`;
  const body = html`<h1>${path}</h1>${listed.length === 0 ? undefined : requests}${of.tags.length === 0 ? undefined : tags}
<h2>Latest commits</h2>${commitList(path, of.commits, now)}`;
  return layout(path, [repositoryCrumb(path)], body);
}

export function tagPage(path: string, tag: PageTag, now: Date): string {
  const body = html`<h1>${tag.name}</h1>${tagCard(path, tag, now)}`;
  return layout(`${tag.name} · ${path}`, [repositoryCrumb(path), { text: tag.name, href: tagUrl(path, tag.name) }], body);
}

const tagUrl = (path: string, name: string): string => `/${urlPath(path)}/tags/${urlPath(name)}`;

function tagCard(path: string, { name, commit, date, notes }: PageTag, now: Date): Html {
  const prose = html`<div class="prose">${renderMarkdown(notes)}</div>`;
  return html`<article class="card"><p class="meta"><a href="${tagUrl(path, name)}"><b>${name}</b></a> · <a class="sha" href="/${urlPath(path)}/commit/${commit}">${commit.slice(0, 8)}</a> · ${ago(date, now)}</p>${notes === '' ? undefined : prose}</article>`;
}
