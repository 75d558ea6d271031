import type { Viewer } from '../../domain/site.ts';
import { type Html, html } from '../parts/html.ts';
import { externalLink } from '../parts/link.ts';
import { problemPage } from '../parts/problem.ts';
import { type Asked, apiRoute, type Pressed, type Room } from '../room.ts';
import { goTo, page } from '../site.ts';
import { askPage, usualChoice } from './ask-page.ts';
import { wrongIn } from './check.ts';
import { accessJson, accessReply } from './json.ts';
import { accessPage } from './page.ts';
import { seenBy } from './seen.ts';
import type { AccessNow, AccessSource, Asking } from './source.ts';
import { accessStyle } from './style.ts';

/** Temporary access: what is open, what waits, and where to ask. */
export const accessRoom = (source: AccessSource): Room => ({
  pages: [
    { path: '/access', show: (asked) => overview(source, asked) },
    { path: '/access/ask', show: (asked) => askFirst(source, asked) },
  ],
  buttons: [
    { path: '/access/ask', press: (pressed) => askNow(source, pressed) },
    { path: '/access/grants/:id/revoke', press: (pressed) => revoke(source, pressed) },
  ],
  api: [
    apiRoute({
      path: '/api/v1/access',
      summary: 'Who has what until when, which requests wait, and what ended lately.',
      reply: accessReply,
      read: async ({ viewer }) => accessJson(seenBy(viewer, await source.now())),
    }),
  ],
  style: accessStyle,
});

async function overview(source: AccessSource, { viewer, query, now }: Asked) {
  const seen = seenBy(viewer, await source.now());
  const { ids, problem } = await source.mayRevoke(viewer, seen.open);
  const notice = noticeOf(seen, query);
  return page(
    accessPage({ seen, revocable: ids, viewer, now, ...(problem !== undefined && { problem }), ...(notice !== undefined && { notice }) }),
  );
}

/** Said of what is there alone: nothing of the address is repeated. */
function noticeOf({ waiting, ended }: AccessNow, query: URLSearchParams): Html | undefined {
  const asked = waiting.find(({ environment, id }) => environment === query.get('in') && String(id) === query.get('asked'));
  if (asked !== undefined)
    return html`<p class="done" role="status">Asked: ${externalLink(asked.url, asked.title)}. Somebody who may approve it has to, in the merge request.</p>`;
  const revoked = ended.find(({ id }) => id === query.get('revoked'));
  if (revoked === undefined) return undefined;
  return html`<p class="done" role="status">The access of ${revoked.subject} to <code>${revoked.namespace}</code> is over.</p>`;
}

async function askFirst(source: AccessSource, { viewer, query }: Asked) {
  const typed = askingOf(query);
  if (!isSeen(viewer, typed)) return undefined;
  const offer = await source.offer(viewer, typed.environment, typed.namespace);
  const longest = Math.max(...offer.levels.map(({ longestMs }) => longestMs), 0);
  return page(askPage({ offer, typed: { ...typed, duration: typed.duration || usualChoice(longest) }, viewer }));
}

async function askNow(source: AccessSource, { viewer, form }: Pressed) {
  const typed = askingOf(form);
  if (!isSeen(viewer, typed)) return undefined;
  const offer = await source.offer(viewer, typed.environment, typed.namespace);
  const fields = offer.refused.length > 0 ? {} : wrongIn(typed, offer);
  if (Object.keys(fields).length > 0)
    return page(askPage({ offer, typed, answer: { outcome: 'refused', fields, problems: [] }, viewer }), 422);
  const answer = await source.ask(viewer, typed);
  if (answer.outcome === 'asked')
    return goTo(`/access?${new URLSearchParams({ in: typed.environment, asked: String(answer.id) }).toString()}`);
  return page(askPage({ offer, typed, answer, viewer }), answer.outcome === 'failed' ? 503 : 422);
}

const isSeen = (viewer: Viewer, { environment }: Asking): boolean => environment !== '' && viewer.sees(environment);

/** Characters of a field; what is longer than may be is said where it is looked at. */
const longest = 1000;

function askingOf(fields: URLSearchParams): Asking {
  const field = (name: string): string => (fields.get(name) ?? '').trim().slice(0, longest);
  return {
    environment: field('environment'),
    namespace: field('namespace'),
    level: field('level'),
    user: field('user'),
    group: field('group'),
    duration: field('duration'),
    reason: field('reason'),
    breakGlass: fields.get('breakGlass') === 'yes',
  };
}

async function revoke(source: AccessSource, { params: { id = '' }, form, viewer }: Pressed) {
  const revoked = await source.revoke(viewer, id, (form.get('reason') ?? '').slice(0, longest));
  switch (revoked.outcome) {
    case 'revoked':
    case 'over':
      return goTo(`/access?${new URLSearchParams({ revoked: id }).toString()}#ended`);
    case 'unknown':
      return page(problemPage(404, 'No such grant', 'There is no such grant, or it is not for you.'), 404);
    case 'refused':
      return page(problemPage(403, 'The access lasts', revoked.why), 403);
    case 'failed':
      return page(problemPage(503, 'It may still be there', revoked.why), 503);
  }
}
