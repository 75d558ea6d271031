import { parseForgeUrl } from '../../../src/updates/references/forge-url.ts';
import { found } from '../../support/found.ts';

/** URL → URL with {version} or what git clones, version, datasource, name */
test.each([
  [
    'https://github.com/cert-manager/cert-manager/releases/download/v1.14.0/cert-manager.yaml',
    'https://github.com/cert-manager/cert-manager/releases/download/{version}/cert-manager.yaml',
    'v1.14.0',
    'github-releases',
    'github.com/cert-manager/cert-manager',
  ],
  [
    'https://github.com/o/app/releases/download/v1.4.2/app-1.4.2.tar.gz',
    'https://github.com/o/app/releases/download/v{version}/app-{version}.tar.gz',
    '1.4.2',
    'github-releases',
    'github.com/o/app',
  ],
  [
    'https://github.com/o/app/releases/download/v1.4.2/other-3.0.0.tgz',
    'https://github.com/o/app/releases/download/{version}/other-3.0.0.tgz',
    'v1.4.2',
    'github-releases',
    'github.com/o/app',
  ],
  [
    'https://ghe.example.com/o/app/releases/download/1.4.2/a.yaml',
    'https://ghe.example.com/o/app/releases/download/{version}/a.yaml',
    '1.4.2',
    'github-releases',
    'ghe.example.com/o/app',
  ],
  [
    'https://gitlab.com/gitlab-org/sub/app/-/releases/v1.4.2/downloads/manifests/app.yaml',
    'https://gitlab.com/gitlab-org/sub/app/-/releases/{version}/downloads/manifests/app.yaml',
    'v1.4.2',
    'gitlab-releases',
    'gitlab.com/gitlab-org/sub/app',
  ],
  [
    'https://gitlab.example.com/api/v4/projects/24/packages/generic/my_package/0.0.1/file.tar.gz',
    'https://gitlab.example.com/api/v4/projects/24/packages/generic/my_package/{version}/file.tar.gz',
    '0.0.1',
    'gitlab-packages',
    'gitlab.example.com/24/my_package',
  ],
  [
    'https://example.com/gitlab/api/v4/projects/shop%2Fbilling/packages/generic/billing/1.4.2/billing-1.4.2.tar.gz',
    'https://example.com/gitlab/api/v4/projects/shop%2Fbilling/packages/generic/billing/{version}/billing-{version}.tar.gz',
    '1.4.2',
    'gitlab-packages',
    'example.com/gitlab/shop/billing/billing',
  ],
  ['https://gitlab.com/o/app/-/raw/v1.4.2/deploy/app.yaml', 'https://gitlab.com/o/app', 'v1.4.2', 'git-tags', 'gitlab.com/o/app'],
  ['https://gitlab.com/o/app/-/archive/v1.4.2/app-v1.4.2.tar.gz', 'https://gitlab.com/o/app', 'v1.4.2', 'git-tags', 'gitlab.com/o/app'],
  ['https://raw.githubusercontent.com/o/app/v1.4.2/deploy/app.yaml', 'https://github.com/o/app', 'v1.4.2', 'git-tags', 'github.com/o/app'],
  [
    'https://raw.githubusercontent.com/o/app/refs/tags/v1.4.2/app.yaml',
    'https://github.com/o/app',
    'v1.4.2',
    'git-tags',
    'github.com/o/app',
  ],
  ['https://gitlab.com/o/app/-/raw/v1.4.2/app.yaml?inline=false', 'https://gitlab.com/o/app', 'v1.4.2', 'git-tags', 'gitlab.com/o/app'],
  [
    'https://gitlab.com/o/app/-/raw/refs/tags/v1.4.2/app.yaml?ref_type=tags&inline=false',
    'https://gitlab.com/o/app',
    'v1.4.2',
    'git-tags',
    'gitlab.com/o/app',
  ],
  ['https://codeberg.org/o/app/raw/tag/v1.4.2/app.yaml', 'https://codeberg.org/o/app', 'v1.4.2', 'git-tags', 'codeberg.org/o/app'],
  ['https://github.com/o/app/archive/refs/tags/v1.4.2.tar.gz', 'https://github.com/o/app', 'v1.4.2', 'git-tags', 'github.com/o/app'],
  ['https://github.com/o/app/raw/v1.4.2/app.yaml', 'https://github.com/o/app', 'v1.4.2', 'git-tags', 'github.com/o/app'],
])('%s', (text, url, version, datasource, name) => {
  const file = parseForgeUrl(text);
  expect(file?.skip).toBeUndefined();
  expect(file).toMatchObject({ version, package: { datasource, name, url } });
  expect(file?.places.map(({ start, end }) => text.slice(start, end))).toEqual(Array(file?.places.length ?? 0).fill(version));
});

test('the name of an archive moves with its tag', () =>
  expect(parseForgeUrl('https://gitlab.com/o/app/-/archive/v1.4.2/app-v1.4.2.tar.gz')?.places).toHaveLength(2));

test.each([
  ['https://raw.githubusercontent.com/o/app/main/app.yaml', '"main" is no version'],
  ['https://raw.githubusercontent.com/o/app/refs/heads/main/app.yaml', '"refs/heads/main" is no version'],
  ['https://gitlab.com/o/app/-/raw/v1.0.0/app.yaml?ref_type=heads', 'the URL has a query'],
  ['https://gitlab.com/o/app/-/raw/v1.0.0/app.yaml?inline=false&private_token=hunter2', 'the URL has a query'],
  ['https://github.com/o/app/releases/download/v1.0.0/app.yaml?inline=false', 'the URL has a query'],
  ['https://github.com/o/app/releases/download/nightly/app.yaml', '"nightly" is no version'],
  ['https://gitlab.com/o/app/-/raw/v1.0.0/app.yaml?private_token=hunter2', 'the URL has a query'],
  ['https://bot:hunter2@gitlab.com/o/app/-/raw/v1.0.0/app.yaml', 'the URL holds credentials'],
  [`https://gitlab.com/o/app/-/raw/\${V}/app.yaml`, 'the URL holds a variable'],
])('%s is told and left alone', (text, reason) => {
  const file = parseForgeUrl(text);
  expect(file?.skip).toContain(reason);
  expect(file?.places).toEqual([]);
  expect(JSON.stringify(file)).not.toContain('hunter2');
});

test.each([
  'https://nexus.example.com/repository/m/billing/billing-1.4.2.tar.gz',
  'https://github.com/o/app?ref=v1.0.0',
  'https://github.com/o/app/releases/latest/download/app.yaml',
  'x',
])('%s is no file of a forge', (text) => expect(parseForgeUrl(text)).toBeUndefined());

test.each([`https://h/${'a/-/'.repeat(400)}`, `https://h${'/-/releases/'.repeat(150)}`, `https://h/${'1.2/'.repeat(50_000)}`])(
  'hostile text ends',
  (text) => expect(() => parseForgeUrl(text)).not.toThrow(),
);

test('in environment.yml and in a kustomization', () => {
  const release = 'https://github.com/o/app/releases/download/v1.4.2/app.yaml';
  expect(found(`manifests:\n- ${release}\n`, 'environment.yml')).toEqual(['2 github.com/o/app v1.4.2 (app)']);
  expect(found(`resources:\n- ${release}\n- https://example.com/x-1.0.0.yaml\n`, 'kustomization.yaml')).toEqual([
    '2 github.com/o/app v1.4.2 (app)',
  ]);
});
