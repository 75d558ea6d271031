import { parseChallenges } from '../../../../src/adapters/datasources/oci/challenge.ts';
import { nextPage } from '../../../../src/adapters/datasources/oci/link.ts';
import { locate } from '../../../../src/adapters/datasources/oci/location.ts';
import { isDigest, parseConfig, parseManifest } from '../../../../src/adapters/datasources/oci/manifest.ts';
import { attestation, content, family, image, index } from '../../../support/images.ts';

describe('where a name leads', () => {
  const registries = { 'registry:5000': { type: 'oci', insecure: true }, 'docker.io': { type: 'oci', username: 'bot' } } as const;
  test.each([
    ['nginx', 'https://registry-1.docker.io', 'library/nginx', undefined],
    ['docker.io/nginx', 'https://registry-1.docker.io', 'library/nginx', undefined],
    ['docker.io/library/nginx', 'https://registry-1.docker.io', 'library/nginx', undefined],
    ['index.docker.io/grafana/grafana', 'https://registry-1.docker.io', 'grafana/grafana', undefined],
    ['grafana/grafana', 'https://registry-1.docker.io', 'grafana/grafana', undefined],
    ['registry:5000/org/app', 'http://registry:5000', 'org/app', 'org/library/app'],
    ['localhost/app', 'https://localhost', 'app', 'library/app'],
    ['REGISTRY.example.com/a/b/c', 'https://registry.example.com', 'a/b/c', undefined],
    ['registry.example.com/library/nginx', 'https://registry.example.com', 'library/nginx', undefined],
    ['proxy.example.com/hub/nginx', 'https://proxy.example.com', 'hub/nginx', 'hub/library/nginx'],
    ['[::1]:5000/app', 'https://[::1]:5000', 'app', 'library/app'],
  ])('%s', (name, base, repository, alternative) => {
    expect(locate(name, registries)).toMatchObject({ base, repository });
    expect(locate(name, registries).alternative).toBe(alternative);
  });

  test('Docker Hub’s settings stand under any of its names', () => {
    expect(locate('nginx', registries).settings.username).toBe('bot');
    expect(locate('registry-1.docker.io/a/b', registries).settings.username).toBe('bot');
  });

  test.each([
    '',
    'registry.example.com/',
    'registry.example.com/../x',
    'registry.example.com/a/./b',
    'registry.example.com/a?b',
    'registry.example.com/a#b',
    'registry.example.com/a%2fb',
    'registry.example.com/a b',
    'exa mple.com/a',
    'user:pw@example.com/a',
    `registry.example.com/${'a/'.repeat(200)}a`,
  ])('%p is refused', (name) => {
    expect(() => locate(name, {})).toThrow(/not the name of an image repository/);
  });
});

describe('WWW-Authenticate', () => {
  test.each([
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:library/nginx:pull,push' },
        },
      ],
    ],
    [
      'Basic realm="a, b", Bearer realm="https://x/t", service=plain',
      [
        { scheme: 'basic', parameters: { realm: 'a, b' } },
        { scheme: 'bearer', parameters: { realm: 'https://x/t', service: 'plain' } },
      ],
    ],
    ['BASIC REALM = "say \\"hi\\""', [{ scheme: 'basic', parameters: { realm: 'say "hi"' } }]],
    [
      'Negotiate, Basic realm=x',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: { realm: 'x' } },
      ],
    ],
    ['', []],
    ['realm="x"', []],
    ['Bearer realm="unclosed', [{ scheme: 'bearer', parameters: {} }]],
  ])('%s', (header, expected) => {
    const found = parseChallenges(header);
    if (header.includes('unclosed')) expect(found[0]?.scheme).toBe('bearer');
    else expect(found).toEqual(expected);
  });

  test.each([
    ' '.repeat(100_000),
    `Bearer ${','.repeat(100_000)}`,
    `Bearer realm="${'\\'.repeat(99_999)}`,
    'a='.repeat(50_000),
    'a '.repeat(50_000),
  ])('hostile input is read in linear time (%#)', (header) => {
    expect(Array.isArray(parseChallenges(header))).toBe(true);
  });
});

describe('Link', () => {
  const registry = 'https://registry.example.com';
  const from = `${registry}/v2/a/tags/list?n=2`;
  test.each([
    ['</v2/a/tags/list?n=2&last=b>; rel="next"', 'https://registry.example.com/v2/a/tags/list?n=2&last=b'],
    ['<https://registry.example.com/v2/a/tags/list?last=b>; rel=next', 'https://registry.example.com/v2/a/tags/list?last=b'],
    ['<https://registry.example.com:443/x?last=b>; rel="next"', 'https://registry.example.com/x?last=b'],
    ['<http://registry.example.com/x?last=b>; rel="next"', 'https://registry.example.com/x?last=b'],
    ['<list?last=b>;rel="next"', 'https://registry.example.com/v2/a/tags/list?last=b'],
    ['</p?x=a,b>; rel="prev", </n?x=a,b>; title="t"; REL="next"', 'https://registry.example.com/n?x=a,b'],
    ['/v2/a/tags/list?last=b; rel=next', 'https://registry.example.com/v2/a/tags/list?last=b'],
  ])('%s', (header, url) => {
    expect(nextPage(header, from, registry)).toEqual({ kind: 'page', url });
  });

  test.each([undefined, '', '</x>; rel="prev"', '</x>', 'nonsense'])('%p is the end', (header) => {
    expect(nextPage(header, from, registry)).toEqual({ kind: 'end' });
  });

  test.each([
    '<https://evil.example.com/x>; rel="next"',
    '<//evil.example.com/x>; rel=next',
    '<https://registry.example.com:8443/x>; rel=next',
  ])('%s is not followed', (header) => {
    expect(nextPage(header, from, registry)).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/another host/) as string });
  });

  test('a reply from elsewhere does not lead elsewhere', () => {
    expect(nextPage('</v2/a?last=b>; rel=next', 'https://mirror.example.com/v2/a', registry)).toMatchObject({ kind: 'refused' });
  });

  test.each(['<'.repeat(100_000), ';'.repeat(100_000), `<a>${'; rel'.repeat(20_000)}`, ','.repeat(100_000)])(
    'hostile input is read in linear time (%#)',
    (header) => {
      expect(nextPage(header, from, registry).kind).toBe('end');
    },
  );
});

describe('manifests', () => {
  test('an index: platforms without attestations, and the one that speaks for all', () => {
    const [amd, arm, v7, proof] = [
      image(),
      image({ architecture: 'arm64', variant: 'v8' }),
      image({ architecture: 'arm', variant: 'v7' }),
      image({ labels: { p: '1' } }),
    ];
    expect(parseManifest(index([attestation(amd, proof), v7, arm, amd]).text)).toEqual({
      kind: 'index',
      platforms: { 'linux/arm/v7': v7.manifest.digest, 'linux/arm64': arm.manifest.digest, 'linux/amd64': amd.manifest.digest },
      main: amd.manifest.digest,
      annotations: {},
    });
    expect(parseManifest(index([arm, v7]).text)).toMatchObject({ main: arm.manifest.digest });
    expect(parseManifest(index([attestation(amd, proof)]).text)).not.toHaveProperty('main');
  });

  test('Windows images differ by their version; an entry without platform speaks where there is no other', () => {
    const one = image();
    const entry = (version: string) => ({ ...one.descriptor, platform: { os: 'windows', architecture: 'amd64', 'os.version': version } });
    const text = content(family.oci.index, { schemaVersion: 2, manifests: [entry('10.0.1'), entry('10.0.2')] }).text;
    expect(Object.keys((parseManifest(text) as { platforms: object }).platforms)).toEqual(['windows/amd64:10.0.1', 'windows/amd64:10.0.2']);
    const bare = content(family.oci.index, { schemaVersion: 2, manifests: [{ ...one.descriptor, platform: undefined }] }).text;
    expect(parseManifest(bare)).toMatchObject({ platforms: {}, main: one.manifest.digest });
  });

  test.each(['', '[]', 'null', '{', '{"schemaVersion":1,"fsLayers":[]}', '<html>'])('%p is neither', (text) => {
    expect(parseManifest(text)).toBeUndefined();
  });

  test.each([
    ['{"manifests":[null,1,{"digest":"sha256:short"},{}]}', { kind: 'index', platforms: {}, annotations: {} }],
    ['{"schemaVersion":2,"config":{"digest":"../../x"},"annotations":{"a":1,"b":"c"}}', { kind: 'manifest', annotations: { b: 'c' } }],
  ])('nonsense inside is left out: %s', (text, expected) => {
    expect(parseManifest(text)).toEqual(expected);
  });

  test('a configuration', () => {
    expect(parseConfig('{"os":"linux","architecture":"arm64","config":{"Labels":{"a":"b","n":null}},"created":"x"}')).toEqual({
      labels: { a: 'b' },
      platform: 'linux/arm64',
      created: 'x',
    });
    expect(parseConfig('{"config":{"Labels":null}}')).toEqual({ labels: {} });
    expect(parseConfig('')).toEqual({ labels: {} });
  });

  test.each([
    [`sha256:${'a'.repeat(64)}`, true],
    [`sha512:${'a'.repeat(128)}`, true],
    [`sha256:${'A'.repeat(64)}`, false],
    [`md5:${'a'.repeat(32)}`, false],
    [undefined, false],
  ])('is %p a digest: %p', (text, expected) => {
    expect(isDigest(text)).toBe(expected);
  });
});
