import { createHash } from 'node:crypto';
import { createDatasources, httpHosts, type RegistrySettings } from '../../../../src/adapters/datasources/registry-settings.ts';
import { createHttpClient, type HttpClient } from '../../../../src/adapters/http/client.ts';
import { OutsideError, RefusedError } from '../../../../src/domain/errors.ts';
import type { Package } from '../../../../src/domain/reference.ts';
import type { Datasource } from '../../../../src/domain/release.ts';
import type { ScriptedServer } from '../../../support/http-server.ts';
import { MemoryStore } from '../../../support/memory-store.ts';
import { type NexusFile, type NexusOptions, startNexus } from '../../../support/nexus-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function serve(options: NexusOptions): Promise<ScriptedServer> {
  const server = await startNexus(options);
  opened.push(server);
  return server;
}

function connect(registries: Record<string, RegistrySettings> = {}): { nexus: Datasource; client: HttpClient } {
  const store = new MemoryStore();
  const client = createHttpClient({ hosts: httpHosts(registries), store, wait: () => Promise.resolve() });
  opened.push(client);
  return { nexus: createDatasources({ registries, http: client, store })['nexus-raw'], client };
}

const pack = (url: string): Package => ({ datasource: 'nexus-raw', name: url.replace(/^https?:\/\//, ''), url });
const bundles = (app: string, ...versions: readonly string[]): NexusFile[] =>
  versions.map((version) => ({ repository: 'manifests', path: `${app}/${app}-${version}.tar.gz`, content: `${app} ${version}` }));
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const files: readonly NexusFile[] = [
  ...bundles('billing', '1.4.2', '1.5.0', '2.0.0-rc.1'),
  { repository: 'manifests', path: 'billing/billing-1.5.0.tar.gz.sha256' },
  ...bundles('search', '2.0.1'),
  { repository: 'manifests', path: 'web/3.0.0/web-3.0.0.tar', lastModified: '2026-10-01T12:00:00.000+02:00' },
  { repository: 'manifests', path: 'web/3.1.0/web-3.1.0.tar' },
  { repository: 'manifests', path: 'web/3.1.0/web-3.2.0.tar' },
  { repository: 'other', path: 'billing/billing-9.9.9.tar.gz' },
];

test('finds the versions by the URL’s pattern, with checksum, time and address, in one request', async () => {
  const server = await serve({ files });
  const url = `${server.url}/repository/manifests/billing/billing-{version}.tar.gz`;
  const list = await connect().nexus.releases(pack(url));
  expect(list.complete).toBe(true);
  expect(list.releases.map(({ version }) => version)).toEqual(['1.4.2', '1.5.0', '2.0.0-rc.1']);
  expect(list.releases[1]).toEqual({
    version: '1.5.0',
    url: url.replace('{version}', '1.5.0'),
    sha256: sha256('billing 1.5.0'),
    publishedAt: '2026-11-01T10:30:00.000Z',
  });
  expect(server.seen).toEqual(['GET /service/rest/v1/search/assets?repository=manifests&format=raw&group=%2Fbilling']);
});

test('a version in a folder and in the name is one version', async () => {
  const server = await serve({ files });
  const { nexus } = connect();
  const web = pack(`${server.url}/repository/manifests/web/{version}/web-{version}.tar`);
  expect((await nexus.releases(web)).releases.map(({ version }) => version)).toEqual(['3.0.0', '3.1.0']);
  expect(await nexus.details(web, '3.0.0')).toEqual({ labels: {}, sha256: sha256(''), publishedAt: '2026-10-01T10:00:00.000Z' });
  expect(await nexus.details(web, '3.2.0')).toBeUndefined();
  expect(server.seen).toHaveLength(1);
});

test('a Nexus under a path', async () => {
  const server = await serve({ files, contextPath: '/nexus' });
  const list = await connect().nexus.releases(pack(`${server.url}/nexus/repository/manifests/search/search-{version}.tar.gz`));
  expect(list.releases).toMatchObject([{ version: '2.0.1', url: `${server.url}/nexus/repository/manifests/search/search-2.0.1.tar.gz` }]);
});

test('reads to the last page', async () => {
  const many = bundles('billing', ...Array.from({ length: 205 }, (_none, at) => `1.${at}.0`));
  const server = await serve({ files: many });
  const list = await connect().nexus.releases(pack(`${server.url}/repository/manifests/billing/billing-{version}.tar.gz`));
  expect([list.releases.length, list.complete, server.seen.length]).toEqual([205, true, 5]);
});

test('a later page that fails leaves an incomplete list, and says why; a version that is not in it may be there', async () => {
  const server = await serve({ files, pageSize: 2, laterPages: 502 });
  const billing = pack(`${server.url}/repository/manifests/billing/billing-{version}.tar.gz`);
  const { nexus } = connect();
  const list = await nexus.releases(billing);
  expect(list).toMatchObject({ complete: false, problem: expect.stringMatching(/page 2 of manifests failed.*502/) as string });
  expect(list.releases).toHaveLength(2);
  await expect(nexus.details(billing, '7.7.7')).rejects.toThrow(OutsideError);
});

test.each(['forbidden', 'not yet indexed'])('where the search is %s, the repository is listed, once for all its packages', async (why) => {
  const hidden = files.map((file) => ({ ...file, unindexed: true }));
  const server = await serve(why === 'forbidden' ? { files, forbidden: ['search'], pageSize: 3 } : { files: hidden, pageSize: 3 });
  const { nexus } = connect();
  const found = await Promise.all(
    ['billing', 'search'].map((app) => nexus.releases(pack(`${server.url}/repository/manifests/${app}/${app}-{version}.tar.gz`))),
  );
  expect(found.map(({ releases }) => releases.map(({ version }) => version))).toEqual([['1.4.2', '1.5.0', '2.0.0-rc.1'], ['2.0.1']]);
  expect(server.seen.filter((line) => line.includes('/components'))).toHaveLength(3);
});

test('an address on another host is not believed', async () => {
  const server = await serve({ files, publicUrl: 'http://evil.example.com' });
  const url = `${server.url}/repository/manifests/search/search-{version}.tar.gz`;
  expect((await connect().nexus.releases(pack(url))).releases[0]?.url).toBe(url.replace('{version}', '2.0.1'));
});

test('credentials, over plain http only where that is said', async () => {
  const server = await serve({ files, password: 'secret' });
  const search = pack(`${server.url}/repository/manifests/search/search-{version}.tar.gz`);
  const settings = { type: 'nexus', username: 'bot', password: 'secret' } as const;
  expect((await connect({ [server.host]: { ...settings, insecure: true } }).nexus.releases(search)).releases).toHaveLength(1);
  const error = connect({ [server.host]: settings }).nexus.releases(search);
  await expect(error).rejects.toThrow(/status 401.*needs nx-repository-view-raw-manifests-browse.*`insecure: true`/);
  await expect(error).rejects.toThrow(RefusedError);
});

test('an address that is found can be downloaded with the same client', async () => {
  const server = await serve({ files, password: 'secret' });
  const { nexus, client } = connect({ [server.host]: { type: 'nexus', username: 'bot', password: 'secret', insecure: true } });
  const { releases } = await nexus.releases(pack(`${server.url}/repository/manifests/search/search-{version}.tar.gz`));
  const { status, body } = await client.stream({ url: releases[0]?.url ?? '' });
  const text = Buffer.concat((await body.toArray()) as Buffer[]).toString();
  expect([status, text, sha256(text)]).toEqual([200, 'search 2.0.1', releases[0]?.sha256]);
});

test.each([
  ['a repository that is not there', { files: [] }, RefusedError, /status 404; is there such a repository/],
  ['a user who may do nothing', { files, forbidden: ['search', 'browse'] }, RefusedError, /status 403.*-browse and -read/],
] as const)('%s', async (_name, options, kind, text) => {
  const server = await serve(options);
  const error = connect().nexus.releases(pack(`${server.url}/repository/manifests/search/search-{version}.tar.gz`));
  await expect(error).rejects.toThrow(kind);
  await expect(error).rejects.toThrow(text);
});

test('a package without versions has none', async () => {
  const server = await serve({ files });
  expect(await connect().nexus.releases(pack(`${server.url}/repository/manifests/none/none-{version}.tar.gz`))).toEqual({
    releases: [],
    complete: true,
  });
});

test.each(['3.71 and later', '3.70 and before'])('a crowded folder is not read whole (%s)', async (edition) => {
  const crowd = Array.from({ length: 3_000 }, (_none, at) => ({ repository: 'manifests', path: `app${at % 50}-1.${at}.0.tar.gz` }));
  const own = ['1.0.0', '1.1.0'].map((version) => ({ repository: 'manifests', path: `billing-${version}.tar.gz` }));
  const server = await serve({ files: [...crowd, ...own], slashless: edition === '3.70 and before' });
  const list = await connect().nexus.releases(pack(`${server.url}/repository/manifests/billing-{version}.tar.gz`));
  expect(list).toMatchObject({ complete: true, releases: [{ version: '1.0.0' }, { version: '1.1.0' }] });
  expect(server.seen.length).toBeLessThanOrEqual(22);
});

test('a package that is not found in a crowded folder is not said to be missing', async () => {
  const crowd = Array.from({ length: 3_000 }, (_none, at) => ({ repository: 'manifests', path: `app-1.${at}.0.tar.gz` }));
  const server = await serve({ files: crowd });
  const list = await connect().nexus.releases(pack(`${server.url}/repository/manifests/x{version}.tar.gz`));
  expect(list).toMatchObject({ complete: false, releases: [], problem: expect.stringMatching(/more than 20 pages/) as string });
});
