import type { IncomingMessage } from 'node:http';
import type { Answer, Site, Viewer } from '../domain/site.ts';
import { readForm } from './form.ts';
import type { Entrance, Visitor } from './login/entrance.ts';
import { type Message, onTo, plain } from './message.ts';
import { isFromOurPage } from './origin.ts';

export interface PagesOptions {
  readonly site: Site;
  /** How people come to the site. */
  readonly entrance: Entrance;
  /** Whether a page tells nobody anything, so that everybody may read it: pages that are no part of the site need some of them, too. */
  readonly open?: (path: string) => boolean;
}

/** What the site answers to whoever may ask. */
export async function answerPage(request: IncomingMessage, path: string, options: PagesOptions): Promise<Message> {
  const { site, entrance, open = () => false } = options;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead) request.resume(); // nothing that is sent along is read
  const query = new URLSearchParams((request.url ?? '').split('?').slice(1).join('?'));
  const read = { method: 'GET', path, query, form: new URLSearchParams() } as const;
  if (isRead && open(path)) return { ...shown(await site({ ...read, viewer: nobody })), isCommon: true };
  const origin = entrance.origin(request);
  if (typeof origin !== 'string') {
    request.resume();
    return origin;
  }
  if (!isRead) return acted(request, { path, query, origin }, options);
  const visitor = await entrance.visitor(request);
  const own = await entrance.show({ request, path, query, visitor });
  if (own !== undefined) return own;
  return visitor === undefined ? unknown(request, path) : shown(await site({ ...read, viewer: visitor.viewer }));
}

interface Press {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly origin: string;
}

async function acted(request: IncomingMessage, { path, query, origin }: Press, { entrance, site }: PagesOptions): Promise<Message> {
  if (request.method !== 'POST') {
    request.resume();
    return { ...plain(405, 'These pages are only read: use GET.'), headers: { allow: 'GET, HEAD' } };
  }
  const form = isFromOurPage(request, origin) ? await readForm(request) : undefined;
  const visitor: Visitor | undefined = await entrance.visitor(request);
  if (form === undefined || visitor?.isOwnForm(form.get('token') ?? '') !== true) {
    request.resume();
    return form !== undefined && visitor === undefined
      ? plain(401, 'You are logged in no longer: load the page again, and press the button again.')
      : plain(403, 'Only a button on one of these pages does that.');
  }
  const own = await entrance.press({ request, path, query, form, visitor });
  if (own !== undefined) return own;
  const answer = shown(await site({ method: 'POST', path, query, form, viewer: visitor.viewer }));
  return answer.status === 405 ? { ...answer, headers: { allow: 'GET, HEAD' } } : answer;
}

/** A person is shown where to log in; a program and a script are told. */
function unknown({ url = '/', headers }: IncomingMessage, path: string): Message {
  if (path.startsWith('/api/')) return { status: 401, type: 'application/json', body: '{"error":"nobody is logged in: see /login"}\n' };
  if ((headers['sec-fetch-mode'] ?? 'navigate') !== 'navigate') return plain(401, 'Nobody is logged in: see /login.');
  return onTo(url === '/' ? '/login' : `/login?${new URLSearchParams({ to: url }).toString()}`);
}

const nobody: Viewer = { name: '', actor: '', token: '', sees: () => false, acts: () => false };

const shown = ({ location, ...answer }: Answer): Message => (location === undefined ? answer : { ...answer, headers: { location } });
