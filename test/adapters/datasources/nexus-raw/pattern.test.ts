import { folderFilter, locateRaw, nameFilters, versionAt } from '../../../../src/adapters/datasources/nexus-raw/pattern.ts';
import { RefusedError } from '../../../../src/domain/errors.ts';

test.each([
  [
    'https://nexus.example.com/repository/manifests/billing/billing-{version}.tar.gz',
    'https://nexus.example.com',
    'manifests',
    'billing/billing-{version}.tar.gz',
  ],
  ['http://127.0.0.1:8081/nexus/repository/m/{version}/b.tar', 'http://127.0.0.1:8081/nexus', 'm', '{version}/b.tar'],
  ['https://nexus.example.com/repository/m/repository/x/a-{version}.tar', 'https://nexus.example.com', 'm', 'repository/x/a-{version}.tar'],
  ['https://nexus.example.com/repository/my%20files/a%2Bb/{version}.tar', 'https://nexus.example.com', 'my files', 'a+b/{version}.tar'],
])('%s', (url, base, repository, path) => {
  expect(locateRaw({ datasource: 'nexus-raw', name: 'x', url })).toMatchObject({ base, repository, path });
});

test.each([
  undefined,
  'https://nexus.example.com/manifests/billing-{version}.tar.gz',
  'https://nexus.example.com/repository/manifests/billing-1.0.tar.gz',
  'https://nexus.example.com/repository/{version}',
  'https://{version}.example.com/repository/m/{version}.tar',
  'https://nexus.example.com/repository/m/{version}.tar?x=1',
  'ftp://nexus.example.com/repository/m/{version}.tar',
  'https://nexus.example.com/repository/m/%zz{version}.tar',
])('%p is refused', (url) => {
  const locating = () => locateRaw({ datasource: 'nexus-raw', name: 'x', ...(url === undefined ? {} : { url }) });
  expect(locating).toThrow(/not the address of a file in a Nexus repository/);
  expect(locating).toThrow(RefusedError);
});

test.each([
  ['billing/billing-{version}.tar.gz', 'billing/billing-1.4.2.tar.gz', '1.4.2'],
  ['billing/billing-{version}.tar.gz', 'billing/billing-1.4.2-rc.1+7.tar.gz', '1.4.2-rc.1+7'],
  ['billing/billing-{version}.tar.gz', 'billing/billing-1.4.2.tar.gz.sha256', undefined],
  ['billing/billing-{version}.tar.gz', 'billing/billing-.tar.gz', undefined],
  ['billing/billing-{version}.tar.gz', 'billing/billing.tar.gz', undefined],
  ['billing/billing-{version}.tar.gz', 'billing/billing-old/1.0.tar.gz', undefined],
  ['billing/billing-{version}.tar.gz', 'other/billing-1.0.tar.gz', undefined],
  ['{version}/b.tar', '1.0/b.tar', '1.0'],
  ['b/{version}/b-{version}.tar', 'b/1.0/b-1.0.tar', '1.0'],
  ['b/{version}/b-{version}.tar', 'b/1.0/b-1.1.tar', undefined],
  ['b/{version}/b-{version}.tar', 'b/1.0/b-1.00.tar', undefined],
  ['{version}{version}', '1.01.0', '1.0'],
  ['b/{version}', 'b/a b', undefined],
])('%s at %s', (pattern, path, version) => {
  expect(versionAt(pattern, path)).toBe(version);
});

test.each([
  ['billing/billing-{version}.tar.gz', '/billing'],
  ['a/b/c-{version}.tar', '/a/b'],
  ['billing-{version}.tar.gz', '/'],
  ['billing/{version}/billing-{version}.tar.gz', '/billing/*'],
  ['billing/v{version}/x.tar', '/billing/v*'],
  ['{version}/x.tar', undefined],
  ['b{version}/x.tar', undefined],
])('%s is searched for in %p', (pattern, group) => {
  expect(folderFilter(pattern)).toBe(group);
});

test('in a crowded folder it is searched for by the beginning of its name, as both kinds of editions write it', () => {
  expect(nameFilters('bundles/billing-{version}.tar.gz')).toEqual(['/bundles/billing-*', 'bundles/billing-*']);
  expect(nameFilters('b{version}.tar.gz')).toEqual([]);
});
