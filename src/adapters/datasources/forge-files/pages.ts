import { explain, OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import { parseJson } from '../../http/json.ts';
import { nextPage } from '../oci/link.ts';
import type { ForgeApi } from './access.ts';

/** Entries of all pages, unchecked. */
export interface Listed {
  readonly items: readonly unknown[];
  /** Why there may be more. */
  readonly problem?: string;
}

/** Of a hundred entries each. */
const mostPages = 200;
/** Of all pages together. */
const mostBytes = 64 * 1024 * 1024;

/**
 * All pages of a list, by the `Link` header; `what` names it in errors. A later page that fails leaves an incomplete list. Throws OutsideError
 * when the first fails. https://docs.gitlab.com/api/rest/#pagination, https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export async function listAll(http: HttpClient, api: ForgeApi, path: string, what: string): Promise<Listed> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  const first = `${api.base}/${path}${path.includes('?') ? '&' : '?'}per_page=100`;
  let bytes = 0;
  for (let url = first; ; ) {
    if (seen.size === mostPages) return { items, problem: `${what} has more than ${mostPages} pages` };
    seen.add(url);
    const page = await onePage(http, api, url, what).catch((error: unknown) => {
      if (seen.size === 1 || !(error instanceof OutsideError)) throw error;
      return `page ${seen.size} of ${what} failed: ${explain(error)}`;
    });
    if (typeof page === 'string') return { items, problem: page };
    for (const item of page.items) items.push(item);
    bytes += page.bytes;
    if (bytes > mostBytes) return { items, problem: `the pages of ${what} have more than ${mostBytes} bytes` };
    const next = nextPage(page.link, url, api.base);
    if (next.kind === 'end') return { items };
    if (next.kind === 'refused') return { items, problem: next.reason };
    if (seen.has(next.url)) return { items, problem: `the pages of ${what} lead in a circle` };
    url = next.url;
  }
}

async function onePage(
  http: HttpClient,
  api: ForgeApi,
  url: string,
  what: string,
): Promise<{ readonly items: readonly unknown[]; readonly link: string | undefined; readonly bytes: number }> {
  const accept = api.type === 'github' ? 'application/vnd.github+json' : 'application/json';
  const reply = await http.request({ url, headers: { accept, ...(await api.authorization()) }, conditional: true, redirects: 2 });
  if (reply.status !== 200) throw refusal(api, what, reply.status);
  const items = parseJson(reply.body.toString('utf8'));
  if (!Array.isArray(items)) throw new OutsideError(api.host, `listing ${what} at ${api.host}: the reply is no list`);
  return { items, link: reply.headers['link'], bytes: reply.body.length };
}

/** What a status other than 200 means; `what` names what was listed. */
export function refusal({ host, known }: ForgeApi, what: string, status: number): OutsideError {
  const text = `listing ${what} at ${host}: status ${status}`;
  if (![401, 403, 404].includes(status)) return new OutsideError(host, text, { status });
  const help = known
    ? 'it may not exist, or the token of this forge in app.yml may not read it'
    : 'it may not exist, or need a token: add the forge to app.yml';
  return new RefusedError(host, `${text}; ${help}`, { status });
}
