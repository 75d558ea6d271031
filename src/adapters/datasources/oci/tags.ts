import { explain, OutsideError } from '../../../domain/errors.ts';
import type { ReleaseList } from '../../../domain/release.ts';
import type { HttpReply } from '../../http/client.ts';
import { parseJson } from '../../http/json.ts';
import { nextPage } from './link.ts';
import type { Location } from './location.ts';
import type { Registries } from './registry.ts';

/**
 * Asked in this order: some registries refuse large pages, some any page size. undefined leaves it to the registry. Every page is a request,
 * in every scan: one that holds the longest lists makes that one request per package, and who allows less gives less, with a link.
 */
export const pageSizes = [50_000, 1000, 100, undefined] as const;
export type PageSize = (typeof pageSizes)[number];

const pageLimit = 1000;
const tagLimit = 250_000;
/** Bytes: the largest page that is asked for, of the longest tags that there can be. */
const largestPage = 8 * 1024 * 1024;
/** Bytes of all pages together. */
const largestList = 32 * 1024 * 1024;
/** Where registries cut a list, whatever was asked for. */
const usualCuts: ReadonlySet<number | undefined> = new Set([50, 100, 200, 500, 1000, 5000, 10_000]);
const refusesSize = new Set([400, 405, 406, 416, 422]);
const tagPattern = /^\w[\w.-]{0,127}$/;

export interface TagPages {
  readonly list: ReleaseList;
  readonly pageSize: PageSize;
}

/**
 * All tags of a repository; undefined when the registry does not have it. A later page that fails leaves an incomplete list.
 * Throws OutsideError when the first page fails. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export async function listTags(registries: Registries, at: Location, repository: string, start: PageSize): Promise<TagPages | undefined> {
  const { reply, pageSize } = await firstPage(registries, at, repository, start);
  if (reply.status === 404) return undefined;
  const tags = readTags(reply, at.host);
  const found = new Set(tags);
  const problem = await laterPages(registries, at, repository, { reply, pageSize, tags, found });
  const releases = [...found].map((version) => ({ version }));
  return { list: { releases, complete: problem === undefined, ...(problem === undefined ? {} : { problem }) }, pageSize };
}

const listUrl = (at: Location, repository: string, size: PageSize): string =>
  `${at.base}/v2/${repository}/tags/list${size === undefined ? '' : `?n=${size}`}`;

async function firstPage(
  registries: Registries,
  at: Location,
  repository: string,
  start: PageSize,
): Promise<{ readonly reply: HttpReply; readonly pageSize: PageSize }> {
  for (const pageSize of pageSizes.slice(pageSizes.indexOf(start))) {
    const reply = await page(registries, at, repository, listUrl(at, repository, pageSize));
    if (pageSize === undefined || !refusesSize.has(reply.status)) return { reply, pageSize };
  }
  throw new OutsideError(at.host, `listing the tags of ${repository} at ${at.host}: no page size is accepted`);
}

interface FirstPage {
  readonly reply: HttpReply;
  readonly pageSize: PageSize;
  readonly tags: readonly string[];
}

/** Adds to `found`; gives the reason why the list is incomplete, where it is. */
async function laterPages(
  registries: Registries,
  at: Location,
  repository: string,
  { found, pageSize, ...first }: FirstPage & { readonly found: Set<string> },
): Promise<string | undefined> {
  const seen = new Set([listUrl(at, repository, pageSize)]);
  let { reply, tags } = first;
  let bytes = reply.body.length;
  try {
    for (;;) {
      const next = after(reply, listUrl(at, repository, pageSize), tags, pageSize);
      if (next.kind === 'end') return undefined;
      if (next.kind === 'refused') return next.reason;
      if (seen.has(next.url)) return next.guessed ? undefined : 'the registry’s pages lead in a circle';
      if (seen.size === pageLimit) return `the list has more than ${pageLimit} pages`;
      seen.add(next.url);
      reply = await page(registries, at, repository, next.url, true);
      tags = readTags(reply, at.host);
      for (const tag of tags) found.add(tag);
      bytes += reply.body.length;
      if (found.size > tagLimit || bytes > largestList) return `the list has more than ${tagLimit} tags, or ${largestList} bytes`;
    }
  } catch (error) {
    return `page ${seen.size} of the tags of ${repository} failed: ${explain(error)}`;
  }
}

/** The next page by the link; without one behind a page of a suspicious length, by the last tag, since some registries cut without saying so. */
function after(
  reply: HttpReply,
  base: string,
  tags: readonly string[],
  size: PageSize,
):
  | { readonly kind: 'end' }
  | { readonly kind: 'page'; readonly url: string; readonly guessed: boolean }
  | { readonly kind: 'refused'; readonly reason: string } {
  const next = nextPage(reply.headers['link'], reply.url, base);
  const last = tags.at(-1);
  if (next.kind === 'page') return { ...next, guessed: false };
  if (next.kind === 'refused' || last === undefined || !(tags.length === size || usualCuts.has(tags.length))) return next;
  return { kind: 'page', url: `${base}&last=${encodeURIComponent(last)}`, guessed: true };
}

async function page(registries: Registries, at: Location, repository: string, url: string, ahead = false): Promise<HttpReply> {
  const reply = await registries.ask(at, repository, { url, accept: 'application/json', conditional: true, ahead, maxBytes: largestPage });
  if (reply.status === 200 || reply.status === 404 || refusesSize.has(reply.status)) return reply;
  throw new OutsideError(at.host, `listing the tags of ${repository} at ${at.host}: status ${reply.status}`, { status: reply.status });
}

/** `null` means none; what is no tag (and could not be written into a file) is left out. Throws OutsideError. */
function readTags(reply: HttpReply, host: string): string[] {
  const problem = `${new URL(reply.url).pathname} at ${host}: the reply is no list of tags`;
  if (reply.status !== 200) throw new OutsideError(host, `${problem} (status ${reply.status})`, { status: reply.status });
  const tags = tagsOf(reply.body.toString('utf8'));
  if (tags === undefined) throw new OutsideError(host, problem);
  return tags.filter((tag): tag is string => typeof tag === 'string' && tagPattern.test(tag));
}

function tagsOf(text: string): readonly unknown[] | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || !('tags' in value)) return undefined;
  if (value.tags === null) return [];
  return Array.isArray(value.tags) ? value.tags : undefined;
}
