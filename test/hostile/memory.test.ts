import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { startRegistry } from '../../src/demo/registry.ts';
import type { ScanReport } from '../../src/updates/report.ts';
import { type Handler, startServer } from '../support/http-server.ts';
import { ended, startProgram } from '../support/program.ts';
import { localScanWorld } from '../support/scan-world.ts';
import { tarOf } from '../support/tar.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Kilobytes that a process may ever have had; empty it has 80,000. */
const mostMemory = 300_000;
const gigabyte = 2 ** 30;
const folder = temporaryFolder();
const sources = resolve(import.meta.dirname, '../../src');
const file = (path: string): string => JSON.stringify(join(sources, path));

/** The start, then the piece again and again, as fast as somebody reads. */
function* poured(start: string, piece: string, bytes = gigabyte): Generator<Buffer> {
  yield Buffer.from(start);
  const block = Buffer.from(piece.repeat(Math.ceil(65_536 / piece.length)));
  for (let left = bytes; left > 0; left -= block.length) yield block.subarray(0, left);
}

/** Until nobody reads on. */
const send = (response: ServerResponse, bytes: Iterable<Buffer>): Promise<void> =>
  pipeline(Readable.from(bytes, { objectMode: false }), response).catch(() => undefined);

const endless =
  (start: string, piece: string): Handler =>
  (_, response) =>
    send(response, poured(start, piece));

/** Every page leads to another one, and is as large as pages may be. */
const chain =
  (page: (number: number) => string): Handler =>
  (request, response) => {
    const number = Number(/page=(\d+)/.exec(request.url ?? '')?.[1] ?? 0) + 1;
    response.writeHead(200, { etag: `"${number}"`, link: `<${request.url?.split('?')[0]}?page=${number}>; rel="next"` }).end(page(number));
  };

/** A tar's header of a file of that size, which it need not have. */
async function headerOf(name: string, size: number): Promise<Buffer> {
  const header = (await tarOf([{ name, content: 'x' }])).subarray(0, 512);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return header;
}

/** A gigabyte and more in a megabyte: a gzipped tar of files that repeat one line. */
const bomb =
  (names: readonly string[], size: number, start: string, line: string): Handler =>
  async (_, response) => {
    const headers = await Promise.all(names.map((name) => headerOf(name, size)));
    const files = function* (): Generator<Buffer> {
      for (const header of headers) {
        yield header;
        yield* poured(start, line, size - start.length);
        yield Buffer.alloc((512 - (size % 512)) % 512);
      }
      yield Buffer.alloc(1024);
    };
    await pipeline(Readable.from(files(), { objectMode: false }), createGzip({ level: 1 }), response).catch(() => undefined);
  };

/** One file that says it has 8 GB, and has a gigabyte. */
const promised: Handler = async (_, response) => {
  const header = await headerOf('a.yaml', 8 * gigabyte - 1);
  await send(response, [header, ...poured('', 'a: b\n', 128 * 1024 * 1024)]);
};

interface Outcome {
  readonly said: { readonly name?: string; readonly scope?: string; readonly message?: string; readonly problems?: readonly string[] };
  readonly memory: number;
}

/** What a process of its own makes of the server, with the real client: `host`, `url` and the datasources are at hand. */
async function learn(handler: Handler, expression: string): Promise<Outcome & { readonly host: string }> {
  await using server = await startServer(handler);
  const child = startProgram(`
    import { createDatasources, httpHosts } from ${file('adapters/datasources/registry-settings.ts')};
    import { downloadBundle } from ${file('adapters/datasources/download.ts')};
    import { createHttpClient } from ${file('adapters/http/client.ts')};
    import { createRequestHandler } from ${file('adapters/forges/gitlab/transport.ts')};
    import { createFetch } from ${file('adapters/forges/github/transport.ts')};
    import { openStore } from ${file('adapters/store/sqlite.ts')};
    import { readBundle } from ${file('manifests/bundle.ts')};
    import { readRepository } from ${file('updates/read-repository.ts')};
    const [host, url] = ${JSON.stringify([server.host, server.url])};
    const registries = { [host]: { type: 'oci', insecure: true } };
    const kept = new Map();
    const store = { get: async (space, key) => kept.get(space + key), put: async () => {} };
    const http = createHttpClient({ hosts: httpHosts(registries), store, wait: async () => {} });
    const forges = [{ type: 'gitlab', url, authorization: async () => ({}) }];
    const { oci, helm, 'nexus-raw': nexus, 'gitlab-releases': releases } = createDatasources({ registries, http, store, forges });
    let said;
    try {
      const { releases: all, problem, problems } = await (${expression});
      said = { count: all?.length, problems: problems ?? [problem].flat() };
    } catch (error) {
      said = { name: error.name, scope: error.scope, message: error.message };
    }
    console.log(JSON.stringify({ said, memory: process.resourceUsage().maxRSS }));
    process.exit(0);
  `);
  const { out, code } = await ended(child);
  expect(code).toBe(0);
  return { ...(JSON.parse(out) as Outcome), host: server.host };
}

const image = `oci.releases({ datasource: 'oci', name: host + '/a/b' })`;
const manifest = `oci.details({ datasource: 'oci', name: host + '/a/b' }, '1.0.0', 'sha256:${'a'.repeat(64)}')`;
const chart = `helm.releases({ datasource: 'helm', name: 'c', url, chart: 'c' })`;
const nexus = `nexus.releases({ datasource: 'nexus-raw', name: 'a', url: url + '/repository/r/a/a-{version}.tar' })`;
const release = `releases.releases({ datasource: 'gitlab-releases', name: 'a', url: url + '/a/b/-/releases/{version}/downloads/a.tar' })`;
const bundle = `readBundle(await downloadBundle(http, [], url + '/a.tar'))`;
const archive = `readRepository((await http.stream({ url, maxBytes: 4 * 2 ** 30 })).body, host)`;
const gitlab = `createRequestHandler(http)('api/v4/projects', { prefixUrl: url })`;
const github = `createFetch(http, 'plain')(url, { method: 'GET', headers: {} })`;

const tooLong = /GET http:\S+: the reply is longer than \d+ bytes/;

describe('a gigabyte', () => {
  test.each([
    ['of tags', image, endless('{"tags":["a"', ',"1.2.3"')],
    ['of a manifest', manifest, endless('{', ' ')],
    ['of an index of charts', chart, endless('entries:\n', '  c:\n  - version: 1.2.3\n')],
    ['of files of a Nexus', nexus, endless('{"items":[{}', ',{}')],
    ['of releases of a forge', release, endless('[{}', ',{}')],
    ["of a GitLab's reply", gitlab, endless('[{}', ',{}')],
    ['of one file in a bundle', bundle, promised],
    ["of a GitHub's reply", github, endless('[{}', ',{}')],
  ])('%s is not read to its end, and the error names the host', async (_, expression, handler) => {
    const { said, memory, host } = await learn(handler, expression);
    expect(said).toMatchObject({ name: 'OutsideError', scope: host, message: expect.stringMatching(tooLong) });
    expect(memory).toBeLessThan(mostMemory);
  });

  test('of zeros in a bundle is refused', async () => {
    const { said, memory } = await learn(bomb(['a.bin'], gigabyte, '', '\0'), bundle);
    expect(said.problems).toContainEqual(expect.stringMatching(/unpacks to more than/));
    expect(memory).toBeLessThan(mostMemory);
  });

  test.each([
    ['of YAML in an archive', '# \n', /YAML files have more than \d+ bytes; keep large ones elsewhere/],
    ['of references in an archive', `- image: a:1.2.3 ${' '.repeat(100)}\n`, /more than 20000 references: split/],
  ])('%s is an error that names the repository', async (_, line, problem) => {
    const names = Array.from({ length: 300 }, (__, index) => `r/${index}.yaml`);
    const { said, memory, host } = await learn(bomb(names, 4_000_000, 'containers:\n- image: a:1.2.3\n', line), archive);
    expect(said).toMatchObject({ name: 'OutsideError', scope: host, message: expect.stringMatching(problem) });
    expect(memory).toBeLessThan(mostMemory);
  });
});

describe('pages without end', () => {
  const long = (number: number) => Array.from({ length: 50_000 }, (_, index) => `${number}.${index}.0-${'x'.repeat(100)}`);
  test.each([
    ['of tags', image, (number: number) => JSON.stringify({ tags: long(number) }), /more than 250000 tags, or \d+ bytes/],
    ['of no tags', image, () => JSON.stringify({ tags: [], noise: 'x'.repeat(6_000_000) }), /more than 250000 tags, or \d+ bytes/],
    ['of releases', release, () => JSON.stringify([{ tag_name: 'x'.repeat(6_000_000) }]), /have more than 67108864 bytes/],
  ])('%s end in an incomplete list that says so', async (_, expression, page, problem) => {
    const { said, memory } = await learn(chain(page), expression);
    expect(said.problems).toContainEqual(expect.stringMatching(problem));
    expect(memory).toBeLessThan(mostMemory);
  });
});

describe('few bytes that mean many', () => {
  const whole =
    (text: string): Handler =>
    (_, response) =>
      void response.end(text);
  const most = 32 * 1024 * 1024 - 100;
  const laughs = [
    'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
    ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`),
  ];
  const copies = [
    `a: &a { ${Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join(', ')} }`,
    ...Array.from({ length: 900 }, (_, i) => `b${i}: { <<: *a, x: 1 }`),
  ];
  const object = ['apiVersion: v1', 'kind: ConfigMap', 'metadata: { name: a }'];

  test.each([
    ['empty maps in a tag list', image, `{"tags":[{}${',{}'.repeat(2_000_000)}]}`, /no list of tags/],
    ['empty lists of a forge', release, `[[]${',[]'.repeat((most - 4) / 3)}]`, /no list/],
    ['lists in lists of a forge', release, '['.repeat(most), /no list/],
    [
      'charts in an index',
      chart,
      `entries:\n${Array.from({ length: 1_000_000 }, (_, i) => `  c${i}:`).join('\n')}`,
      /no index|has no chart/,
    ],
    ['values in an index', chart, `entries: {c: [${'a,'.repeat(2_000_000)}a]}`, /no index/],
    ['aliases in an index', chart, `${laughs.join('\n')}\nentries: *a30\n`, /no index/],
  ])('%s are an error', async (_, expression, text, problem) => {
    const { said, memory } = await learn(whole(text), expression);
    expect(said).toMatchObject({ name: expect.stringMatching(/^(?:Outside|Refused)Error$/), message: expect.stringMatching(problem) });
    expect(memory).toBeLessThan(mostMemory);
  });

  test.each([
    ['values', `[${'a,'.repeat(2_000_000)}a]`, /more than 200000 lines and commas/],
    ['aliases', [...object, 'data:', ...laughs.map((line) => `  ${line}`)].join('\n'), undefined],
    ['merges', [...object, 'data:', ...copies.map((line) => `  ${line}`)].join('\n'), /no YAML/],
  ])('%s in a bundle', async (_, text, problem) => {
    const tar = await tarOf([{ name: 'a.yaml', content: text }]);
    const { said, memory } = await learn((__, response) => void response.end(tar), bundle);
    expect(said.problems).toEqual(problem === undefined ? [] : [expect.stringMatching(problem)]);
    expect(memory).toBeLessThan(mostMemory);
  });
});

test('a scan goes on past all of them, within its memory', async () => {
  const registry = await startRegistry();
  registry.publish('payments/billing', '1.5.0', { labels: {}, created: '2026-11-01T00:00:00Z' });
  await using hostile = await startServer(endless('{"tags":["a"', ',"1.2.3"'));
  const made = folder();
  const world = localScanWorld(made);
  const fine = `${new URL(registry.url).host}/payments/billing:1.4.2`;
  const pod = (image: string): string => `kind: Pod\nspec: { containers: [{ image: "${image}" }] }\n`;
  const laughs = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`);
  await world.createRepository('e/fine', { 'a.yaml': pod(fine) });
  await world.createRepository('e/mixed', { 'a.yaml': pod(`${hostile.host}/a/b:1.0.0`), 'b.yaml': pod(fine) });
  await world.createRepository('e/laughs', {
    'a.yaml': `a0: &a0 [${pod(fine).split('\n').length}]\n${laughs.join('\n')}\n`,
    'b.yaml': pod(fine),
  });
  await world.createRepository('e/wide', { 'a.yaml': `[${'a,'.repeat(2_000_000)}a]`, 'b.yaml': pod(fine) });
  const hosts = [new URL(registry.url).host, hostile.host].map((host) => `"${host}": { type: oci, insecure: true }`);
  world.configure(`registries: { ${hosts.join(', ')} }\nenvironments: [ { discover: "local:e/*" } ]\n`);
  const figure = join(made, 'memory');
  writeFileSync(figure, '');
  const child = startProgram(`
    import { writeFileSync } from 'node:fs';
    process.on('exit', () => writeFileSync(${JSON.stringify(figure)}, String(process.resourceUsage().maxRSS)));
    process.argv = ['', '', 'scan', '--json', '--log-level', 'silent', '--config', ${JSON.stringify(join(made, 'app.yml'))}];
    await import(${file('main.ts')});
  `);
  const { out, code } = await ended(child);
  await registry.close();
  const report = JSON.parse(out) as ScanReport;
  expect(code).toBe(3);
  expect(report.proposals.map(({ environment }) => environment).sort()).toEqual(['fine', 'laughs', 'mixed', 'wide']);
  expect(report.errors).toMatchObject([{ scope: hostile.host, message: expect.stringMatching(tooLong) }]);
  expect(report.environments.find(({ name }) => name === 'wide')?.warnings).toMatchObject([
    { file: 'a.yaml', message: expect.stringContaining('split it') },
  ]);
  expect(Number(readFileSync(figure, 'utf8'))).toBeLessThan(mostMemory);
});
