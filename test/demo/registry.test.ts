import { createHash } from 'node:crypto';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';

let registry: Registry;
const image = { labels: { 'org.opencontainers.image.version': '1.0.0' }, created: '2026-10-01T08:00:00Z' };

beforeAll(async () => {
  registry = await startRegistry({ pageSize: 100 });
  registry.publish('shop/api', '1.0.0', image);
  registry.publish('shop/api', 'latest', image);
  registry.publish('shop/multi', '2.0.0', { ...image, platforms: ['linux/amd64', 'linux/arm64', 'unknown/unknown'] });
  for (let n = 0; n < 250; n += 1) registry.publish('shop/many', `1.0.${n}`, { ...image, created: new Date(n * 1000).toISOString() });
});
afterAll(() => registry.close());

const hash = (body: Uint8Array) => `sha256:${createHash('sha256').update(body).digest('hex')}`;
const get = async (path: string, init?: RequestInit) => {
  const response = await fetch(registry.url + path, init);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, header: (name: string) => response.headers.get(name), bytes, text: Buffer.from(bytes).toString() };
};

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Record<string, string>;
}

/** Fetches what a descriptor points to and checks size, digest and media type. */
async function follow(repository: string, kind: 'manifests' | 'blobs', of: Descriptor): Promise<string> {
  const reply = await get(`/v2/${repository}/${kind}/${of.digest}`);
  expect([reply.status, reply.bytes.length, hash(reply.bytes), reply.header('content-type')]).toEqual([
    200,
    of.size,
    of.digest,
    of.mediaType,
  ]);
  return reply.text;
}

test('a manifest, its configuration and its layer have the digests that they say', async () => {
  const reply = await get('/v2/shop/api/manifests/1.0.0');
  expect(reply.header('docker-content-digest')).toBe(hash(reply.bytes));
  expect(reply.header('content-type')).toBe('application/vnd.oci.image.manifest.v1+json');
  const manifest = JSON.parse(reply.text) as { config: Descriptor; layers: Descriptor[] };
  const config = JSON.parse(await follow('shop/api', 'blobs', manifest.config)) as { created: string; config: { Labels: unknown } };
  expect(config).toMatchObject({ created: image.created, config: { Labels: image.labels } });
  for (const layer of manifest.layers) await follow('shop/api', 'blobs', layer);
  expect(manifest.layers[0]?.digest).toBe('sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4');
  expect(registry.digest('shop/api', 'latest')).toBe(hash(reply.bytes));
});

test('an index lists its platforms, and an attestation is marked as one', async () => {
  const reply = await get('/v2/shop/multi/manifests/2.0.0');
  expect(reply.header('content-type')).toBe('application/vnd.oci.image.index.v1+json');
  const { manifests } = JSON.parse(reply.text) as { manifests: Descriptor[] };
  expect(manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`)).toEqual([
    'linux/amd64',
    'linux/arm64',
    'unknown/unknown',
  ]);
  expect(manifests[2]?.annotations?.['vnd.docker.reference.digest']).toBe(manifests[0]?.digest);
  for (const one of manifests) {
    const { config } = JSON.parse(await follow('shop/multi', 'manifests', one)) as { config: Descriptor };
    await follow('shop/multi', 'blobs', config);
  }
});

test('HEAD answers like GET, without a body', async () => {
  const [head, full] = [await get('/v2/shop/api/manifests/1.0.0', { method: 'HEAD' }), await get('/v2/shop/api/manifests/1.0.0')];
  expect(head.bytes.length).toBe(0);
  for (const name of ['content-length', 'content-type', 'docker-content-digest', 'etag']) expect(head.header(name)).toBe(full.header(name));
});

test('tags come in pages that follow one another to the end', async () => {
  const seen: string[] = [];
  let path: string | undefined = '/v2/shop/many/tags/list?n=1000';
  let pages = 0;
  while (path !== undefined) {
    const reply = await get(path);
    seen.push(...(JSON.parse(reply.text) as { tags: string[] }).tags);
    path = /^<([^>]+)>; rel="next"$/.exec(reply.header('link') ?? '')?.[1];
    pages += 1;
  }
  expect([pages, seen.length, new Set(seen).size]).toEqual([3, 250, 250]);
  expect(seen).toEqual([...seen].sort());
});

test('what the client has already is not sent again', async () => {
  for (const path of ['/v2/shop/api/tags/list', '/v2/shop/api/manifests/1.0.0']) {
    const etag = (await get(path)).header('etag') ?? '';
    const again = await get(path, { headers: { 'if-none-match': etag } });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  }
  const before = (await get('/v2/shop/api/tags/list')).header('etag');
  registry.publish('shop/api', '1.0.1', image);
  expect((await get('/v2/shop/api/tags/list')).header('etag')).not.toBe(before);
});

test.each([
  ['/v2/shop/none/tags/list', 404, 'NAME_UNKNOWN'],
  ['/v2/shop/api/manifests/9.9.9', 404, 'MANIFEST_UNKNOWN'],
  ['/v2/shop/api/blobs/sha256:00', 404, 'BLOB_UNKNOWN'],
  ['/v2/shop/api/tags/list?n=-1', 400, 'PAGINATION_NUMBER_INVALID'],
  ['/elsewhere', 404, 'UNSUPPORTED'],
])('%s is refused in the shape of the specification', async (path, status, code) => {
  const reply = await get(path);
  expect([reply.status, (JSON.parse(reply.text) as { errors: { code: string }[] }).errors[0]?.code]).toEqual([status, code]);
});

test('nothing can be written', async () => {
  expect((await get('/v2/shop/api/manifests/1.0.0', { method: 'PUT', body: '{}' })).status).toBe(405);
});

test('requests are counted per path, and a taken port is named', async () => {
  const other = await startRegistry();
  await fetch(`${other.url}/v2/a/tags/list?n=1`);
  await fetch(`${other.url}/v2/a/tags/list?n=2`);
  expect(other.requests).toEqual(new Map([['GET /v2/a/tags/list', 2]]));
  await expect(startRegistry({ port: other.port })).rejects.toThrow(`port ${other.port} of 127.0.0.1 is taken`);
  await other.close();
});
