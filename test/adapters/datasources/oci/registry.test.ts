import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createDatasources, httpHosts, type RegistrySettings } from '../../../../src/adapters/datasources/registry-settings.ts';
import { createHttpClient, type HttpClient } from '../../../../src/adapters/http/client.ts';
import { OutsideError, RefusedError } from '../../../../src/domain/errors.ts';
import type { Package } from '../../../../src/domain/reference.ts';
import type { Datasource } from '../../../../src/domain/release.ts';
import { type Handler, json, routes, type ScriptedServer, startServer } from '../../../support/http-server.ts';
import { image } from '../../../support/images.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

const opened: { close(): Promise<void> }[] = [];
const store = { current: new MemoryStore() };

beforeEach(() => {
  store.current = new MemoryStore();
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function serve(handler: Handler, tls?: { readonly key: string; readonly cert: string }): Promise<ScriptedServer> {
  const server = await startServer(handler, tls);
  opened.push(server);
  return server;
}

function connect(host: string, settings: Partial<RegistrySettings> = {}): { oci: Datasource; client: HttpClient } {
  const registries = { [host]: { type: 'oci', insecure: true, ...settings } as const };
  const client = createHttpClient({ hosts: httpHosts(registries), store: store.current, wait: () => Promise.resolve() });
  opened.push(client);
  return { oci: createDatasources({ registries, http: client, store: store.current }).oci, client };
}

const pack = (host: string, name = 'org/sub/app'): Package => ({ datasource: 'oci', name: `${host}/${name}` });
const list = '/v2/org/sub/app/tags/list';
const versions = ({ releases }: { releases: readonly { version: string }[] }): string[] => releases.map(({ version }) => version);
const tags =
  (names: unknown, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    json(response, { name: 'x', tags: names }, headers);

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('pages', () => {
  test('are followed to the end', async () => {
    const server = await serve(
      routes({
        [`GET ${list}?n=1000`]: tags(['1.0.0', '1.1.0'], { link: `<${list}?last=1.1.0>; rel="next"` }),
        [`GET ${list}?last=1.1.0`]: (_request, response) =>
          json(response, { tags: ['1.2.0', '1.1.0'] }, { link: `<http://${_request.headers.host ?? ''}${list}?last=1.2.0>; rel=next` }),
        [`GET ${list}?last=1.2.0`]: tags(['1.3.0']),
      }),
    );
    const found = await connect(server.host).oci.releases(pack(server.host));
    expect(found).toEqual({ releases: ['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map((version) => ({ version })), complete: true });
  });

  test.each([
    ['another host', '<https://evil.example.com/v2/x>; rel="next"', /evil\.example\.com.*not asked/],
    ['a circle', `<${list}?n=1000>; rel="next"`, /circle/],
    ['a page that is missing', `<${list}?last=gone>; rel="next"`, /page 2 .* failed.*404/],
    ['a page that is no JSON', `<${list}?last=html>; rel="next"`, /page 2 .* failed.*no list of tags/],
    ['a page that fails', `<${list}?last=500>; rel="next"`, /page 2 .* failed.*status 500/],
  ])('%s leaves an incomplete list, and says why', async (_name, link, problem) => {
    const server = await serve(
      routes({
        [`GET ${list}?n=1000`]: tags(['1.0.0'], { link }),
        [`GET ${list}?last=html`]: (_request, response) => void response.end('<html>'),
        [`GET ${list}?last=500`]: (_request, response) => void response.writeHead(500).end(),
      }),
    );
    const found = await connect(server.host).oci.releases(pack(server.host));
    expect(found).toMatchObject({ releases: [{ version: '1.0.0' }], complete: false, problem: expect.stringMatching(problem) as string });
  });

  test('smaller pages where large ones are refused, from the first request on the next time', async () => {
    const server = await serve(
      routes({
        [`GET ${list}?n=1000`]: (_request, response) => json(response, { errors: [{ code: 'PAGINATION_NUMBER_INVALID' }] }, {}, 400),
        [`GET ${list}?n=100`]: tags(['1.0.0']),
      }),
    );
    expect(versions(await connect(server.host).oci.releases(pack(server.host)))).toEqual(['1.0.0']);
    await connect(server.host).oci.releases(pack(server.host));
    expect(server.seen).toEqual([`GET ${list}?n=1000`, `GET ${list}?n=100`, `GET ${list}?n=100`]);
  });

  test('no page size where any is refused', async () => {
    const server = await serve((request, response) => {
      if (request.url === list) return json(response, { tags: ['1.0.0'] });
      return json(response, {}, {}, 400);
    });
    await connect(server.host).oci.releases(pack(server.host));
    expect(versions(await connect(server.host).oci.releases(pack(server.host)))).toEqual(['1.0.0']);
    expect(server.seen.at(-1)).toBe(`GET ${list}`);
    expect(server.seen).toHaveLength(4);
  });

  test('a full page without a link is not believed to be the last', async () => {
    const all = Array.from({ length: 1500 }, (_none, at) => `1.0.${String(at).padStart(4, '0')}`);
    const server = await serve((request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const start = all.indexOf(query.get('last') ?? '') + 1;
      json(response, { tags: all.slice(start, start + Number(query.get('n'))) });
    });
    const found = await connect(server.host).oci.releases(pack(server.host));
    expect([found.releases.length, found.complete, server.seen.length]).toEqual([1500, true, 2]);
  });

  test('a registry that has exactly one full page and ignores paging is no circle', async () => {
    const server = await serve(tags(Array.from({ length: 1000 }, (_none, at) => `1.0.${at}`)));
    const found = await connect(server.host).oci.releases(pack(server.host));
    expect([found.releases.length, found.complete]).toEqual([1000, true]);
  });

  test('20,000 tags, duplicates, null and what is no tag', async () => {
    const many = Array.from({ length: 20_000 }, (_none, at) => `1.${at}.0`);
    const server = await serve(tags([...many, '1.0.0', null, 7, { a: 1 }, '', 'a b', '-x', 'x'.repeat(129), '../x', 'a\nb']));
    const found = await connect(server.host).oci.releases(pack(server.host));
    expect(versions(found)).toEqual(many);
  });

  test('null is no tags', async () => {
    const server = await serve(tags(null));
    expect(await connect(server.host).oci.releases(pack(server.host))).toEqual({ releases: [], complete: true });
  });

  test.each(['', '<html>', '[]', '{}', '{"tags":"1.0.0"}', 'null'])('a first page that says %p is an error', async (body) => {
    const server = await serve((_request, response) => void response.end(body));
    await expect(connect(server.host).oci.releases(pack(server.host))).rejects.toThrow(/no list of tags/);
  });

  test('nothing new costs one request and no body', async () => {
    const statuses: number[] = [];
    const server = await serve((request, response) => {
      const known = request.headers['if-none-match'] === '"7"';
      statuses.push(known ? 304 : 200);
      if (known) return void response.writeHead(304).end();
      return json(response, { tags: ['1.0.0'] }, { etag: '"7"' });
    });
    const first = await connect(server.host).oci.releases(pack(server.host));
    expect(await connect(server.host).oci.releases(pack(server.host))).toEqual(first);
    expect(statuses).toEqual([200, 304]);
  });
});

describe('tokens', () => {
  interface TokenServer {
    readonly server: ScriptedServer;
    /** What the token service was sent: query and authorization. */
    readonly asked: { readonly query: URLSearchParams; readonly authorization: string | undefined }[];
    /** Tokens that the registry takes. */
    readonly valid: Set<string>;
  }

  async function tokenRegistry(
    options: {
      realm?: string;
      prefix?: string;
      life?: number;
      name?: string;
      refuse?: (request: IncomingMessage) => boolean;
      taken?: (token: string) => boolean;
    } = {},
  ): Promise<TokenServer> {
    const asked: TokenServer['asked'] = [];
    const valid = new Set<string>();
    const server = await serve((request, response) => {
      const url = new URL(request.url ?? '', `http://${request.headers.host ?? ''}`);
      if (url.pathname === '/token') {
        asked.push({ query: url.searchParams, authorization: request.headers.authorization });
        if (options.refuse?.(request) === true) return json(response, {}, {}, 401);
        const token = `t${asked.length}`;
        valid.add(token);
        return json(response, { [options.name ?? 'token']: token, expires_in: options.life ?? 300 });
      }
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      if ((options.taken ?? ((one) => valid.has(one)))(token)) return json(response, { tags: ['1.0.0'] });
      const realm = options.realm ?? `${url.origin}/token`;
      const challenge = `${options.prefix ?? ''}Bearer realm="${realm}",service="the registry",scope="repository:org/sub/app:pull,push"`;
      return json(response, {}, { 'www-authenticate': challenge }, 401);
    });
    return { server, asked, valid };
  }

  test.each(['token', 'access_token'])('are asked for by the challenge, anonymously (%s)', async (name) => {
    const { server, asked } = await tokenRegistry({ name, prefix: 'Basic realm="x", ' });
    expect(versions(await connect(server.host).oci.releases(pack(server.host)))).toEqual(['1.0.0']);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.authorization).toBeUndefined();
    expect(asked[0]?.query.get('service')).toBe('the registry');
    expect(asked[0]?.query.getAll('scope')).toEqual(['repository:org/sub/app:pull']);
  });

  test('are kept; another repository’s is asked for without being refused first', async () => {
    const { server, asked } = await tokenRegistry();
    const { oci } = connect(server.host);
    await oci.releases(pack(server.host));
    await oci.releases(pack(server.host));
    await oci.releases(pack(server.host, 'org/sub/other'));
    expect(asked.map(({ query }) => query.get('scope'))).toEqual(['repository:org/sub/app:pull', 'repository:org/sub/other:pull']);
    expect(server.seen).toHaveLength(6);
  });

  test('that expire in mid-run are asked for anew, once', async () => {
    const { server, asked, valid } = await tokenRegistry();
    const { oci } = connect(server.host);
    await oci.releases(pack(server.host));
    valid.clear();
    expect(versions(await oci.releases(pack(server.host)))).toEqual(['1.0.0']);
    expect(asked).toHaveLength(2);
  });

  test('of which the life is over are not even tried', async () => {
    const { server, asked } = await tokenRegistry({ life: 1 });
    const { oci } = connect(server.host);
    await oci.releases(pack(server.host));
    await oci.releases(pack(server.host));
    expect(asked).toHaveLength(2);
    expect(server.seen.filter((line) => line.includes('tags'))).toHaveLength(3);
  });

  test('that are not taken end with a refusal, not in a circle', async () => {
    const { server, asked } = await tokenRegistry({ taken: () => false });
    await expect(connect(server.host).oci.releases(pack(server.host))).rejects.toThrow(RefusedError);
    expect(asked).toHaveLength(1);
  });

  test('of the registry’s own host are asked for with credentials, asked about once', async () => {
    const { server, asked } = await tokenRegistry();
    const { oci } = connect(server.host, { username: 'bot', password: 'secret' });
    await oci.releases(pack(server.host));
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('bot:secret').toString('base64')}`);
    expect(server.seen[0]).toBe('GET /v2/');
    expect(server.seen).toHaveLength(3);
  });

  test('of another host: credentials only where that host is listed', async () => {
    const other = await tokenRegistry();
    const { server } = await tokenRegistry({ realm: `${other.server.url}/token`, taken: (token) => other.valid.has(token) });
    const credentials = { username: 'bot', password: 'secret' };
    await connect(server.host, credentials).oci.releases(pack(server.host));
    expect(other.asked[0]?.authorization).toBeUndefined();
    await connect(server.host, { ...credentials, tokenHosts: [other.server.host] }).oci.releases(pack(server.host));
    expect(other.asked[1]?.authorization).toBe(`Basic ${Buffer.from('bot:secret').toString('base64')}`);
  });

  test('a refusal says that the credentials were not sent', async () => {
    const other = await tokenRegistry({ refuse: () => true });
    const { server } = await tokenRegistry({ realm: `${other.server.url}/token` });
    const error = connect(server.host, { username: 'bot', password: 'secret' }).oci.releases(pack(server.host));
    await expect(error).rejects.toThrow(/not in tokenHosts of registries\["127/);
    await expect(error).rejects.toThrow(RefusedError);
  });

  test('another host’s own credentials are not spent on a token for this registry', async () => {
    const other = await tokenRegistry();
    const { server } = await tokenRegistry({ realm: `${other.server.url}/token` });
    const registries = {
      [server.host]: { type: 'oci', insecure: true },
      [other.server.host]: { type: 'nexus', username: 'n', password: 'nexus', insecure: true },
    } as const;
    const http = createHttpClient({ hosts: httpHosts(registries), wait: () => Promise.resolve() });
    opened.push(http);
    await expect(createDatasources({ registries, http, store: store.current }).oci.releases(pack(server.host))).rejects.toThrow(
      RefusedError,
    );
    expect(other.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test('a Nexus’s credentials are not sent with an image’s request before they are asked for', async () => {
    const heard: (string | undefined)[] = [];
    const server = await serve((request, response) => {
      heard.push(request.headers.authorization);
      if (request.headers.authorization !== undefined) return json(response, { tags: ['1.0.0'] });
      return json(response, {}, { 'www-authenticate': 'BASIC realm="Nexus"' }, request.url === '/v2/' ? 200 : 401);
    });
    await connect(server.host, { type: 'nexus', username: 'bot', password: 'secret' }).oci.releases(pack(server.host));
    expect(heard.map((one) => one?.split(' ')[0])).toEqual([undefined, undefined, 'Basic']);
  });

  test.each(['ftp://x/token', 'nonsense', ''])('a service at %p is not asked', async (realm) => {
    const { server } = await tokenRegistry({ realm });
    await expect(connect(server.host).oci.releases(pack(server.host))).rejects.toThrow(OutsideError);
  });

  test('a reply without a token is an error', async () => {
    const { server } = await tokenRegistry({ name: 'nothing' });
    await expect(connect(server.host).oci.releases(pack(server.host))).rejects.toThrow(/holds no token/);
  });
});

describe('digests', () => {
  const one = image({ labels: { a: 'b' } });
  const manifests = '/v2/org/sub/app/manifests';
  const blob =
    (text: string): Handler =>
    (_request, response) =>
      void response.end(text);

  test('by hashing where HEAD does not tell', async () => {
    const server = await serve(
      routes({
        [`HEAD ${manifests}/1.0`]: (_request, response) => void response.writeHead(405).end(),
        [`GET ${manifests}/1.0`]: blob(one.manifest.text),
        [`GET ${manifests}/${one.manifest.digest}`]: blob(one.manifest.text),
        [`GET /v2/org/sub/app/blobs/${one.config.digest}`]: blob(one.config.text),
      }),
    );
    expect(await connect(server.host).oci.details(pack(server.host), '1.0')).toMatchObject({
      digest: one.manifest.digest,
      labels: { a: 'b' },
    });
  });

  test('a blob may lie on another host', async () => {
    const storage = await serve(blob(one.config.text));
    const server = await serve(
      routes({
        [`GET ${manifests}/${one.manifest.digest}`]: blob(one.manifest.text),
        [`GET /v2/org/sub/app/blobs/${one.config.digest}`]: (_request, response) =>
          void response.writeHead(307, { location: `${storage.url}/x?sig=1` }).end(),
      }),
    );
    expect(await connect(server.host).oci.details(pack(server.host), '', one.manifest.digest)).toMatchObject({ labels: { a: 'b' } });
  });

  test.each([
    ['manifest', `${one.manifest.text} `, one.config.text],
    ['configuration', one.manifest.text, one.config.text.replace('"b"', '"c"')],
  ])('a %s that is not what its digest says is not used, nor remembered', async (_name, manifest, config) => {
    const server = await serve(
      routes({
        [`GET ${manifests}/${one.manifest.digest}`]: blob(manifest),
        [`GET /v2/org/sub/app/blobs/${one.config.digest}`]: blob(config),
      }),
    );
    await expect(connect(server.host).oci.details(pack(server.host), '', one.manifest.digest)).rejects.toThrow(/another digest/);
    expect(store.current.keys('oci')).toEqual([]);
  });

  test('an index inside an index is not followed', async () => {
    const inner = JSON.stringify({ schemaVersion: 2, manifests: [one.descriptor] });
    const outer = JSON.stringify({ schemaVersion: 2, manifests: [{ ...one.descriptor, digest: sha256(inner) }], annotations: { c: 'd' } });
    const server = await serve(
      routes({ [`GET ${manifests}/${sha256(outer)}`]: blob(outer), [`GET ${manifests}/${sha256(inner)}`]: blob(inner) }),
    );
    const details = await connect(server.host).oci.details(pack(server.host), '', sha256(outer));
    expect(details).toEqual({ digest: sha256(outer), platforms: { 'linux/amd64': sha256(inner) }, labels: { c: 'd' } });
    expect(server.seen).toHaveLength(2);
  });

  test('a malformed digest is not asked for', async () => {
    const server = await serve(routes({}));
    await expect(connect(server.host).oci.details(pack(server.host), '1', 'sha256:../../x')).rejects.toThrow(/malformed/);
    expect(server.seen).toEqual([]);
  });

  test('an index without images, a missing configuration, another schema: no labels, no error', async () => {
    const empty = '{"schemaVersion":2,"manifests":[]}';
    const old = '{"schemaVersion":1}';
    const server = await serve((request, response) => {
      const bodies: Record<string, string> = {
        [`${manifests}/empty`]: empty,
        [`${manifests}/old`]: old,
        [`${manifests}/bare`]: one.manifest.text,
      };
      const [, digestOf] = /\/manifests\/(sha256:.*)$/.exec(request.url ?? '') ?? [];
      const byDigest = [empty, old, one.manifest.text].find((text) => sha256(text) === digestOf);
      const text = bodies[request.url ?? ''] ?? byDigest;
      if (text === undefined) return json(response, {}, {}, 404);
      response.writeHead(200).end(request.method === 'HEAD' ? undefined : text);
      return undefined;
    });
    const { oci } = connect(server.host);
    expect(await oci.details(pack(server.host), 'empty')).toMatchObject({ platforms: {}, labels: {} });
    expect(await oci.details(pack(server.host), 'old')).toMatchObject({ labels: {} });
    expect(await oci.details(pack(server.host), 'bare')).toMatchObject({ labels: {}, digest: one.manifest.digest });
  });
});

describe('hosts', () => {
  const folder = new URL('../../../fixtures/tls/', import.meta.url);
  const pem = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
  const tls = { key: pem('server.key'), cert: pem('server.pem') };

  test('a private authority', async () => {
    const server = await serve(tags(['1.0.0']), tls);
    expect(versions(await connect(server.host, { insecure: false, ca: pem('ca.pem') }).oci.releases(pack(server.host)))).toEqual(['1.0.0']);
    const error = connect(server.host, { insecure: false }).oci.releases(pack(server.host));
    await expect(error).rejects.toThrow(/certificate is not trusted; give the authority’s certificate as `ca`/);
  });

  test('a registry behind TLS may not name a token service without', async () => {
    const server = await serve(
      (_request, response) => json(response, {}, { 'www-authenticate': 'Bearer realm="http://127.0.0.1:1/token"' }, 401),
      tls,
    );
    await expect(connect(server.host, { insecure: false, ca: pem('ca.pem') }).oci.releases(pack(server.host))).rejects.toThrow(
      /token service that is not asked/,
    );
  });

  test('a dead one fails its own packages only, by name', async () => {
    const dead = await startServer(tags([]));
    await dead.close();
    const server = await serve(tags(['1.0.0']));
    const registries = { [dead.host]: { type: 'oci', insecure: true }, [server.host]: { type: 'oci', insecure: true } } as const;
    const http = createHttpClient({ hosts: httpHosts(registries), wait: () => Promise.resolve() });
    opened.push(http);
    const { oci } = createDatasources({ registries, http, store: store.current });
    const names = Array.from({ length: 30 }, (_none, at) => `org/sub/app${at}`);
    const results = await Promise.allSettled([
      ...names.map((name) => oci.releases(pack(dead.host, name))),
      oci.releases(pack(server.host)),
    ]);
    expect(results.at(-1)?.status).toBe('fulfilled');
    const errors = results.slice(0, -1).map((result) => (result.status === 'rejected' ? (result.reason as OutsideError) : undefined));
    expect(errors.every((error) => error instanceof OutsideError && error.scope === dead.host)).toBe(true);
    expect(http.counts.get(dead.host)).toBeLessThanOrEqual(9); // three failures, with six under way at once
  });
});
