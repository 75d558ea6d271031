import { createHash } from 'node:crypto';
import { type Loopback, type LoopbackOptions, type Reply, serveLoopback } from './loopback.ts';

export interface Bundle {
  /** Inside the repository, without a leading slash: `billing/billing-1.4.2.tar.gz`. */
  readonly path: string;
  readonly body: Uint8Array;
  /** RFC 3339, UTC. */
  readonly modified: string;
}

/** Sonatype Nexus 3's raw repositories, as far as they are read: downloads, asset search, component listing. */
export interface BundleRepository extends Loopback {
  /** One that exists at this path is replaced. */
  publish(repository: string, bundle: Bundle): void;
}

export interface BundleRepositoryOptions extends LoopbackOptions {
  /** Items in one answer. */
  readonly pageSize?: number;
}

interface Asset extends Bundle {
  readonly repository: string;
  readonly id: string;
  readonly checksum: Readonly<Record<'sha1' | 'sha256' | 'sha512' | 'md5', string>>;
}

type Repositories = ReadonlyMap<string, ReadonlyMap<string, Asset>>;

/** Throws UsageError when the port is taken. */
export async function startBundleRepository(options: BundleRepositoryOptions = {}): Promise<BundleRepository> {
  const repositories = new Map<string, Map<string, Asset>>();
  const server = await serveLoopback((url, base) => answer(repositories, url, base, options.pageSize ?? 50), options);
  return {
    ...server,
    publish(repository, bundle) {
      const assets = repositories.get(repository) ?? new Map<string, Asset>();
      repositories.set(repository, assets.set(bundle.path, toAsset(repository, bundle)));
    },
  };
}

function toAsset(repository: string, bundle: Bundle): Asset {
  const hash = (algorithm: string) => createHash(algorithm).update(bundle.body).digest('hex');
  const id = Buffer.from(`${repository}:${createHash('md5').update(bundle.path).digest('hex')}`).toString('base64url');
  return {
    ...bundle,
    repository,
    id,
    checksum: { sha1: hash('sha1'), sha256: hash('sha256'), sha512: hash('sha512'), md5: hash('md5') },
  };
}

function answer(repositories: Repositories, url: URL, base: string, pageSize: number): Reply {
  const [, repository = '', path = ''] = /^\/repository\/([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  if (repository !== '') return download(repositories.get(repository)?.get(decodeURIComponent(path)));
  if (url.pathname === '/service/rest/v1/search/assets') return search(repositories, url.searchParams, base, pageSize);
  if (url.pathname === '/service/rest/v1/components') return components(repositories, url.searchParams, base, pageSize);
  return { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404 Not Found</h1>' };
}

function download(asset: Asset | undefined): Reply {
  if (asset === undefined) return { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404 Not Found</h1>' };
  const headers = {
    'content-type': 'application/gzip',
    'last-modified': new Date(asset.modified).toUTCString(),
    etag: `"{SHA1{${asset.checksum.sha1}}}"`,
  };
  return { status: 200, headers, body: asset.body };
}

/** https://help.sonatype.com/en/search-api.html; a name is the path with a leading slash, `*` stands for anything. */
function search(repositories: Repositories, query: URLSearchParams, base: string, pageSize: number): Reply {
  const [repository, format, name, group] = ['repository', 'format', 'name', 'group'].map((key) => query.get(key));
  const assets = repository == null ? [...repositories.values()].flatMap(sorted) : sorted(repositories.get(repository));
  const found = assets.filter(
    (asset) => (format ?? 'raw') === 'raw' && matches(name, `/${asset.path}`) && matches(group, folder(asset.path)),
  );
  return page(found, query, pageSize, (asset) => assetJson(asset, base));
}

/** https://help.sonatype.com/en/components-api.html */
function components(repositories: Repositories, query: URLSearchParams, base: string, pageSize: number): Reply {
  const assets = repositories.get(query.get('repository') ?? '');
  if (assets === undefined) return { status: query.has('repository') ? 404 : 422 };
  return page(sorted(assets), query, pageSize, (asset) => ({
    id: asset.id,
    repository: asset.repository,
    format: 'raw',
    group: folder(asset.path),
    name: `/${asset.path}`,
    version: null,
    assets: [assetJson(asset, base)],
  }));
}

const sorted = (assets: ReadonlyMap<string, Asset> | undefined): readonly Asset[] =>
  [...(assets?.values() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));

const folder = (path: string): string => `/${path.split('/').slice(0, -1).join('/')}`;

function matches(pattern: string | null | undefined, text: string): boolean {
  if (pattern == null) return true;
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.startsWith(first) && text.endsWith(last) && text.length - last.length >= at;
}

function page(assets: readonly Asset[], query: URLSearchParams, size: number, toJson: (asset: Asset) => unknown): Reply {
  const token = query.get('continuationToken');
  const start = token === null ? 0 : assets.findIndex(({ id }) => id === token) + 1;
  if (token !== null && start === 0) return { status: 406, headers: { 'content-type': 'text/plain' }, body: 'invalid continuation token' };
  const items = assets.slice(start, start + size);
  const continuationToken = start + size < assets.length ? items.at(-1)?.id : null;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items: items.map(toJson), continuationToken }),
  };
}

/** Names and shape as in Nexus's own description of its API (AssetXO). */
function assetJson(asset: Asset, base: string): Readonly<Record<string, unknown>> {
  const modified = asset.modified.replace(/(?:\.\d+)?Z$/, '.000+00:00');
  return {
    downloadUrl: `${base}/repository/${asset.repository}/${asset.path}`,
    path: `/${asset.path}`,
    id: asset.id,
    repository: asset.repository,
    format: 'raw',
    checksum: asset.checksum,
    contentType: 'application/gzip',
    lastModified: modified,
    lastDownloaded: null,
    uploader: 'pipeline',
    uploaderIp: '127.0.0.1',
    fileSize: asset.body.length,
    blobCreated: modified,
    blobStoreName: 'default',
  };
}
