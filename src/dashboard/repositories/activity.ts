import type { MergeRequestDetails, PageComment, RequestEvent } from '../../domain/pages.ts';
import { type Html, html } from '../parts/html.ts';
import { ago } from '../parts/layout.ts';
import { renderMarkdown } from '../parts/markdown.ts';
import { commitLink } from './parts.ts';

/** What happened to a merge request and what was said below it, newest first. */
export function activity(
  { path, events, askedBy }: Pick<MergeRequestDetails, 'path' | 'events' | 'askedBy'>,
  comments: readonly PageComment[],
  now: Date,
): readonly Html[] {
  const happened = events.map((event) => ({ at: event.at, item: eventItem(path, event, askedBy, now) }));
  const said = comments.map((comment) => ({ at: comment.createdAt, item: commentItem(comment, now) }));
  return [...happened, ...said].toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at)).map(({ item }) => item);
}

const eventItem = (path: string, event: RequestEvent, askedBy: string | undefined, now: Date): Html =>
  html`<li class="event ${event.what}"><p class="meta">${sentence(path, event, askedBy)} · ${ago(event.at, now)}</p></li>
`;

function sentence(path: string, { what, by, commit }: RequestEvent, askedBy: string | undefined): Html {
  const who = by === undefined ? 'Somebody' : html`<b>${by}</b>`;
  const which = commit === undefined ? undefined : html` ${commitLink(path, commit)}`;
  switch (what) {
    case 'opened':
      return askedBy === undefined ? html`${who} opened it` : html`${who} opened it for <b>${askedBy}</b>`;
    case 'pushed':
      return html`The branch moved to${which}`;
    case 'approved':
      return html`${who} approved${which}`;
    case 'withdrew':
      return html`${who} took the approval back`;
    case 'draft':
      return html`${who} made it a draft`;
    case 'ready':
      return html`${who} marked it ready`;
    case 'closed':
      return html`${who} closed it`;
    case 'reopened':
      return html`${who} opened it again: it has to be approved anew`;
    case 'merged':
      return by === undefined ? html`It was merged with plain git${which}` : html`${who} merged it${which}`;
  }
}

const commentItem = ({ author, text, createdAt, updatedAt }: PageComment, now: Date): Html =>
  html`<li class="said"><article class="card"><p class="meta"><b>${author}</b> · ${ago(createdAt, now)}${createdAt === updatedAt ? undefined : html` · edited ${ago(updatedAt, now)}`}</p><div class="prose">${renderMarkdown(text)}</div></article></li>
`;
