import type { ForgeAccess } from '../../../../src/adapters/datasources/forge-files/access.ts';
import { createDatasources } from '../../../../src/adapters/datasources/registry-settings.ts';
import { RefusedError } from '../../../../src/domain/errors.ts';
import type { DatasourceName, Package } from '../../../../src/domain/reference.ts';
import type { Datasource } from '../../../../src/domain/release.ts';
import { hex } from '../../../support/found.ts';
import { failure, httpBox } from '../../../support/http-box.ts';
import { json, routes } from '../../../support/http-server.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

const box = httpBox();

const sources = (forges: readonly ForgeAccess[] = []): Record<DatasourceName, Datasource> => {
  const store = new MemoryStore();
  return createDatasources({ registries: {}, http: box.connect({ store }), store, forges });
};

const access = (type: ForgeAccess['type'], url: string): ForgeAccess => ({
  type,
  url,
  authorization: () => Promise.resolve({ 'private-token': 'secret' }),
});

const commit = 'c'.repeat(40);

const gitlabRelease = (base: string, tag: string, more: object = {}): object => ({
  tag_name: tag,
  released_at: '2026-01-02T03:04:05.000+01:00',
  commit: { id: commit },
  assets: { links: [{ name: 'x', direct_asset_url: `${base}/shop/app/-/releases/${tag}/downloads/app-${tag.slice(1)}.yaml` }] },
  ...more,
});

const assetOf = (base: string): Package => ({
  datasource: 'gitlab-releases',
  name: 'h/shop/app',
  url: `${base}/shop/app/-/releases/v{version}/downloads/app-{version}.yaml`,
});

test('GitLab releases: all pages, those with the file, with date and commit; the token goes to the forge only', async () => {
  const tokens: unknown[] = [];
  const { url } = await box.serve((request, response) => {
    tokens.push(request.headers['private-token']);
    const second = request.url?.includes('page=2') === true;
    const link = `<${url}/api/v4/projects/shop%2Fapp/releases?per_page=100&page=2>; rel="next"`;
    const first = [
      gitlabRelease(url, 'v1.1.0'),
      gitlabRelease(url, 'v1.2.0', { assets: { links: [] } }),
      gitlabRelease(url, 'v2.0.0', { upcoming_release: true }),
      gitlabRelease(url, 'chart-1.0.0'),
      null,
      7,
    ];
    return json(response, second ? [gitlabRelease(url, 'v1.0.0')] : first, second ? {} : { link });
  });
  const datasource = sources([access('gitlab', url), access('gitlab', 'https://other.example.com')])['gitlab-releases'];
  const wanted = (version: string) => ({
    version,
    publishedAt: '2026-01-02T02:04:05.000Z',
    url: `${url}/shop/app/-/releases/v${version}/downloads/app-${version}.yaml`,
  });
  expect(await datasource.releases(assetOf(url))).toEqual({ complete: true, releases: [wanted('1.1.0'), wanted('1.0.0')] });
  expect(await datasource.details(assetOf(url), '1.0.0')).toEqual({
    publishedAt: '2026-01-02T02:04:05.000Z',
    labels: { 'org.opencontainers.image.source': `${url}/shop/app`, 'org.opencontainers.image.revision': commit },
  });
  expect(tokens).toEqual(['secret', 'secret']);
  await sources([access('gitlab', 'https://other.example.com')])['gitlab-releases'].releases(assetOf(url));
  expect(tokens.slice(2)).toEqual([undefined, undefined]);
});

test('a later page that fails leaves an incomplete list; a link to another host is not followed', async () => {
  const { url } = await box.serve((request, response) => {
    if (request.url?.includes('page=2') === true) return json(response, {}, {}, 404);
    return json(response, [gitlabRelease(url, 'v1.1.0')], { link: `<${url}/x?page=2>; rel="next"` });
  });
  const list = await sources()['gitlab-releases'].releases(assetOf(url));
  expect(list).toMatchObject({ complete: false, releases: [{ version: '1.1.0' }] });
  expect(list.problem).toContain('page 2 of the releases of shop/app failed');
  const away = await box.serve((_, response) => json(response, [], { link: '<https://elsewhere.example.com/x>; rel="next"' }));
  expect((await sources()['gitlab-releases'].releases(assetOf(away.url))).problem).toContain('elsewhere.example.com');
});

test.each([401, 403, 404])('status %i says whose turn it is', async (status) => {
  const { url } = await box.serve((_, response) => json(response, {}, {}, status));
  const known = await failure(sources([access('gitlab', url)])['gitlab-releases'].releases(assetOf(url)));
  expect(known).toBeInstanceOf(RefusedError);
  expect(known.message).toContain('the token of this forge in app.yml');
  expect(known.message).not.toContain('secret');
  expect((await failure(sources()['gitlab-releases'].releases(assetOf(url)))).message).toContain('add the forge to app.yml');
});

test('GitLab generic packages: versions of the very name, the checksum of the very file', async () => {
  const { url, seen } = await box.serve(
    routes({
      'GET /api/v4/projects/24/packages': (_, response) =>
        json(response, [
          { id: 1, name: 'app', version: '1.0.0', status: 'default', created_at: '2026-01-01T00:00:00Z' },
          { id: 2, name: 'app', version: '1.1.0', status: 'default', created_at: '2026-02-01T00:00:00Z' },
          { id: 3, name: 'app', version: '1.2.0', status: 'processing' },
          { id: 4, name: 'app-ui', version: '9.0.0', status: 'default' },
        ]),
      'GET /api/v4/projects/24/packages/2/package_files': (_, response) =>
        json(response, [
          { id: 1, file_name: 'app.tgz', file_sha256: hex('a') },
          { id: 2, file_name: 'other.tgz', file_sha256: hex('b') },
          { id: 3, file_name: 'app.tgz', file_sha256: hex('c') },
        ]),
      'GET /api/v4/projects/24/packages/1/package_files': (_, response) => json(response, []),
    }),
  );
  const of: Package = {
    datasource: 'gitlab-packages',
    name: 'h/24/app',
    url: `${url}/api/v4/projects/24/packages/generic/app/{version}/app.tgz`,
  };
  const datasource = sources([access('gitlab', url)])['gitlab-packages'];
  expect((await datasource.releases(of)).releases).toEqual([
    {
      version: '1.0.0',
      publishedAt: '2026-01-01T00:00:00.000Z',
      url: `${url}/api/v4/projects/24/packages/generic/app/1.0.0/app.tgz`,
      unproven: true,
    },
    {
      version: '1.1.0',
      publishedAt: '2026-02-01T00:00:00.000Z',
      url: `${url}/api/v4/projects/24/packages/generic/app/1.1.0/app.tgz`,
      unproven: true,
    },
  ]);
  expect(seen[0]).toBe('GET /api/v4/projects/24/packages?package_type=generic&package_name=app&per_page=100');
  expect(await datasource.details(of, '1.1.0')).toMatchObject({ sha256: hex('c') });
  expect(await datasource.details(of, '1.0.0')).toBeUndefined();
  expect(await datasource.details(of, '3.0.0')).toBeUndefined();
});

test('a generic package, by its project’s path: the source is the project, and a file on a page that fails is not absent', async () => {
  const place = '/api/v4/projects/shop%2Fapp/packages';
  let url = '';
  ({ url } = await box.serve(
    routes({
      [`GET ${place}`]: (_, response) =>
        json(response, [
          { id: 1, name: 'app', version: '1.0.0' },
          { id: 2, name: 'app', version: '1.1.0' },
        ]),
      [`GET ${place}/1/package_files`]: (_, response) => json(response, [{ file_name: 'app.tgz' }]),
      [`GET ${place}/2/package_files`]: (request, response) => {
        const isSecond = request.url?.includes('page=2') === true;
        if (isSecond) return void response.writeHead(404).end();
        response.setHeader('link', `<${url}${place}/2/package_files?per_page=100&page=2>; rel="next"`);
        json(response, [{ file_name: 'other.tgz' }]);
      },
    }),
  ));
  const of: Package = { datasource: 'gitlab-packages', name: 'h/shop/app/app', url: `${url}${place}/generic/app/{version}/app.tgz` };
  const datasource = sources()['gitlab-packages'];
  expect(await datasource.details(of, '1.0.0')).toEqual({ labels: { 'org.opencontainers.image.source': `${url}/shop/app` } });
  await expect(datasource.details(of, '1.1.0')).rejects.toThrow('page 2 of the files of h/shop/app/app 1.1.0 failed');
});

test('GitHub releases: no drafts, no files that are not there, no pre-release that looks final', async () => {
  const asset = { name: 'app.yaml', digest: `sha256:${hex('a')}` };
  const { url } = await box.serve(
    routes({
      'GET /api/v3/repos/o/app/releases': (_, response) =>
        json(response, [
          { tag_name: 'v1.3.0', draft: true, assets: [asset] },
          { tag_name: 'v1.2.0', prerelease: true, assets: [asset] },
          { tag_name: 'v1.2.0-rc.1', prerelease: true, assets: [asset] },
          { tag_name: 'v1.1.0', published_at: '2026-01-01T00:00:00Z', assets: [asset] },
          { tag_name: 'v1.0.0', assets: [] },
        ]),
    }),
  );
  const of: Package = { datasource: 'github-releases', name: 'h/o/app', url: `${url}/o/app/releases/download/{version}/app.yaml` };
  const datasource = sources()['github-releases'];
  expect((await datasource.releases(of)).releases.map(({ version }) => version)).toEqual(['v1.2.0-rc.1', 'v1.1.0']);
  expect(await datasource.details(of, 'v1.1.0')).toEqual({
    sha256: hex('a'),
    publishedAt: '2026-01-01T00:00:00.000Z',
    labels: { 'org.opencontainers.image.source': `${url}/o/app` },
  });
  const sideways: Package = { ...of, url: `${url}/../app/releases/download/{version}/app.yaml` };
  expect((await failure(datasource.releases(sideways))).message).toContain('is no repository of');
});

/** Response of https://docs.gitea.com/api/ (repoListReleases) */
test('releases of a Gitea or Forgejo, which has no API of GitHub', async () => {
  const release = { tag_name: 'v1.1.0', draft: false, prerelease: false, published_at: '2026-01-01T01:00:00+01:00' };
  const assets = [{ id: 1, name: 'app.yaml', size: 3, browser_download_url: 'https://x/app.yaml' }];
  const { url, seen } = await box.serve(
    routes({
      'GET /api/v1/repos/o/app/releases': (_, response) =>
        json(response, [
          { ...release, assets },
          { ...release, tag_name: 'v1.2.0', assets: [] },
        ]),
    }),
  );
  const of: Package = { datasource: 'github-releases', name: 'h/o/app', url: `${url}/o/app/releases/download/{version}/app.yaml` };
  expect((await sources()['github-releases'].releases(of)).releases).toMatchObject([
    { version: 'v1.1.0', publishedAt: '2026-01-01T00:00:00.000Z' },
  ]);
  expect(seen.map((line) => line.split('/repos')[0])).toEqual(['GET /api/v3', 'GET /api/v1']);
  await failure(sources([access('github', url)])['github-releases'].releases(of));
  expect(seen).toHaveLength(3);
  const missing: Package = { ...of, url: `${url}/o/other/releases/download/{version}/app.yaml` };
  expect((await failure(sources()['github-releases'].releases(missing))).message).toContain('add the forge to app.yml');
});

test('tags of a project on a forge of app.yml, by https and by ssh', async () => {
  const { url, host } = await box.serve(
    routes({
      'GET /api/v4/projects/shop%2Fapp/repository/tags': (_, response) =>
        json(response, [{ name: 'v1.0.0', commit: { id: commit, committed_date: '2026-01-01T00:00:00Z' } }]),
      'GET /api/v3/repos/o/app/tags': (_, response) => json(response, [{ name: 'v2.0.0', commit: { sha: commit } }]),
    }),
  );
  const of = (address: string): Package => ({ datasource: 'git-tags', name: 'x', url: address });
  const gitlab = sources([access('gitlab', url)])['git-tags'];
  const wanted = { complete: true, releases: [{ version: 'v1.0.0', commit, publishedAt: '2026-01-01T00:00:00.000Z' }] };
  expect(await gitlab.releases(of(`${url}/shop/app.git`))).toEqual(wanted);
  expect(await gitlab.releases(of(`ssh://git@${host.replace(/:.*/, '')}:2222/shop/app.git`))).toEqual(wanted);
  const github = sources([access('github', url)])['git-tags'];
  expect(await github.releases(of(`${url}/o/app`))).toEqual({ complete: true, releases: [{ version: 'v2.0.0', commit }] });
});
