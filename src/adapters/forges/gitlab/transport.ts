import type { createRequesterFn, FormattedResponse, RequestOptions } from '@gitbeaker/requester-utils';
import { OutsideError } from '../../../domain/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import { parseJson } from '../../http/json.ts';

/** GitLab understood and said no. Holds nothing of the request but its method and path: never the token. */
export class GitLabRefusal extends Error {
  readonly status: number;
  /** What GitLab says, on one line, at most 300 characters. */
  readonly reason: string;
  constructor(status: number, reason: string) {
    super(`${status} ${reason}`);
    this.status = status;
    this.reason = reason;
  }
}

/** What @gitbeaker gets as its transport; its own fetch and retries are never reached. */
export type RequestHandler = Parameters<typeof createRequesterFn>[1];

const timeoutMs = 60_000;
/** An archive is streamed to its reader, who sets the limits that matter. */
const streamBytes = 4 * 2 ** 30;
const streamTimeoutMs = 600_000;
const longestReason = 300;

/**
 * Carries @gitbeaker's requests over our HTTP client: only GET is ever repeated, a redirect is never followed (it would carry the token
 * elsewhere, or turn a POST into a GET), and a refusal becomes a GitLabRefusal. Throws OutsideError for everything else that fails.
 */
export function createRequestHandler(http: HttpClient): RequestHandler {
  return async (endpoint, options) => {
    const { method = 'GET', headers = {}, body, prefixUrl = '', searchParams, asStream = false } = (options ?? {}) as RequestOptions;
    const url = `${prefixUrl.replace(/\/$/, '')}/${endpoint}`;
    const request = {
      method: method as 'GET' | 'POST' | 'PUT' | 'DELETE',
      url: searchParams === undefined ? url : `${url}?${searchParams}`,
      headers,
      redirects: 0,
      ...(typeof body === 'string' ? { body } : {}),
    };
    if (asStream) {
      const reply = await http.stream({ ...request, maxBytes: streamBytes, timeoutMs: streamTimeoutMs });
      if (reply.status === 200) return { ...reply, body: reply.body as unknown as ReadableStream };
      reply.body.destroy();
      throw refusal(reply.status, reply.headers, '');
    }
    const reply = await http.request({ ...request, timeoutMs });
    const text = reply.body.toString();
    if (reply.status >= 300) throw refusal(reply.status, reply.headers, text);
    return { status: reply.status, headers: { ...reply.headers }, body: parse(text, new URL(url).host, `${method} ${url}`) };
  };
}

function parse(text: string, host: string, what: string): FormattedResponse['body'] {
  if (text.trim() === '') return null;
  const value = parseJson(text);
  if (typeof value === 'object') return value as Record<string, unknown>;
  // An HTML page of a proxy or of the login form, half a reply, or more values than there can be.
  const shown = text.trimStart().startsWith('<') ? 'an HTML page' : 'something that is not JSON';
  throw new OutsideError(
    host,
    `${what}: ${host} answered with ${shown}; is this GitLab's address (with its path, as in https://host/gitlab), and no proxy in between?`,
  );
}

function refusal(status: number, headers: Readonly<Record<string, string>>, text: string): GitLabRefusal {
  const location = headers['location'];
  if (status < 400 && location !== undefined) return new GitLabRefusal(status, `moved to ${withoutQuery(location)}`);
  return new GitLabRefusal(
    status,
    reasonIn(text)
      .replaceAll(/\s+/g, ' ')
      .replace(/^\d{3} /, '')
      .slice(0, longestReason),
  );
}

const withoutQuery = (location: string): string => (location.split('?')[0] ?? '').slice(0, longestReason);

/** GitLab writes `{"message": "…"}`, `{"message": ["…"]}`, `{"message": {"field": ["…"]}}` or `{"error": "…", "error_description": "…"}`. */
function reasonIn(text: string): string {
  try {
    const { message, error, error_description: description } = JSON.parse(text) as Record<string, unknown>;
    const said = [message ?? error, description].flat().filter((part) => part !== undefined);
    return said.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('; ');
  } catch {
    return text.trimStart().startsWith('<') ? 'an HTML page' : '';
  }
}
