import { createDatasources, type RegistrySettings } from '../../../../src/adapters/datasources/registry-settings.ts';
import { RefusedError } from '../../../../src/domain/errors.ts';
import type { Package } from '../../../../src/domain/reference.ts';
import type { Datasource } from '../../../../src/domain/release.ts';
import { hex } from '../../../support/found.ts';
import { failure, httpBox, inTurn, status } from '../../../support/http-box.ts';
import { type Handler, json, routes } from '../../../support/http-server.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

const box = httpBox();

const helm = (store = new MemoryStore(), registries: Readonly<Record<string, RegistrySettings>> = {}): Datasource =>
  createDatasources({ registries, http: box.connect({ store }), store }).helm;

const chart = (url: string, name = 'alpine'): Package => ({ datasource: 'helm', name: `x/${name}`, url, chart: name });

/** https://helm.sh/docs/topics/chart_repository/#the-index-file */
const documented = `apiVersion: v1
entries:
  alpine:
    - created: 2016-10-06T16:23:20.499814565-06:00
      description: Deploy a basic Alpine Linux pod
      digest: 99c76e403d752c84ead610644d4b1c2f2b453a74b921f422b9dcb8a7c8b559cd
      home: https://helm.sh/helm
      name: alpine
      sources:
      - https://github.com/helm/helm
      urls:
      - https://technosophos.github.io/tscharts/alpine-0.2.0.tgz
      version: 0.2.0
    - created: 2016-10-06T16:23:20.499543808-06:00
      description: Deploy a basic Alpine Linux pod
      digest: 515c58e5f79d8b2913a10cb400ebb6fa9c77fe813287afbacf1a0b897cd78727
      home: https://helm.sh/helm
      name: alpine
      urls:
      - charts/alpine-0.1.0.tgz
      version: 0.1.0
  nginx:
    - created: 2016-10-06T16:23:20.499543808-06:00
      name: nginx
      version: 1.1.0
generated: 2016-10-06T16:23:20.499029981-06:00
`;

const answer =
  (text: string, headers: Record<string, string> = {}): Handler =>
  (request, response) => {
    const known = headers['etag'] !== undefined && request.headers['if-none-match'] === headers['etag'];
    response.writeHead(known ? 304 : 200, headers).end(known ? '' : text);
  };

const serve = (text: string, headers: Record<string, string> = {}) =>
  box.serve(routes({ 'GET /charts/index.yaml': answer(text, headers) }));

test('versions, dates, checksums, addresses and sources of the documented index', async () => {
  const { url } = await serve(documented);
  const datasource = helm();
  expect(await datasource.releases(chart(`${url}/charts`))).toEqual({
    complete: true,
    releases: [
      {
        version: '0.2.0',
        sha256: '99c76e403d752c84ead610644d4b1c2f2b453a74b921f422b9dcb8a7c8b559cd',
        publishedAt: '2016-10-06T22:23:20.499Z',
        url: 'https://technosophos.github.io/tscharts/alpine-0.2.0.tgz',
      },
      {
        version: '0.1.0',
        sha256: '515c58e5f79d8b2913a10cb400ebb6fa9c77fe813287afbacf1a0b897cd78727',
        publishedAt: '2016-10-06T22:23:20.499Z',
        url: `${url}/charts/charts/alpine-0.1.0.tgz`,
      },
    ],
  });
  expect((await datasource.details(chart(`${url}/charts`), '0.2.0'))?.labels).toEqual({
    'org.opencontainers.image.source': 'https://github.com/helm/helm',
  });
  expect(await datasource.details(chart(`${url}/charts`), '0.3.0')).toBeUndefined();
  expect(await datasource.releases(chart(`${url}/charts`, 'nginx'))).toMatchObject({ releases: [{ version: '1.1.0' }] });
});

const versions = async (text: string, name = 'a'): Promise<string[]> => {
  const { url } = await serve(text);
  return (await helm().releases(chart(`${url}/charts`, name))).releases.map(({ version }) => version);
};

test.each([
  ['lists as deep as their chart', 'entries:\n  a:\n  - version: 1.0.0\n  - version: 1.1.0\n  b:\n  - version: 9.9.9\n'],
  ['quotes, comments, CRLF', '# x\r\nentries:\r\n\r\n    "a": # y\r\n      - version: "1.0.0"\r\n      # z\r\n      - version: 1.1.0\r\n'],
  [
    'a broken entry',
    `entries:\n  a:\n    - version: 1.0.0\n    - version: [\n      : "\n    - version: 1.1.0\n    - nothing\n    - version: {}\n`,
  ],
  [
    'a text that looks like another chart',
    'entries:\n  a:\n  - version: 1.0.0\n    description: |\n      b:\n      - version: 7\n  - version: 1.1.0\n',
  ],
  [
    'a version taken back, one twice, one that none may have',
    'entries:\n  a:\n  - version: 1.0.0\n  - version: 2.0.0\n    removed: true\n  - version: 1.0.0\n  - version: "1 # x"\n  - version: 1.1.0\n',
  ],
  ['JSON', JSON.stringify({ entries: { a: [{ version: '1.0.0' }, null, { version: '1.1.0' }] } })],
  ['flow style', 'apiVersion: v1\nentries: {a: [{version: 1.0.0}, {version: 1.1.0}]}\n'],
])('an index with %s', async (_, text) => expect(await versions(text)).toEqual(['1.0.0', '1.1.0']));

test('a number is a version as it is written', async () => expect(await versions('entries:\n  a:\n  - version: 1.10\n')).toEqual(['1.10']));

test.each([
  ['a chart that is not there', 'entries:\n  b:\n  - version: 1.0.0\n', 'has no chart "a"'],
  ['no charts', 'apiVersion: v1\nentries: {}\n', 'has no chart "a"'],
  ['a page for people', '<html>\n  <body>\n', 'the reply is no index of a chart repository'],
  ['half of JSON', '{"entries": {"a": [', 'the reply is no index of a chart repository'],
])('%s is told', async (_, text, message) => {
  const { url } = await serve(text);
  expect((await failure(helm().releases(chart(`${url}/charts`, 'a')))).message).toContain(message);
});

test.each([
  [404, 'there is no chart repository'],
  [401, 'set username and password'],
  [403, 'set username and password'],
  [418, 'status 418'],
])('status %i', async (code, message) => {
  const { url } = await box.serve(status(code));
  const error = await failure(helm().releases(chart(url)));
  expect(error.message).toContain(message);
  expect(error instanceof RefusedError).toBe(code !== 418);
});

test('an index is sent once per scan, and again only when it changed', async () => {
  const { url, seen } = await serve(documented, { etag: '"1"' });
  const store = new MemoryStore();
  const first = helm(store);
  const before = [await first.releases(chart(`${url}/charts`)), await first.releases(chart(`${url}/charts`, 'nginx'))];
  expect(seen).toHaveLength(1);
  const second = helm(store);
  expect([await second.releases(chart(`${url}/charts`)), await second.releases(chart(`${url}/charts`, 'nginx'))]).toEqual(before);
  expect(seen).toHaveLength(2);
});

test('a chart that nobody asked of this edition is read from the whole index; a new edition replaces what is kept', async () => {
  const store = new MemoryStore();
  const editions = inTurn(
    answer(documented, { etag: '"1"' }),
    answer(documented, { etag: '"1"' }),
    answer(documented, { etag: '"1"' }),
    answer(documented.replace('1.1.0', '1.2.0'), { etag: '"2"' }),
  );
  const { url, seen } = await box.serve(editions);
  await helm(store).releases(chart(url));
  expect(await helm(store).releases(chart(url, 'nginx'))).toMatchObject({ releases: [{ version: '1.1.0' }] });
  expect(seen).toHaveLength(3);
  expect(await helm(store).releases(chart(url, 'nginx'))).toMatchObject({ releases: [{ version: '1.2.0' }] });
  expect(seen).toHaveLength(4);
});

test('credentials go to the host that they are for, over plain http only where that is said', async () => {
  const asked: (string | undefined)[] = [];
  const { url, host } = await box.serve((request, response) => {
    asked.push(request.headers.authorization);
    response.end(documented);
  });
  const settings = { type: 'oci', username: 'bot', password: 'secret' } as const;
  await helm(new MemoryStore(), { [host]: { ...settings, insecure: true } }).releases(chart(url));
  await helm(new MemoryStore(), { [host]: settings }).releases(chart(url));
  await helm(new MemoryStore(), { 'other.example.com': { ...settings, insecure: true } }).releases(chart(url));
  expect(asked).toEqual([`Basic ${Buffer.from('bot:secret').toString('base64')}`, undefined, undefined]);
});

test('a chart in a registry: tags are versions, with the plus that they cannot hold', async () => {
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    annotations: { 'org.opencontainers.image.source': 'https://github.com/o/a' },
  });
  const digest = `sha256:${hex('a')}`;
  const { host, seen } = await box.serve(
    routes({
      'GET /v2/charts/a/tags/list': (_, response) => json(response, { tags: ['1.0.0', '1.1.0_build.5'] }),
      'HEAD /v2/charts/a/manifests/1.1.0_build.5': (_, response) => {
        response.writeHead(200, { 'docker-content-digest': digest }).end();
      },
      [`GET /v2/charts/a/manifests/${digest}`]: (_, response) => {
        response.end(manifest);
      },
    }),
  );
  const datasource = helm(new MemoryStore(), { [host]: { type: 'oci', insecure: true } });
  const of: Package = { datasource: 'helm', name: `${host}/charts/a`, url: `oci://${host}/charts/a`, chart: 'a' };
  expect(await datasource.releases(of)).toMatchObject({ complete: true, releases: [{ version: '1.0.0' }, { version: '1.1.0+build.5' }] });
  await datasource.details(of, '1.1.0+build.5').catch(() => {});
  expect(seen).toContain('HEAD /v2/charts/a/manifests/1.1.0_build.5');
});

test('an index of 30 MB: what waits meanwhile gets its turn, and the one chart is read', async () => {
  const filler = `    description: ${'x'.repeat(600)}\n`;
  const one = (version: number): string =>
    `  - apiVersion: v2\n    created: "2026-01-01T00:00:00Z"\n${filler}    version: 1.${version}.0\n`;
  const charts = Array.from({ length: 400 }, (_, i) => `  c${i}:\n${Array.from({ length: 110 }, (__, v) => one(v)).join('')}`);
  const text = `apiVersion: v1\nentries:\n${charts.join('')}generated: x\n`;
  expect(text.length).toBeGreaterThan(30_000_000);
  const { url } = await box.serve(answer(text));
  expect((await helm().releases(chart(url, 'c399'))).releases).toHaveLength(110);
});
