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
  /** Of the query or the JSON body: checked, and of the types that GitLab's description says. */
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

interface Place {
  readonly number: number;
  readonly size: number;
}

function placeOf({ given }: Call): Place {
  const [number, size] = [Number(given['page'] ?? 1), Number(given['per_page'] ?? 20)];
  if (number < 1) throw new Refused(400, { error: 'page does not have a valid value' });
  if (size < 1) throw new Refused(400, { error: 'per_page has a value not allowed' });
  return { number, size: Math.min(size, mostPerPage) };
}

const cut = <T>(all: readonly T[], { number, size }: Place): readonly T[] => all.slice((number - 1) * size, number * size);

/** https://docs.gitlab.com/api/rest/#pagination-response-headers */
const mostCounted = 10_000;

/** One page with GitLab's headers: https://docs.gitlab.com/api/rest/#offset-based-pagination */
export function page(call: Call, all: readonly unknown[]): Reply {
  const place = placeOf(call);
  const pages = Math.max(1, Math.ceil(all.length / place.size));
  const next = place.number < pages ? place.number + 1 : undefined;
  const counts = all.length > mostCounted ? undefined : { total: all.length, pages };
  return { status: 200, body: cut(all, place), headers: headers(call, place, { next, last: counts?.pages, counts }) };
}

/** Commits are not counted: a full page has a next one, which may be empty (lib/api/commits.rb of GitLab). */
export function pageOfCommits(call: Call, all: readonly unknown[]): Reply {
  const place = placeOf(call);
  const body = cut(all, place);
  const next = body.length === place.size ? place.number + 1 : undefined;
  return { status: 200, body, headers: headers(call, place, { next, last: next ?? place.number, counts: undefined }) };
}

/**
 * Of branches or tags. Their first page always names a second one, counts all there are whatever was searched for, and holds everything
 * that a search found (`paginate_first_page_via_gitaly` in lib/gitlab/pagination/gitaly_keyset_pager.rb of GitLab, its BranchesFinder
 * and TagsFinder).
 */
export function pageOfRefs(call: Call, found: readonly unknown[], total: number): Reply {
  const place = placeOf(call);
  if (place.number > 1) return page(call, found);
  const pages = Math.floor(total / place.size) + 1;
  const searched = (call.given['search'] ?? call.given['regex'] ?? '') !== '';
  return {
    status: 200,
    body: searched ? found : cut(found, place),
    headers: headers(call, place, { next: 2, last: pages, counts: { total, pages } }),
  };
}

interface Around {
  readonly next: number | undefined;
  readonly last: number | undefined;
  readonly counts: { readonly total: number; readonly pages: number } | undefined;
}

function headers(call: Call, { number, size }: Place, { next, last, counts }: Around): Record<string, string> {
  const link = (to: number | undefined, rel: string) => {
    if (to === undefined) return [];
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    query.set('per_page', String(size));
    return [`<${call.world.url}/api/v4${call.path}?${query.toString()}>; rel="${rel}"`];
  };
  const previous = number > 1 ? number - 1 : undefined;
  return {
    'x-page': String(number),
    'x-per-page': String(size),
    'x-prev-page': String(previous ?? ''),
    'x-next-page': String(next ?? ''),
    link: [...link(previous, 'prev'), ...link(next, 'next'), ...link(1, 'first'), ...link(last, 'last')].join(', '),
    ...(counts === undefined ? {} : { 'x-total': String(counts.total), 'x-total-pages': String(counts.pages) }),
  };
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
