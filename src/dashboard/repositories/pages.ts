import type { CommitDetails, Comparison, ListedMergeRequest, PageTag, RepositoryDetails } from '../../domain/pages.ts';
import type { Viewer } from '../../domain/site.ts';
import { renderDiff } from '../parts/diff.ts';
import { form } from '../parts/form.ts';
import { type Html, html } from '../parts/html.ts';
import { ago, layout, urlPath } from '../parts/layout.ts';
import { renderMarkdown } from '../parts/markdown.ts';
import { commitLink, commitList, repositoryCrumb, requestUrl, subjectOf, tagList } from './parts.ts';
import type { Person } from './person.ts';
import { verdict } from './standing-part.ts';

/** Who looks, and when. */
interface Look {
  readonly now: Date;
  readonly viewer: Viewer;
}

export function commitPage(path: string, of: CommitDetails, { now, viewer }: Look): string {
  const rest = of.message.slice(subjectOf(of.message).length).trim();
  const body = html`<header class="request"><h1>${subjectOf(of.message)}</h1>
<p class="meta"><code>${of.sha}</code> · ${of.author} · ${ago(of.date, now)}</p></header>
${rest === '' ? undefined : html`<pre class="card message">${rest}</pre>`}
<section id="changes"><h2>Changes</h2>${renderDiff(of.diff)}</section>`;
  const crumbs = [repositoryCrumb(path), { text: of.sha.slice(0, 8), href: `/${urlPath(path)}/commit/${of.sha}` }];
  return layout(subjectOf(of.message), crumbs, body, { viewer });
}

export function comparePage(path: string, from: string, to: string, of: Comparison, { now, viewer }: Look): string {
  const range = `${from}...${to}`;
  const body = html`<header class="request"><h1>${from} → ${to}</h1><p class="meta">${of.commits.length} ${of.commits.length === 1 ? 'commit' : 'commits'}</p></header>
<section id="commits"><h2>Commits</h2>${commitList(path, of.commits, now)}</section>
<section id="changes"><h2>Changes</h2>${renderDiff(of.diff)}</section>`;
  const crumbs = [repositoryCrumb(path), { text: range, href: `/${urlPath(path)}/compare/${urlPath(from)}...${urlPath(to)}` }];
  return layout(`${range} · ${path}`, crumbs, body, { viewer });
}

interface ShownRepository {
  readonly path: string;
  readonly environment: string | undefined;
  readonly of: RepositoryDetails;
  readonly requests: readonly ListedMergeRequest[];
  readonly person: Person;
}

/** A repository: its merge requests, tags with their notes, latest commits; and how to open a merge request. */
export function repositoryPage({ path, environment, of, requests, person }: ShownRepository, { now, viewer }: Look): string {
  const newest = requests.toSorted((one, other) => other.mergeRequest.id - one.mergeRequest.id);
  const [open, done] = [true, false].map((wanted) => newest.filter(({ mergeRequest }) => (mergeRequest.state === 'open') === wanted));
  const list = (all: readonly ListedMergeRequest[]) => html`<ul class="requests">${all.map((one) => listItem(one, now))}</ul>`;
  const tags = html`<h2>Versions</h2>${of.tags.map((tag) => tagCard(path, tag, now))}`;
  const propose = viewer.acts(environment) ? proposeForm(path, of, person, viewer) : undefined;
  const shown = html`<h2>Merge requests</h2>${open?.length ? list(open) : html`<p class="empty">None is open.</p>`}
${done?.length ? html`<details class="done"><summary>${done.length} merged or closed</summary>${list(done)}</details>` : undefined}${propose}`;
  const body = html`<h1>${path}</h1>${requests.length === 0 && propose === undefined ? undefined : shown}${of.tags.length === 0 ? undefined : tags}
<h2>Latest commits</h2>${commitList(path, of.commits, now)}`;
  return layout(path, [repositoryCrumb(path)], body, { viewer });
}

function listItem({ path, mergeRequest, statuses }: ListedMergeRequest, now: Date): Html {
  const { id, title, state, branch, labels, createdAt, updatedAt, conflicts } = mergeRequest;
  const since = state === 'open' ? html`opened ${ago(createdAt, now)}` : html`${state} ${ago(updatedAt, now)}`;
  return html`<li><span class="dot ${state}" role="img" aria-label="${state}"></span><div><a class="title" href="${requestUrl(path, id)}">${title}</a>${conflicts ? html` <span class="tag warn">conflicts</span>` : undefined}
<p class="meta">${state === 'open' ? statuses.map((one) => html`${verdict(one.state)} ${one.name.replace(/^lockkeeper\//, '')} · `) : undefined}<code>${branch}</code> · !${id} · ${since}${tagList(labels)}</p></div></li>`;
}

function proposeForm(
  path: string,
  { branches, proposable, defaultBranch }: RepositoryDetails,
  person: Person,
  viewer: Viewer,
): Html | undefined {
  if (defaultBranch === undefined || proposable.length === 0) return undefined;
  if ('why' in person) return html`<p class="meta">${person.why}</p>`;
  const options = (of: readonly string[], first: string) =>
    of.map((one) => (one === first ? html`<option selected>${one}</option>` : html`<option>${one}</option>`));
  const fields = html`<div class="filters"><label>Branch <select name="branch">${options(proposable, '')}</select></label>
<label>Into <select name="target">${options(branches, defaultBranch)}</select></label></div>
<label class="wide">Title <input name="title" required maxlength="255"></label>
<label class="wide">Description <textarea name="description" rows="4" maxlength="5000"></textarea></label>
<button class="main">Open merge request</button>`;
  return html`<details class="card propose"><summary>Open a merge request</summary>${form(viewer, `/${urlPath(path)}/merge_requests`, fields)}</details>`;
}

export function tagPage(path: string, tag: PageTag, { now, viewer }: Look): string {
  const body = html`<h1>${tag.name}</h1>${tagCard(path, tag, now)}`;
  return layout(`${tag.name} · ${path}`, [repositoryCrumb(path), { text: tag.name, href: tagUrl(path, tag.name) }], body, { viewer });
}

const tagUrl = (path: string, name: string): string => `/${urlPath(path)}/tags/${urlPath(name)}`;

function tagCard(path: string, { name, commit, date, notes }: PageTag, now: Date): Html {
  const prose = html`<div class="prose">${renderMarkdown(notes)}</div>`;
  return html`<article class="card"><p class="meta"><a href="${tagUrl(path, name)}"><b>${name}</b></a> · ${commitLink(path, commit)} · ${ago(date, now)}</p>${notes === '' ? undefined : prose}</article>`;
}
