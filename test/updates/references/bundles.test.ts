import { bundleNameOf, findVersion } from '../../../src/domain/bundle-name.ts';
import { parseBundleUrl } from '../../../src/updates/references/bundle-url.ts';
import { findReferences } from '../../../src/updates/references/find.ts';
import { found, hex } from '../../support/found.ts';

/** path below https://n/r/ → path with {version}, version, name below n/r/, app */
test.each([
  ['billing/billing-1.4.2.tar.gz', 'billing/billing-{version}.tar.gz', '1.4.2', 'billing/billing', 'billing'],
  ['billing/1.4.2/billing-1.4.2.tar.gz', 'billing/{version}/billing-{version}.tar.gz', '1.4.2', 'billing/billing', 'billing'],
  ['billing/1.4.2/manifests.tar', 'billing/{version}/manifests.tar', '1.4.2', 'billing/manifests', 'billing'],
  ['billing/1.4.2.tgz', 'billing/{version}.tgz', '1.4.2', 'billing', 'billing'],
  ['billing/v1.4.2/billing-1.4.2.tgz', 'billing/v{version}/billing-{version}.tgz', '1.4.2', 'billing/billing', 'billing'],
  ['billing/v1.4.2/billing-v1.4.2.tgz', 'billing/{version}/billing-{version}.tgz', 'v1.4.2', 'billing/billing', 'billing'],
  ['k8s-1.29/billing-1.4.2-rc.1.tar.gz', 'k8s-1.29/billing-{version}.tar.gz', '1.4.2-rc.1', 'k8s-1.29/billing', 'billing'],
  ['1.4.2-alpine/billing-1.4.2-alpine.tgz', '{version}/billing-{version}.tgz', '1.4.2-alpine', 'billing', 'billing'],
  ['1.4/billing-1.4.2.tgz', '1.4/billing-{version}.tgz', '1.4.2', '1.4/billing', 'billing'],
  ['billing-1.4.2-manifests.tgz', 'billing-{version}-manifests.tgz', '1.4.2', 'billing-manifests', 'billing-manifests'],
  ['billing-1.4.2-20240101.120000-3.tgz', 'billing-{version}.tgz', '1.4.2-20240101.120000-3', 'billing', 'billing'],
  ['billing-1.4.2+build.7.tgz', 'billing-{version}.tgz', '1.4.2+build.7', 'billing', 'billing'],
  ['billing-1.4.2-SNAPSHOT.tgz', 'billing-{version}.tgz', '1.4.2-SNAPSHOT', 'billing', 'billing'],
  ['billing-1.4.2-3f2a91c.tgz', 'billing-{version}.tgz', '1.4.2-3f2a91c', 'billing', 'billing'],
  ['billing_1.4.2b1_linux_amd64.tgz', 'billing_{version}_linux_amd64.tgz', '1.4.2b1', 'billing_linux_amd64', 'billing_linux_amd64'],
  ['billing-2024-01-15.tgz', 'billing-{version}.tgz', '2024-01-15', 'billing', 'billing'],
  ['billing-42.tgz', 'billing-{version}.tgz', '42', 'billing', 'billing'],
  ['v2/billing-1.4.tgz', 'v2/billing-{version}.tgz', '1.4', 'v2/billing', 'billing'],
  ['shop/billing-1.4.2', 'shop/billing-{version}', '1.4.2', 'shop/billing', 'billing'],
])('%s', (path, template, version, name, app) => {
  const text = `https://n/r/${path}`;
  const url = parseBundleUrl(text);
  expect(url).toMatchObject({ version, app, package: { datasource: 'nexus-raw', name: `n/r/${name}`, url: `https://n/r/${template}` } });
  expect(url?.skip).toBeUndefined();
  expect(url?.places.length).toBe(template.split('{version}').length - 1);
  expect(url?.places.every(({ start, end }) => text.slice(start, end) === version)).toBe(true);
  expect(bundleNameOf('n', `/r/${path}`)).toBe(url?.package.name);
});

test.each([
  ['https://n/r/billing.tar.gz', 'no version is written in the URL'],
  ['https://n/r/billing/3f2a91c/billing.tar.gz', 'no version is written in the URL'],
  ['https://10.1.2.3/r/billing.tar.gz', 'no version is written in the URL'],
  ['https://bot:hunter2@n/r/billing-1.4.2.tgz', 'the URL holds credentials'],
  ['https://n/r/billing-1.4.2.tgz?token=hunter2', 'the URL has a query'],
  ['https://n/r/billing-1.4.2.tgz#hunter2', 'the URL has a query'],
  [`https://n/r/billing-\${V}.tgz`, 'the URL holds a variable'],
  [`https://n/${'1.2-'.repeat(25_000)}`, 'is not a valid URL'],
])('%.60s is told and left alone', (text, reason) => {
  const url = parseBundleUrl(text);
  expect(url?.skip).toContain(reason);
  expect(url?.places).toEqual([]);
  expect(JSON.stringify(url)).not.toContain('hunter2');
});

test.each(['manifests/', 'oci://n/billing:1.2.3', 'ftp://n/billing-1.2.3.tgz', 'git@n:billing.git'])('%s is no bundle', (text) => {
  expect(parseBundleUrl(text)).toBeUndefined();
});

test('a path without a version has none', () => expect(findVersion('/a/b.tgz')).toBeUndefined());

test('bundles of environment.yml, plain and pinned', () => {
  const text = `name: production # image: a:1
manifests:
  - manifests/
  - https://n/r/billing/billing-1.4.2.tar.gz   # a bundle
  - "https://n/r/web-2.0.0.tgz"
  - url: https://n/r/search/2.0.1/search-2.0.1.tar.gz
    sha256: ${hex('9')}
  - {url: "https://n/r/bad-1.0.0.tgz", sha256: abc}
`;
  expect(found(text, 'environment.yml')).toEqual([
    '4 n/r/billing/billing 1.4.2 (billing)',
    '5 n/r/web 2.0.0 (web)',
    '6 n/r/search/search 2.0.1 (search)',
    '8 n/r/bad 1.0.0 (bad): its sha256 is not 64 hexadecimal digits',
  ]);
  const { references } = findReferences({ path: 'environment.yml', text });
  expect(references[2]?.spots.map(({ holds, text: at }) => `${holds} ${at}`)).toEqual([
    'version 2.0.1',
    'version 2.0.1',
    `sha256 ${hex('9')}`,
  ]);
  expect(found(text, 'deeper/environment.yml')).toEqual([]);
});
