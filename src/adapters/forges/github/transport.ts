import type { Readable } from 'node:stream';
import { OutsideError } from '../../../domain/errors.ts';
import type { HttpClient, HttpReply, HttpRequest } from '../../http/client.ts';
import { parseJson } from '../../http/json.ts';

/** GitHub understood and said no. Holds nothing of the request but its method and path: never the token. */
export class GitHubRefusal extends Error {
  readonly status: number;
  /** What GitHub says, on one line, at most 300 characters. */
  readonly reason: string;
  constructor(status: number, reason: string) {
    super(`${status} ${reason}`);
    this.status = status;
    this.reason = reason;
  }
}

/** `plain`: only reads are repeated; `conditional`: the reply is kept with its ETag; `repeatable`: a write that may happen twice; `streamed`: the body as it comes. */
export type Manner = 'plain' | 'conditional' | 'repeatable' | 'streamed';

/** As far as Octokit uses it. */
export type Fetch = (
  url: string,
  init: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body?: unknown },
) => Promise<unknown>;

const timeoutMs = 60_000;
/** An archive is streamed to its reader, who sets the limits that matter. */
const streamBytes = 4 * 2 ** 30;
const streamTimeoutMs = 600_000;
const longestReason = 300;

/**
 * Carries Octokit's requests over our HTTP client. A redirect of the API is never followed (it would turn a POST into a GET); that of an
 * archive is, without the token. A refusal becomes a GitHubRefusal. Throws OutsideError for everything else that fails.
 */
export function createFetch(http: HttpClient, manner: Manner): Fetch {
  return async (url, { method, headers, body }) => {
    const request: HttpRequest = {
      method: method as NonNullable<HttpRequest['method']>,
      url,
      headers,
      limited: isSecondaryLimit,
      paced: method !== 'GET' && method !== 'HEAD',
      ...(typeof body === 'string' ? { body } : {}),
      ...(manner === 'repeatable' ? { retry: true } : {}),
    };
    if (manner === 'streamed') return stream(http, request);
    const reply = await http.request({ ...request, redirects: 0, timeoutMs, conditional: manner === 'conditional' });
    const text = reply.body.toString();
    if (reply.status >= 300) throw refusal(reply, text);
    if (text.trim() !== '') check(text, new URL(url).host, `${method} ${withoutQuery(url)}`);
    const { link } = reply.headers;
    return new Response(reply.status === 204 ? null : text, {
      status: reply.status,
      headers: { 'content-type': 'application/json', ...(link === undefined ? {} : { link }) },
    });
  };
}

/** Octokit hands the body on as it is. */
async function stream(http: HttpClient, request: HttpRequest) {
  const reply = await http.stream({ ...request, maxBytes: streamBytes, timeoutMs: streamTimeoutMs });
  if (reply.status === 200) return { status: 200, url: request.url, headers: new Headers(), body: reply.body };
  reply.body.destroy();
  throw refusal(reply, '');
}

/** Undefined where there are more than `limit`, which are not read. */
export async function readBytes(stream: Readable, limit: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function check(text: string, host: string, what: string): void {
  if (typeof parseJson(text) === 'object') return;
  // An HTML page of a proxy or of the login form, half a reply, or more values than there can be.
  const shown = text.trimStart().startsWith('<') ? 'an HTML page' : 'something that is not JSON';
  throw new OutsideError(host, `${what}: ${host} answered with ${shown}; is this GitHub's address, and no proxy in between?`);
}

const withoutQuery = (url: string): string => url.split('?')[0] ?? '';

/** It may come without a word about its length: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
const isSecondaryLimit = (text: string): boolean => /secondary rate limit|abuse detection/i.test(reasonIn(text));

function refusal({ status, headers }: Pick<HttpReply, 'status' | 'headers'>, text: string): Error {
  const { location, 'x-accepted-github-permissions': needed } = headers;
  if (status < 400 && location !== undefined)
    return new GitHubRefusal(status, `moved to ${withoutQuery(location).slice(0, longestReason)}`);
  const said = oneLine(reasonIn(text));
  const wanted = status === 403 && needed !== undefined ? ` (it takes the permission ${oneLine(needed)})` : '';
  return new GitHubRefusal(status, `${said}${wanted}`);
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, longestReason);

/** `{"message": "…", "errors": ["…" | {"resource": "…", "field": "…", "code": "…", "message": "…"}]}` */
function reasonIn(text: string): string {
  try {
    const { message = '', errors = [] } = JSON.parse(text) as { readonly message?: unknown; readonly errors?: unknown };
    const details = [errors].flat().map((error) => (typeof error === 'string' ? error : detail((error ?? {}) as Record<string, unknown>)));
    return [typeof message === 'string' ? message : JSON.stringify(message), ...details].filter((part) => part !== '').join('; ');
  } catch {
    return text.trimStart().startsWith('<') ? 'an HTML page' : '';
  }
}

const detail = ({ message, field, code }: Record<string, unknown>): string =>
  typeof message === 'string' ? message : [field, code].filter((part) => typeof part === 'string').join(' ');
