import { OutsideError } from '../../src/domain/errors.ts';
import type { Package } from '../../src/domain/reference.ts';
import { fc } from '../support/fuzz.ts';
import { changed, odd } from '../support/hostile-json.ts';
import { type Handler, startServer } from '../support/http-server.ts';
import { sandbox } from '../support/sandbox.ts';

const box = sandbox();
const secret = 'pa55-of-the-registry';
const digest = `sha256:${'a'.repeat(64)}`;

/** Replies as registries give them. */
const honest = {
  tags: { name: 'a/b', tags: ['1.0.0', '1.1.0', 'latest'] },
  index: {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 500, platform: { os: 'linux', architecture: 'amd64' } },
    ],
    annotations: { 'org.opencontainers.image.source': 'https://x.example/a/b' },
  },
  manifest: { schemaVersion: 2, config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 300 }, annotations: {} },
  config: {
    architecture: 'amd64',
    os: 'linux',
    created: '2026-11-01T00:00:00Z',
    config: { Labels: { 'org.opencontainers.image.revision': 'abc' } },
  },
  token: { token: 'abc', access_token: 'abc', expires_in: 300 },
  nexus: {
    items: [
      {
        path: '/a/a-1.0.0.tar',
        downloadUrl: 'http://x/a',
        checksum: { sha256: 'a'.repeat(64) },
        lastModified: '2026-11-01T00:00:00Z',
        assets: [],
      },
    ],
    continuationToken: 'next',
  },
  packages: [{ id: 1, name: 'a', version: '1.0.0', status: 'default', created_at: '2026-11-01T00:00:00Z' }],
  releases: [
    {
      tag_name: '1.0.0',
      published_at: '2026-11-01T00:00:00Z',
      released_at: '2026-11-01T00:00:00Z',
      commit: { id: 'abc' },
      assets: { links: [{ direct_asset_url: 'http://x/a/b/-/releases/1.0.0/downloads/a.tar' }] },
    },
  ],
  chart: {
    apiVersion: 'v1',
    entries: {
      c: [{ version: '1.0.0', digest, created: '2026-11-01T00:00:00Z', urls: ['c-1.0.0.tgz'], sources: ['https://x.example/a/b'] }],
    },
  },
};

/** What stands at a path, as an honest host would answer. */
function honestAt(path: string): unknown {
  const kinds: readonly (readonly [RegExp, unknown])[] = [
    [/\/tags\/list/, honest.tags],
    [/\/manifests\/1/, honest.index],
    [/\/manifests\//, honest.manifest],
    [/\/blobs\//, honest.config],
    [/token/, honest.token],
    [/service\/rest/, honest.nexus],
    [/releases/, honest.releases],
    [/packages/, honest.packages],
    [/index\.yaml/, honest.chart],
  ];
  return kinds.find(([pattern]) => pattern.test(path))?.[1] ?? {};
}

type Change = (text: unknown) => string;
const body: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Change>((of) => JSON.stringify(of)) },
  {
    weight: 6,
    arbitrary: fc.tuple(fc.array(fc.nat(6), { maxLength: 5 }), fc.constantFrom(...odd)).map(
      ([path, replacement]): Change =>
        (of) =>
          JSON.stringify(changed(of, path, replacement)) ?? '',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.double({ min: 0, max: 1, noNaN: true }).map(
      (end): Change =>
        (of) =>
          JSON.stringify(of).slice(0, end * 200),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        '',
        'null',
        '<html>',
        '"x"',
        '{"__proto__":{"tags":["1"]}}',
        'entries:\n  c:\n  - version: 1.0.0\n  - &a [*a]\n',
        '\u001f\u008b',
      )
      .map(
        (text): Change =>
          () =>
            text,
      ),
  },
);
const oddHeader = fc.constantFrom(
  {},
  ...[
    '</v2/a/b/tags/list?last=1>; rel="next"',
    '<//other.example/x>; rel=next',
    '<file:///etc/passwd>; rel="next"',
    '<http://169.254.169.254/latest>; rel="next"',
    '<',
    ';rel=next',
    `<?${'x'.repeat(5000)}>; rel="next"`,
    ',,,,',
  ].map((link) => ({ link })),
  ...[
    'Bearer realm="http://169.254.169.254/token"',
    'Bearer realm="file:///x"',
    'Basic',
    'Bearer',
    `Bearer ${'a="'.repeat(500)}`,
    'Basic realm="x", Bearer realm="@HOST@/token",service="s"',
  ].map((value) => ({ 'www-authenticate': value })),
  ...['file:///etc/passwd', 'ftp://x/', '//', 'http://[', '/v2/a/b/tags/list', 'javascript:1'].map((location) => ({ location })),
  ...[digest, 'sha256:zz', ''].map((value) => ({ 'docker-content-digest': value })),
  { etag: '"x"', 'cache-control': 'no-store' },
  { 'retry-after': '999999999999999999999' },
  { 'retry-after': 'never' },
);
const header = fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, oddHeader);
const status = fc.constantFrom(
  ...Array<number>(60).fill(200),
  201,
  204,
  206,
  301,
  302,
  304,
  307,
  400,
  401,
  401,
  403,
  404,
  418,
  429,
  500,
  503,
);
const reply = fc.record({ status, header, body });

test('whatever a registry answers, there is a list, a detail, nothing, or an OutsideError that names the host and no secret', async () => {
  let replies: readonly (typeof reply extends fc.Arbitrary<infer T> ? T : never)[] = [];
  let asked = 0;
  const handler: Handler = (request, response) => {
    const one = replies[Math.min(asked++, replies.length - 1)];
    if (asked > 300) return void response.writeHead(404).end();
    const headers = Object.fromEntries(
      Object.entries(one?.header ?? {}).map(([name, value]) => [name, value.replace('@HOST@', `http://${request.headers.host}`)]),
    );
    response.writeHead(one?.status ?? 200, headers).end(one?.body(honestAt(request.url ?? '')));
  };
  await using server = await startServer(handler);
  const { host, url } = server;
  const packages: readonly Package[] = [
    { datasource: 'oci', name: `${host}/a/b` },
    { datasource: 'nexus-raw', name: `${host}/a`, url: `${url}/repository/r/a/a-{version}.tar` },
    { datasource: 'helm', name: `${host}/c`, url, chart: 'c' },
    { datasource: 'gitlab-releases', name: `${host}/a`, url: `${url}/a/b/-/releases/{version}/downloads/a.tar` },
    { datasource: 'github-releases', name: `${host}/a`, url: `${url}/a/b/releases/download/{version}/a.tar` },
    { datasource: 'gitlab-packages', name: `${host}/a`, url: `${url}/api/v4/projects/1/packages/generic/a/{version}/a.tar` },
  ];
  let lists = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(reply, { minLength: 1, maxLength: 4 }), fc.constantFrom(...packages), async (given, of) => {
      replies = given;
      asked = 0;
      const sources = box.connect({ [host]: { type: 'oci', username: 'bot', password: secret, insecure: true } });
      const source = sources[of.datasource];
      for (const question of [() => source.releases(of), () => source.details(of, '1.0.0')]) {
        try {
          const answer = await question();
          if (answer === undefined || !('releases' in answer)) continue;
          lists += 1;
          expect(JSON.stringify(answer)).not.toContain(secret);
          for (const { version } of answer.releases) expect(version).toMatch(/^[\w.+~-]{1,128}$/);
          if (!answer.complete) expect(answer.problem).not.toBe('');
        } catch (error) {
          if (!(error instanceof OutsideError)) throw error;
          expect(error.message).toContain(host);
          expect(error.message).not.toContain(secret);
        }
      }
      await sources.client.close();
    }),
    { numRuns: 600 },
  );
  expect(lists).toBeGreaterThan(100);
});

describe('credentials stay where they belong', () => {
  test.each<[string, (other: string) => { readonly status: number; readonly headers: Record<string, string> }]>([
    ['a redirect', (other) => ({ status: 302, headers: { location: `${other}/v2/a/b/tags/list` } })],
    ['a redirect with a name in it', (other) => ({ status: 307, headers: { location: other.replace('://', '://registry@') } })],
    [
      'a token service elsewhere',
      (other) => ({ status: 401, headers: { 'www-authenticate': `Bearer realm="${other}/token",service="x"` } }),
    ],
    ['a link to the next page', (other) => ({ status: 200, headers: { link: `<${other}/v2/a/b/tags/list?last=x>; rel="next"` } })],
  ])('%s', async (_, answer) => {
    const heard: string[] = [];
    const other = await box.serve((request, response) => {
      heard.push(JSON.stringify(request.headers));
      response.writeHead(200).end('{"tags":["1.0.0"],"token":"t"}');
    });
    const own: (string | undefined)[] = [];
    const registry = await box.serve((request, response) => {
      own.push(request.headers.authorization);
      const { status: code, headers } = answer(other.url);
      const challenge = { 'www-authenticate': headers['www-authenticate'] ?? 'Basic realm="x"' };
      if (request.url === '/v2/') response.writeHead(401, challenge).end();
      else response.writeHead(code, headers).end('{"tags":["1.0.0"]}');
    });
    const sources = box.connect({ [registry.host]: { type: 'oci', username: 'bot', password: secret, insecure: true } });
    const said = await sources.oci.releases({ datasource: 'oci', name: `${registry.host}/a/b` }).catch((error: Error) => error.message);
    const basic = `Basic ${Buffer.from(`bot:${secret}`).toString('base64')}`;
    expect(own.includes(basic)).toBe(answer('').status !== 401);
    for (const text of [...heard, JSON.stringify(said)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(basic);
    }
  });
});
