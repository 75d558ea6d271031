import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { message, type Parameters, Refused } from './parameters.ts';
import { groupOf, type Level, levelIn, levels, type Project, type User, type World } from './world.ts';

/** One request, taken apart. */
export interface Call {
  readonly world: World;
  readonly user: User;
  readonly method: string;
  /** `/projects/…`, still encoded. */
  readonly path: string;
  /** Decoded parts of the path that the route left open. */
  readonly parts: readonly string[];
  /** Query and JSON body together, as Grape sees them. */
  readonly given: Parameters;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ok = (body: unknown, status = 200): Reply => ({ status, body });

const mostPerPage = 100;

/** One page with GitLab's headers: https://docs.gitlab.com/api/rest/#offset-based-pagination */
export function page(call: Call, all: readonly unknown[], options: { readonly countless?: boolean } = {}): Reply {
  const [number, size] = [Number(call.given['page'] ?? 1), Number(call.given['per_page'] ?? 20)];
  if (number < 1) throw new Refused(400, { error: 'page does not have a valid value' });
  if (size < 1) throw new Refused(400, { error: 'per_page has a value not allowed' });
  const perPage = Math.min(size, mostPerPage);
  const pages = Math.max(1, Math.ceil(all.length / perPage));
  const next = number < pages ? number + 1 : undefined;
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    query.set('per_page', String(perPage));
    return `<${call.world.url}/api/v4${call.path}?${query.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    ...(next === undefined ? [] : [link(next, 'next')]),
    link(1, 'first'),
    ...(options.countless === true ? [] : [link(pages, 'last')]),
  ];
  const headers = {
    'x-page': String(number),
    'x-per-page': String(perPage),
    'x-prev-page': number > 1 ? String(number - 1) : '',
    'x-next-page': next === undefined ? '' : String(next),
    link: links.join(', '),
    ...(options.countless === true ? {} : { 'x-total': String(all.length), 'x-total-pages': String(pages) }),
  };
  return { status: 200, body: all.slice((number - 1) * perPage, number * perPage), headers };
}

export function send(call: Pick<Call, 'request' | 'response'>, { status, body, headers = {} }: Reply): void {
  if (body === undefined || status === 204) {
    call.response.writeHead(status, headers).end();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  const etag = `W/"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
  if (status === 200 && call.request.method === 'GET' && call.request.headers['if-none-match'] === etag) {
    call.response.writeHead(304, { ...headers, etag }).end();
    return;
  }
  call.response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': bytes.length, etag }).end(bytes);
}

/** By number or path, in any case; 404 for one that the user may not see, as for one that is not there. */
export function projectOf(call: Call, at = 0): Project {
  const id = call.parts[at] ?? '';
  const found = call.world.projects.find((project) => String(project.id) === id || project.path.toLowerCase() === id.toLowerCase());
  if (found === undefined || levelIn(call.user, found.path) < levels.guest) throw message(404, '404 Project Not Found');
  return found;
}

/** What writes need: a role, and a project that is not archived. */
export function writable(call: Call, level: Level = 'developer'): Project {
  const project = projectOf(call);
  if (project.archived || levelIn(call.user, project.path) < levels[level]) throw message(403, '403 Forbidden');
  return project;
}

/** A group exists as long as a project lies under it. */
export function groupOfCall(call: Call): string {
  const id = (call.parts[0] ?? '').toLowerCase();
  const exists = call.world.projects.some(({ path }) => `${groupOf(path)}/`.toLowerCase().startsWith(`${id}/`));
  if (!exists || levelIn(call.user, id) < levels.guest) throw message(404, '404 Group Not Found');
  return id;
}

export const isUnder = (project: Project, group: string): boolean => project.path.toLowerCase().startsWith(`${group}/`);
