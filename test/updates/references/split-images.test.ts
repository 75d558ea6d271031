import { found, hex } from '../../support/found.ts';

const quote = (text: string, read: string): string => `${text} without quotes is read as ${read}, not as text: put it in quotes`;

test.each([
  ['{repository: a/b, tag: 1.2.3}', ['1 a/b 1.2.3 (b)']],
  ['{registry: ghcr.io, repository: a/b, tag: "1.10"}', ['1 ghcr.io/a/b 1.10 (b)']],
  ['{name: a/b, version: v2}', ['1 a/b v2 (b)']],
  [`{repository: a/b, tag: v1, digest: "sha256:${hex('c')}"}`, ['1 a/b v1@cccccc (b)']],
  [`{repository: a/b, tag: "v1@sha256:${hex('c')}"}`, ['1 a/b v1@cccccc (b)']],
  [`{repository: a/b, tag: "", digest: "sha256:${hex('c')}"}`, ['1 a/b @cccccc (b)']],
  ['{repository: a/b, tag: ""}', ['1 a/b  (b): no version is written']],
  ['{repository: a/b, tag: ~}', ['1 a/b  (b): no version is written']],
  ['{repository: a/b, tag: 1.10}', [`1 a/b 1.10 (b): ${quote('1.10', '1.1')}`]],
  ['{repository: a/b, tag: 20240115}', [`1 a/b 20240115 (b): ${quote('20240115', '20240115')}`]],
  ['{repository: a/b, tag: 0777}', [`1 a/b 0777 (b): ${quote('0777', '511')}`]],
  ['{repository: a/b, tag: 1e3}', [`1 a/b 1e3 (b): ${quote('1e3', '1000')}`]],
  ['{repository: a/b, tag: on}', [`1 a/b on (b): ${quote('on', 'true')}`]],
  ['{repository: a/b, tag: !!str 1.10}', ['1 a/b 1.10 (b)']],
  ['{repository: a/b, tag: 7}', ['1 a/b 7 (b)']],
  ['{repository: a/b, tag: "a b"}', ['1 a/b a b (b): the tag is none that a registry could hold']],
  ['{repository: a/b, tag: v1, digest: abc}', ['1 a/b v1@ (b): the digest is not written as sha256: and 64 hexadecimal digits']],
  [`{repository: "\${R}/b", tag: v1}`, [`1 \${R}/b v1 (b): the name holds a variable or template`]],
  ['{repository: https://charts.example.com, tag: v1}', []],
  ['{pullPolicy: Always}', []],
])('values with image: %s', (image, wanted) => {
  expect(found(`image: ${image}\n`, 'values.yaml')).toEqual(wanted);
  expect(found(`sidecarImage: ${image}\n`, 'values.yaml')).toEqual(wanted);
});

test('values of a HelmRelease, merged ones, and what only looks like an image', () => {
  const text = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
spec:
  values:
    base: &base {repository: a/b}
    image: {<<: *base, tag: v1}
    proxy: {repository: c/d, tag: v2}
    chart: {repository: e/f, version: 1.2.3}
    dependencies: [{name: x, repository: https://charts.example.com, version: 1.2.3}]
`;
  expect(found(text)).toEqual(['6 a/b v1 (b)', '7 c/d v2 (d)']);
});

test('images of a kustomization', () => {
  const text = `resources: [base]
images:
  - {name: a, newTag: v1}
  - name: b
    newName: registry:5000/org/b
    newTag: 'v2'
    digest: sha256:${hex('d')}
  - {name: c, digest: "sha256:${hex('e')}"}
  - {name: only, newName: renamed}
  - {name: f, newTag: 1.10}
  - {name: g, newTag: 7}
  - {name: h, newTag: "1.10"}
`;
  const wanted = [
    '3 a v1 (a)',
    '6 registry:5000/org/b v2@dddddd (b)',
    '8 c @eeeeee (c)',
    `10 f 1.10 (f): ${quote('1.10', '1.1')}`,
    `11 g 7 (g): ${quote('7', '7')}`,
    '12 h 1.10 (h)',
  ];
  expect(found(text, 'overlays/kustomization.yaml')).toEqual(wanted);
  expect(found(text, 'overlays/Kustomization')).toEqual(wanted);
  expect(found(text, 'overlays/other.yaml')).toEqual([]);
});

test.each([
  ['apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages: [{name: a, newTag: v1}]\n', ['3 a v1 (a)']],
  ['apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {images: [{name: a, newTag: v1}]}\n', ['3 a v1 (a)']],
  ['apiVersion: example.com/v1\nkind: Album\nimages: [{name: a, newTag: v1}]\n', []],
])('kinds with images: %j', (text, wanted) => expect(found(text)).toEqual(wanted));
