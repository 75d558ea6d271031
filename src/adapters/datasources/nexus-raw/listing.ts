import { explain, OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import { parseJson } from '../../http/json.ts';
import type { RawLocation } from './pattern.ts';

/** A file as Nexus describes it. */
export interface Asset {
  /** Without a leading slash: editions differ. */
  readonly path: string;
  readonly downloadUrl?: string;
  readonly sha256?: string;
  /** RFC 3339, UTC. */
  readonly lastModified?: string;
}

export interface AssetList {
  readonly assets: readonly Asset[];
  /** Why there may be more; absent for a complete list. */
  readonly problem?: string;
  /** There are more pages than were to be read. */
  readonly crowded?: true;
}

export interface SearchFilter {
  readonly group?: string;
  readonly name?: string;
}

/** Of 50 files each: 20,000 files. */
export const pageLimit = 400;
const mostAssets = 50_000;
const largestPage = 4 * 1024 * 1024;

/** Statuses with which a Nexus says that this user may not search, or that this edition has no such search. */
const searchless = new Set([400, 401, 403, 404]);

/** https://help.sonatype.com/en/search-api.html; undefined where searching is not possible. */
export function searchAssets(http: HttpClient, at: RawLocation, filter: SearchFilter, pages: number): Promise<AssetList | undefined> {
  const url = new URL(`${at.base}/service/rest/v1/search/assets`);
  url.searchParams.set('repository', at.repository);
  url.searchParams.set('format', 'raw');
  for (const [name, value] of Object.entries(filter)) url.searchParams.set(name, value);
  return allPages(http, at, { first: url, pages, giveUp: (status) => searchless.has(status) });
}

/** The whole repository. https://help.sonatype.com/en/components-api.html Throws RefusedError where the user may not. */
export async function listAssets(http: HttpClient, at: RawLocation): Promise<AssetList> {
  const url = new URL(`${at.base}/service/rest/v1/components`);
  url.searchParams.set('repository', at.repository);
  return (await allPages(http, at, { first: url, pages: pageLimit, giveUp: () => false })) ?? { assets: [] };
}

interface Pages {
  readonly first: URL;
  /** At most that many. */
  readonly pages: number;
  readonly giveUp: (status: number) => boolean;
}

/** All pages; a later one that fails leaves an incomplete list. Throws OutsideError when the first fails, undefined when its status is one to give up on. */
async function allPages(http: HttpClient, at: RawLocation, { first, pages, giveUp }: Pages): Promise<AssetList | undefined> {
  const assets: Asset[] = [];
  const tokens = new Set<string>();
  let url = first;
  for (;;) {
    const page = await readPage(http, at, url, tokens.size === 0 ? giveUp : () => false).catch((error: unknown) => {
      if (tokens.size === 0) throw error;
      return `page ${tokens.size + 1} of ${at.repository} failed: ${explain(error)}`;
    });
    if (page === undefined || typeof page === 'string') return page === undefined ? undefined : { assets, problem: page };
    for (const asset of page.assets) assets.push(asset);
    if (assets.length > mostAssets) return { assets, problem: `${at.repository} has more than ${mostAssets} files` };
    if (page.token === undefined) return { assets };
    if (tokens.has(page.token)) return { assets, problem: `the pages of ${at.repository} lead in a circle` };
    if (tokens.size + 1 === pages) return { assets, crowded: true, problem: `${at.repository} has more than ${pages} pages of files` };
    tokens.add(page.token);
    url = new URL(first);
    url.searchParams.set('continuationToken', page.token);
  }
}

async function readPage(
  http: HttpClient,
  at: RawLocation,
  url: URL,
  giveUp: (status: number) => boolean,
): Promise<{ readonly assets: readonly Asset[]; readonly token: string | undefined } | undefined> {
  const reply = await http.request({ url: url.href, headers: { accept: 'application/json' }, conditional: true, maxBytes: largestPage });
  if (giveUp(reply.status)) return undefined;
  if (reply.status !== 200) throw refusal(at, url, reply.status);
  const page = parsePage(reply.body.toString('utf8'));
  if (page === undefined) throw new OutsideError(at.host, `${url.pathname} at ${at.host}: the reply is no page of files`);
  return page;
}

function refusal(at: RawLocation, url: URL, status: number): OutsideError {
  const what = `listing ${at.repository} at ${at.host} (${url.pathname}): status ${status}`;
  if (status === 404) return new RefusedError(at.host, `${what}; is there such a repository?`, { status });
  if (status !== 401 && status !== 403) return new OutsideError(at.host, what, { status });
  const privilege = `nx-repository-view-raw-${at.repository}-browse`;
  const plain = url.protocol === 'http:' ? '; credentials go over plain http only with `insecure: true`' : '';
  return new RefusedError(at.host, `${what}; the user of registries["${at.host}"] needs ${privilege} and -read${plain}`, { status });
}

/** A page of components or of assets. */
function parsePage(text: string): { readonly assets: readonly Asset[]; readonly token: string | undefined } | undefined {
  const page = record(parseJson(text));
  const items = page?.['items'];
  if (!Array.isArray(items)) return undefined;
  const token = page?.['continuationToken'];
  const assets = items.flatMap((item: unknown) => {
    const inner = record(item)?.['assets'];
    return Array.isArray(inner) ? inner.map(readAsset) : [readAsset(item)];
  });
  return { assets: assets.filter((asset) => asset !== undefined), token: typeof token === 'string' && token !== '' ? token : undefined };
}

function readAsset(value: unknown): Asset | undefined {
  const { path, downloadUrl, checksum, lastModified } = record(value) ?? {};
  if (typeof path !== 'string') return undefined;
  const sha256 = record(checksum)?.['sha256'];
  const date = new Date(typeof lastModified === 'string' ? lastModified : '');
  return {
    path: path.startsWith('/') ? path.slice(1) : path,
    ...(typeof downloadUrl === 'string' ? { downloadUrl } : {}),
    ...(typeof sha256 === 'string' && /^[0-9a-f]{64}$/i.test(sha256) ? { sha256: sha256.toLowerCase() } : {}),
    ...(Number.isNaN(date.getTime()) ? {} : { lastModified: date.toISOString() }),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
