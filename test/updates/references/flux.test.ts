import { findReferences } from '../../../src/updates/references/find.ts';
import { joinHelmRepositories } from '../../../src/updates/references/helm-repositories.ts';
import { found, hex } from '../../support/found.ts';

const source = (kind: string, spec: string, name = 'podinfo', namespace = 'default'): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${namespace && `  namespace: ${namespace}\n`}spec:\n  ${spec}\n`;

const release = (spec: string, namespace = 'default'): string =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: podinfo\n${namespace && `  namespace: ${namespace}\n`}spec:\n  ${spec}\n`;

const chart = (version: string, sourceRef = '{kind: HelmRepository, name: podinfo}'): string =>
  `chart: {spec: {chart: podinfo, version: ${version}, sourceRef: ${sourceRef}}}`;

const http = source('HelmRepository', 'url: https://stefanprodan.github.io/podinfo');

/** https://fluxcd.io/flux/components/helm/helmreleases/, …/source/helmrepositories/ */
test.each([
  ['an index', http, release(chart("'6.5.0'")), 'stefanprodan.github.io/podinfo/podinfo 6.5.0 (podinfo)'],
  [
    'a registry',
    source('HelmRepository', 'type: oci\n  url: "oci://ghcr.io/stefanprodan/charts"'),
    release(chart('6.5.0')),
    'ghcr.io/stefanprodan/charts/podinfo 6.5.0 (podinfo)',
  ],
  [
    'a range',
    http,
    release(chart("'6.x'")),
    'stefanprodan.github.io/podinfo/podinfo 6.x (podinfo): "6.x" is a range, which takes newer versions by itself: write one whole version to have it moved',
  ],
  ['no version', http, release(chart('')), 'stefanprodan.github.io/podinfo/podinfo  (podinfo): no version is written'],
  [
    'another namespace',
    http,
    release(chart('6.5.0', '{kind: HelmRepository, name: podinfo, namespace: default}'), 'apps'),
    'stefanprodan.github.io/podinfo/podinfo 6.5.0 (podinfo)',
  ],
  [
    'namespaces that a kustomization sets',
    source('HelmRepository', 'url: https://e.com', 'podinfo', ''),
    release(chart('6.5.0'), 'x'),
    'e.com/podinfo 6.5.0 (podinfo)',
  ],
  [
    'the wrong namespace',
    http,
    release(chart('6.5.0'), 'apps'),
    "podinfo 6.5.0 (podinfo): a HelmRepository named podinfo is in no file of this repository, so that the chart's address is not known",
  ],
  [
    'a variable',
    source('HelmRepository', `url: "https://\${HOST}"`),
    release(chart('6.5.0')),
    `\${HOST}/podinfo 6.5.0 (podinfo): the repository holds a variable or template, which only the tool that fills it in can read`,
  ],
])('a HelmRelease with %s, its HelmRepository before or behind it', (_, repository, helmRelease, wanted) => {
  const bare = (text: string): string[] => found(text).map((line) => line.replace(/^\d+ /, ''));
  expect(bare(`${repository}---\n${helmRelease}`)).toEqual([wanted]);
  expect(bare(`${helmRelease}---\n${repository}`)).toEqual([wanted]);
});

test('the HelmRepository stands in another file; of two with one name and two addresses none is guessed', () => {
  const [ours, one, two] = [
    release(chart('6.5.0'), ''),
    http,
    source('HelmRepository', 'url: https://other.example.com', 'podinfo', 'other'),
  ].map((text, index) => findReferences({ path: `${index}.yaml`, text }));
  const join = (...files: (typeof ours)[]) =>
    joinHelmRepositories(
      ours?.references ?? [],
      files.flatMap((file) => file?.helmRepositories ?? []),
    );
  expect(join(one)[0]).toMatchObject({
    file: '0.yaml',
    package: { name: 'stefanprodan.github.io/podinfo/podinfo' },
    spots: [{ text: '6.5.0' }],
  });
  expect(join(one, one)[0]?.skip).toBeUndefined();
  expect(join(one, two)[0]).toMatchObject({ spots: [], skip: expect.stringContaining('2 times, with different addresses') });
  expect(join(one)[0]).not.toHaveProperty('source');
});

test('a chart out of git or an OCIRepository has no version in the HelmRelease; a HelmChart has one', () => {
  expect(found(release(chart('1.0.0', '{kind: GitRepository, name: podinfo}')))).toEqual([]);
  expect(found(release('chartRef: {kind: OCIRepository, name: podinfo}'))).toEqual([]);
  expect(
    found(`${http}---\n${source('HelmChart', 'chart: podinfo\n  version: 6.5.0\n  sourceRef: {kind: HelmRepository, name: podinfo}')}`),
  ).toEqual(['16 stefanprodan.github.io/podinfo/podinfo 6.5.0 (podinfo)']);
});

/** https://fluxcd.io/flux/components/source/ocirepositories/#reference */
const manifests = 'url: oci://ghcr.io/stefanprodan/manifests/podinfo';
test.each([
  ['ref: {tag: latest}', 'latest (podinfo)'],
  ['ref: {tag: 6.10}', '6.10 (podinfo): 6.10 without quotes is read as 6.1, not as text: put it in quotes'],
  ['ref: {tag: 6.5.0}', '6.5.0 (podinfo)'],
  ['ref:\n    tag: "6.10"', '6.10 (podinfo)'],
  [`ref: {tag: 6.5.0, digest: "sha256:${hex('a')}"}`, '6.5.0@aaaaaa (podinfo)'],
  [`ref: {digest: "sha256:${hex('a')}"}`, '@aaaaaa (podinfo)'],
  [
    'ref: {semver: ">= 6.1.x-0 < 7.0.0-0"}',
    ' (podinfo): ">= 6.1.x-0 < 7.0.0-0" is a range, which takes newer versions by itself: write a tag to have it moved',
  ],
  ['interval: 5m', ' (podinfo): no version is written'],
])('an OCIRepository with %s', (ref, wanted) => {
  const [line] = found(source('OCIRepository', `${manifests}\n  ${ref}`));
  expect(line?.replace(/^\d+ /, '')).toBe(`ghcr.io/stefanprodan/manifests/podinfo ${wanted}`);
});

const commit = '363a6a8fe6a7f13e05d34c163b0ef02a777da20a';

/** https://fluxcd.io/flux/components/source/gitrepositories/#reference */
test.each([
  ['ref: {tag: 3.2.1}', '3.2.1'],
  ['ref: {tag: 3.10}', '3.10: 3.10 without quotes is read as 3.1, not as text: put it in quotes'],
  ['ref: {tag: "v6.5.0"}', 'v6.5.0'],
  ['ref: {name: refs/tags/v1.2.3}', 'v1.2.3'],
  [`ref: {tag: v1.2.3, commit: "${commit}"}`, 'v1.2.3'],
  [`ref: {branch: master, commit: "${commit}"}`, ': only a commit is written: write its tag beside it to have both moved'],
  ['ref: {branch: master}', ': follows a branch by itself: write a tag to have it moved'],
  ['interval: 5m', ': follows a branch by itself: write a tag to have it moved'],
  ['ref: {semver: ">=1.0.0 <2.0.0"}', ': ">=1.0.0 <2.0.0" is a range, which takes newer versions by itself: write a tag to have it moved'],
  ['ref: {name: refs/heads/main}', 'refs/heads/main: "refs/heads/main" is a branch or a name, not a version: write a tag to have it moved'],
  [`ref: {tag: v1.2.3, commit: abc}`, 'v1.2.3: the commit is not written as 40 hexadecimal digits'],
])('a GitRepository with %s', (ref, wanted) => {
  const text = source('GitRepository', `url: ssh://git@github.com/stefanprodan/podinfo.git\n  ${ref}`);
  const [version = '', ...reason] = wanted.split(/:(.*)/);
  expect(found(text).map((line) => line.replace(/^\d+ /, ''))).toEqual([
    `github.com/stefanprodan/podinfo ${version} (podinfo)${reason.length > 0 ? `:${reason[0] ?? ''}` : ''}`,
  ]);
});

test('a commit beside its tag is a spot of its own', () => {
  const text = source('GitRepository', `url: https://github.com/o/r\n  ref: {tag: v1.2.3, commit: "${commit}"}`);
  const [reference] = findReferences({ path: 'a.yaml', text }).references;
  expect(reference?.spots.map(({ holds, text: held }) => `${holds} ${held}`)).toEqual(['version v1.2.3', `commit ${commit}`]);
  expect(reference?.package).toEqual({ datasource: 'git-tags', name: 'github.com/o/r', url: 'https://github.com/o/r' });
});
