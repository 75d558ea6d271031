import type { Answer, PageRequest, Site } from '../domain/site.ts';
import { script } from './live/script.ts';
import { icon } from './parts/layout.ts';
import { problemPage } from './parts/problem.ts';
import { style } from './parts/style.ts';
import type { Asked, Room } from './room.ts';

/** What is behind no path of a room: repositories, under their own names. */
export type Rest = (path: string, asked: Asked) => Promise<Answer | undefined>;

interface SiteParts {
  readonly rooms: readonly Room[];
  readonly rest?: Rest;
  readonly now: () => Date;
}

/** The pages, the buttons, and the same as JSON under `/api/v1/`. */
export function createSite({ rooms, rest, now }: SiteParts): Site {
  const fixed = fixedAnswers(rooms);
  const pages = rooms.flatMap((room) => room.pages.map(({ path, show }) => ({ pattern: patternOf(path), show })));
  const buttons = rooms.flatMap(({ buttons: of = [] }) => of.map(({ path, press }) => ({ pattern: patternOf(path), press })));
  const api = rooms.flatMap(({ api: of = [] }) => of.map(({ path, read }) => ({ pattern: patternOf(path), read })));
  return async ({ method, path, query, form, viewer }: PageRequest) => {
    const asked = { params: {}, query, viewer, now: now() };
    if (method === 'POST') {
      const button = match(buttons, path);
      return (button && (await button.of.press({ ...asked, params: button.params, form }))) ?? readOnly;
    }
    const found = fixed.get(path);
    if (found !== undefined) return found;
    const program = match(api, path);
    if (program !== undefined) return json(await program.of.read({ ...asked, params: program.params }));
    if (path.startsWith('/api/')) return json(undefined);
    const person = match(pages, path);
    return (person && (await person.of.show({ ...asked, params: person.params }))) ?? (await rest?.(path, asked)) ?? notFound;
  };
}

/** What every page of ours is dressed in, the ones for setting up included. */
export const clothes: readonly string[] = ['/style.css', '/icon.svg', '/script.js'];

const patternOf = (pathname: string): URLPattern => new URLPattern({ pathname });

function match<T extends { readonly pattern: URLPattern }>(all: readonly T[], pathname: string) {
  for (const of of all) {
    const groups = of.pattern.exec({ pathname })?.pathname.groups;
    const params = groups && decoded(groups);
    if (params !== undefined) return { of, params };
  }
  return undefined;
}

/** Undefined where a part of the path is no text. */
function decoded(groups: Readonly<Record<string, string | undefined>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, text = '']) => [name, decodeURIComponent(text)]));
  } catch {
    return undefined;
  }
}

export const page = (body: string, status = 200): Answer => ({ status, type: 'text/html; charset=utf-8', body });

/** After a button: the page to go on to, so that a reload presses nothing again. */
export const goTo = (location: string): Answer => ({ status: 303, type: 'text/plain; charset=utf-8', body: '', location });

const json = (reply: unknown): Answer =>
  reply === undefined
    ? { status: 404, type: 'application/json', body: '{"error":"there is no such thing, or it is not for you"}\n' }
    : { status: 200, type: 'application/json', body: `${JSON.stringify(reply)}\n` };

const notFound = page(problemPage(404, 'Not found', 'There is no such page, or no longer.'), 404);

const readOnly: Answer = { status: 405, type: 'text/plain; charset=utf-8', body: 'These pages are only read: use GET.\n' };

const fixedAnswers = (rooms: readonly Room[]): ReadonlyMap<string, Answer> =>
  new Map([
    ['/healthz', { status: 200, type: 'text/plain; charset=utf-8', body: 'ok\n' }],
    [
      '/style.css',
      { status: 200, type: 'text/css; charset=utf-8', body: [style, ...rooms.flatMap((room) => room.style ?? [])].join('\n') },
    ],
    ['/icon.svg', { status: 200, type: 'image/svg+xml', body: icon }],
    ['/script.js', { status: 200, type: 'text/javascript; charset=utf-8', body: script }],
  ]);
