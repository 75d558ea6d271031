import type { PagesSource } from '../domain/pages.ts';
import type { Queue } from '../domain/queue.ts';
import { jobsJson, jobsPage } from './jobs.ts';
import { icon } from './layout.ts';
import { commitPage, comparePage, listPage, mergeRequestPage, problemPage, repositoryPage, tagPage } from './pages.ts';
import { style } from './style.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Path to go on to. */
  readonly location?: string;
}

/** What people see of the queue, and do. */
export type ShownQueue = Pick<Queue, 'list' | 'retry'>;

/** What stands behind each address; `path` is the undecoded path of the URL. */
export type Site = (path: string) => Promise<Answer>;

/** The pages: `/`, `/jobs`, `/<path>`, `/<path>/merge_requests/<id>`, `/<path>/commit/<sha>`, `/<path>/tags/<tag>`, `/<path>/compare/<a>...<b>`. */
export function createSite(source: PagesSource, queue: ShownQueue, now: () => Date): Site {
  return async (path) => {
    const fixed = fixedAnswers.get(path);
    if (fixed !== undefined) return fixed;
    if (path === '/jobs') return page(jobsPage(await queue.list(), now()));
    if (path === '/api/v1/jobs') return { status: 200, type: 'application/json', body: jobsJson(await queue.list()) };
    if (path === '/') return page(listPage(await source.list(), now()));
    const route = routeOf(path);
    const text = route && (await render(source, route, now()));
    return text === undefined ? notFound : page(text);
  };
}

/** The buttons: `/jobs/<id>/retry`. A job that is not parked any more, because somebody else was faster, is left as it is. */
export function createActions(queue: ShownQueue): (path: string) => Promise<Answer | undefined> {
  return async (path) => {
    const [, id] = /^\/jobs\/([0-9a-f-]{36})\/retry$/.exec(path) ?? [];
    if (id === undefined) return undefined;
    await queue.retry(id);
    return { status: 303, type: 'text/plain; charset=utf-8', body: '', location: '/jobs' };
  };
}

const page = (body: string, status = 200): Answer => ({ status, type: 'text/html; charset=utf-8', body });

const notFound = page(problemPage(404, 'Not found', 'There is no such page, or no longer.'), 404);

/** What every page of ours is dressed in, the ones for setting up included. */
export const clothes: readonly string[] = ['/style.css', '/icon.svg'];

const fixedAnswers: ReadonlyMap<string, Answer> = new Map([
  ['/healthz', { status: 200, type: 'text/plain; charset=utf-8', body: 'ok\n' }],
  ['/style.css', { status: 200, type: 'text/css; charset=utf-8', body: style }],
  ['/icon.svg', { status: 200, type: 'image/svg+xml', body: icon }],
]);

type Route =
  | { readonly kind: 'repository'; readonly path: string }
  | { readonly kind: 'merge request'; readonly path: string; readonly id: number }
  | { readonly kind: 'commit'; readonly path: string; readonly sha: string }
  | { readonly kind: 'tag'; readonly path: string; readonly name: string }
  | { readonly kind: 'compare'; readonly path: string; readonly from: string; readonly to: string };

async function render(source: PagesSource, route: Route, now: Date): Promise<string | undefined> {
  const { path } = route;
  switch (route.kind) {
    case 'merge request': {
      const found = await source.mergeRequest(path, route.id);
      return found && mergeRequestPage(found, now);
    }
    case 'commit': {
      const found = await source.commit(path, route.sha);
      return found && commitPage(path, found, now);
    }
    case 'tag': {
      const found = (await source.repository(path))?.tags.find(({ name }) => name === route.name);
      return found && tagPage(path, found, now);
    }
    case 'compare': {
      const found = await source.diff(path, route.from, route.to);
      return found && comparePage(path, route.from, route.to, found, now);
    }
    case 'repository': {
      const [found, listed] = await Promise.all([source.repository(path), source.list()]);
      return (
        found &&
        repositoryPage(
          path,
          found,
          listed.filter((one) => one.path === path),
          now,
        )
      );
    }
  }
}

/** undefined for whatever could be no path of a repository or no name of a revision. */
function routeOf(raw: string): Route | undefined {
  const text = decode(raw.slice(1));
  if (text === undefined) return undefined;
  const [first] = kinds
    .map((kind) => ({ kind, at: text.indexOf(`/${kind}/`) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  if (first === undefined) return isPath(text) ? { kind: 'repository', path: text } : undefined;
  const path = text.slice(0, first.at);
  return isPath(path) ? pageRoute(first.kind, path, text.slice(first.at + first.kind.length + 2)) : undefined;
}

const kinds = ['merge_requests', 'commit', 'tags', 'compare'] as const;

function pageRoute(kind: (typeof kinds)[number], path: string, rest: string): Route | undefined {
  if (kind === 'merge_requests') return /^[1-9]\d{0,8}$/.test(rest) ? { kind: 'merge request', path, id: Number(rest) } : undefined;
  if (kind === 'commit') return /^[0-9a-f]{7,64}$/.test(rest) ? { kind: 'commit', path, sha: rest } : undefined;
  if (kind === 'tags') return isRevision(rest) ? { kind: 'tag', path, name: rest } : undefined;
  const [from = '', to = '', ...more] = rest.split('...');
  return isRevision(from) && isRevision(to) && more.length === 0 ? { kind: 'compare', path, from, to } : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Segments that start with a letter, digit or underscore: no `..`, nothing hidden, nothing that git reads as an option. */
const isPath = (text: string): boolean => text.length < 500 && /^\w[\w.-]*(?:\/\w[\w.-]*)*$/.test(text);

/** https://git-scm.com/docs/git-check-ref-format, and stricter. */
const isRevision = (text: string): boolean => text.length < 250 && /^\w[\w.+/@-]*$/.test(text) && !/\.\.|@\{|\/\/|\.lock$/.test(text);
