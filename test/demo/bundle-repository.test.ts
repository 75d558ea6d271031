import { createHash } from 'node:crypto';
import { type BundleRepository, startBundleRepository } from '../../src/demo/bundle-repository.ts';

let nexus: BundleRepository;

beforeAll(async () => {
  nexus = await startBundleRepository({ pageSize: 3 });
  for (let n = 0; n < 8; n += 1) {
    nexus.publish('manifests', { path: `api/api-1.0.${n}.tar.gz`, body: Buffer.from(`bundle ${n}`), modified: '2026-10-01T08:00:00Z' });
  }
  nexus.publish('other', { path: 'web/2.0.0/web.tar.gz', body: Buffer.from('web'), modified: '2026-10-02T08:00:00Z' });
});
afterAll(() => nexus.close());

interface Asset {
  readonly downloadUrl: string;
  readonly path: string;
  readonly checksum: Record<string, string>;
  readonly lastModified: string;
  readonly fileSize: number;
}
interface Component {
  readonly name: string;
  readonly group: string;
  readonly assets: Asset[];
}

async function pages<T>(path: string): Promise<{ items: T[]; count: number }> {
  const items: T[] = [];
  for (let token: string | null = '', count = 1; ; count += 1) {
    const response = await fetch(`${nexus.url}${path}${token === '' ? '' : `&continuationToken=${token}`}`);
    const body = (await response.json()) as { items: T[]; continuationToken: string | null };
    items.push(...body.items);
    token = body.continuationToken;
    if (token === null) return { items, count };
  }
}

test('a search gives every asset once, over pages, and what it says of each is true', async () => {
  const { items, count } = await pages<Asset>('/service/rest/v1/search/assets?repository=manifests&format=raw');
  expect([items.length, new Set(items.map(({ path }) => path)).size, count]).toEqual([8, 8, 3]);
  for (const asset of items) {
    const response = await fetch(asset.downloadUrl);
    const body = new Uint8Array(await response.arrayBuffer());
    for (const algorithm of ['sha1', 'sha256', 'sha512', 'md5']) {
      expect(asset.checksum[algorithm]).toBe(createHash(algorithm).update(body).digest('hex'));
    }
    expect(asset.fileSize).toBe(body.length);
    expect(asset.lastModified).toBe('2026-10-01T08:00:00.000+00:00');
    expect(Date.parse(response.headers.get('last-modified') ?? '')).toBe(Date.parse(asset.lastModified));
  }
});

test.each([
  ['name=/api/api-1.0.3.tar.gz', 1],
  ['name=/api/api-1.0.*', 8],
  ['name=*1.0.3*', 1],
  ['name=/api/*3.tar.gz', 1],
  ['name=api-1.0.3.tar.gz', 0],
  ['group=/api', 8],
  ['group=/web', 0],
  ['format=maven2', 0],
])('search by %s', async (query, expected) => {
  expect((await pages(`/service/rest/v1/search/assets?repository=manifests&${query}`)).items).toHaveLength(expected);
});

test('components carry their assets', async () => {
  const { items, count } = await pages<Component>('/service/rest/v1/components?repository=manifests');
  expect([items.length, count]).toEqual([8, 3]);
  expect(items.map(({ name, group, assets }) => [group, assets.map(({ path }) => path).join()].concat(name))).toEqual(
    items.map(({ name }) => ['/api', name, name]),
  );
});

test.each([
  ['/repository/manifests/api/api-9.tar.gz', 404],
  ['/repository/none/api/api-1.0.0.tar.gz', 404],
  ['/repository/manifests/%zz', 400],
  ['/service/rest/v1/components?repository=none', 404],
  ['/service/rest/v1/components', 422],
  ['/service/rest/v1/search/assets?continuationToken=nonsense', 406],
  ['/', 404],
])('%s answers %i', async (path, status) => {
  expect((await fetch(nexus.url + path)).status).toBe(status);
});

test('a download that the client has is not sent again', async () => {
  const url = `${nexus.url}/repository/other/web/2.0.0/web.tar.gz`;
  const etag = (await fetch(url)).headers.get('etag') ?? '';
  expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
});
