import type { MergeRequestDetails, PageComment } from '../../domain/pages.ts';
import { badge } from '../parts/badge.ts';
import { renderDiff } from '../parts/diff.ts';
import { type Html, html } from '../parts/html.ts';
import { ago, layout } from '../parts/layout.ts';
import { renderMarkdown } from '../parts/markdown.ts';
import { actionsOf, commentForm } from './actions-part.ts';
import { activity } from './activity.ts';
import { commitList, repositoryCrumb, requestUrl, tagList } from './parts.ts';
import type { Shown } from './shown.ts';
import { access, validate, verdictOf } from './standing.ts';
import { checks } from './standing-part.ts';

/** One merge request: where it stands and what can be done, description, changes, commits, and what happened to it. The buttons follow what happens only while they are about the commit that the page shows. */
export function requestPage(shown: Shown): string {
  const { of, viewer, now } = shown;
  const { path, environment, mergeRequest, comments, commits, diff, draft } = of;
  const { id, title, state, branch, target, labels, createdAt, description, commit } = mergeRequest;
  const said = comments.filter(({ key }) => key !== validate && key !== access);
  const happened = activity(of, said, now);
  const body = html`<header class="request" id="title" data-live="title"><h1>${title} <span class="number">!${id}</span></h1>
<p class="meta"><span class="state ${state}">${state}</span> ${draft ? badge('warn', 'draft') : undefined} ${whoOpened(of)} ${ago(createdAt, now)} · <code>${branch}</code> → <code>${target}</code>${tagList(labels)}</p></header>
<section class="standing card" id="standing"><h2 class="visually-hidden">Where it stands</h2>
${checks(shown)}<div id="can-${commit}" data-live="can">${actionsOf(shown)}</div></section>
<div id="verdicts" data-live="verdicts">${verdictCards(of)}</div>
<nav class="tabs" aria-label="Parts of this page" id="tabs" data-live="tabs"><a href="#description">Description</a><a href="#changes">Changes</a><a href="#commits">Commits <b>${commits.length}</b></a><a href="#activity">Activity <b>${happened.length}</b></a></nav>
<section id="description" class="card prose">${description === '' ? html`<p class="empty">No description.</p>` : renderMarkdown(description)}</section>
<section id="changes"><h2>Changes</h2>${renderDiff(diff)}</section>
<section id="commits"><h2>Commits</h2>${commitList(path, commits, now)}</section>
<section id="activity"><h2>Activity</h2>${commentForm(shown)}<ol class="activity" data-live="activity" id="happened">${happened}</ol></section>`;
  const crumbs = [repositoryCrumb(path), { text: `!${id}`, href: requestUrl(path, id) }];
  return layout(`${title} · ${environment ?? path}`, crumbs, body, { viewer, here: 'Merge requests' });

  function verdictCards({ statuses }: MergeRequestDetails): readonly (Html | undefined)[] {
    const missing = verdictOf(statuses, 'access');
    return [
      card(comments, access, 'What the gate says', state === 'open' && missing?.state !== 'success'),
      card(
        comments,
        validate,
        'What validation found',
        state === 'open' && ['failure', 'error'].includes(verdictOf(statuses, 'validate')?.state ?? ''),
      ),
    ];
  }
}

function whoOpened({ author, askedBy }: MergeRequestDetails): Html {
  if (askedBy !== undefined) return html`<b>${askedBy}</b> asked for it`;
  return author === '' ? html`somebody opened it` : html`<b>${author}</b> opened it`;
}

/** What a judge wrote about it, open where somebody has to read it. */
function card(comments: readonly PageComment[], about: string, title: string, open: boolean): Html | undefined {
  const found = comments.find(({ key }) => key === about);
  if (found === undefined) return undefined;
  const text = html`<summary>${title}</summary><div class="prose">${renderMarkdown(found.text)}</div>`;
  return open ? html`<details class="card judge" open>${text}</details>` : html`<details class="card judge">${text}</details>`;
}
