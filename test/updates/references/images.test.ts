import { found, hex, warned } from '../../support/found.ts';

const variable = 'holds a variable or template, which only the tool that fills it in can read';
const unsplice = 'is written as a block, with escapes or over several lines: write it on one line, plain or in quotes';

const deployment = (image: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          image: ${image}\n`;

test.each([
  ['nginx:1.25', ['8 nginx 1.25 (nginx)']],
  ['"registry:5000/org/app:v1" # comment', ['8 registry:5000/org/app v1 (app)']],
  [`'a/b:1@sha256:${hex('c')}'`, ['8 a/b 1@cccccc (b)']],
  [`a/b@sha256:${hex('c')}`, ['8 a/b @cccccc (b)']],
  ['registry:5000/org/app', ['8 registry:5000/org/app  (app): no version is written']],
  ['nginx', ['8 nginx  (nginx): no version is written']],
  [`ghcr.io/x/y:\${TAG}`, [`8 ghcr.io/x/y  (y): ${variable}`]],
  ['"{{ .Values.image }}"', [`8 {{ .Values.image }}  (Values.image): ${variable}`]],
  ['nginx:$(TAG)', [`8 nginx  (nginx): ${variable}`]],
  ['"nginx:1.2\\x33"', [`8 nginx 1.23 (nginx): ${unsplice}`]],
  ['>- # short\n            nginx:1.2\n', ['9 nginx 1.2 (nginx)']],
  ['|-\n            nginx:1.2', ['9 nginx 1.2 (nginx)']],
  ['>-\n            nginx:1.2\n            alpine', [`9 nginx  (nginx): ${unsplice}`]],
  ['|\n            nginx:1.2', [`9 nginx  (nginx): ${unsplice}`]],
  ['https://user:secret@example.com/x:1', ['8 example.com/x  (x): is not an image reference']],
  ['""', []],
])('the image %j of a container', (image, wanted) => expect(found(deployment(image))).toEqual(wanted));

test('init and ephemeral containers, every kind of workload, image volumes', () => {
  const text = `apiVersion: batch/v1
kind: CronJob
spec: {jobTemplate: {spec: {template: {spec: {
  initContainers: [{image: a:1}], containers: [{image: b:2}], ephemeralContainers: [{image: c:3}],
  volumes: [{image: {reference: "d/e:4", pullPolicy: Always}}]}}}}}
`;
  expect(found(text)).toEqual(['4 a 1 (a)', '4 b 2 (b)', '4 c 3 (c)', '5 d/e 4 (e)']);
});

test('custom resources: embedded pod templates, and whatever else is called image and surely is one', () => {
  const text = `apiVersion: example.com/v1
kind: Database
spec:
  image: postgres:16.2
  disk: {image: ubuntu-22.04}
  exporter: {image: "quay.io/x/exporter:\${V}"}
  other: {image: "see the docs: \${V}"}
  podTemplate: {spec: {containers: [{image: short}]}}
`;
  expect(found(text)).toEqual([
    '4 postgres 16.2 (postgres)',
    `6 quay.io/x/exporter  (exporter): ${variable}`,
    '8 short  (short): no version is written',
  ]);
});

test.each([
  ['a comment', '# image: a:1\nkind: Pod\n'],
  ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\ndata:\n  image: a:1\n  values: |\n    image: a:1\n'],
  ['a ConfigMap of a list', 'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, data: {image: "a:1"}}]\n'],
  ['a Secret', 'apiVersion: v1\nkind: Secret\nstringData: {image: "a:1"}\n'],
  ['the block scalar of another manifest', 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {x: 1}\nvalues: |\n  image: a:1\n'],
  ['a CRD', 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {default: {image: "a:1"}}\n'],
  ['annotations and labels', 'apiVersion: v1\nkind: Pod\nmetadata: {annotations: {image: "a:1"}, labels: {image: "a:1"}}\n'],
])('what stands in %s is no reference', (_, text) => {
  expect(found(text)).toEqual([]);
  expect(warned(text)).toEqual([]);
});

test('an anchor used in five places is one reference, where it is defined', () => {
  const text = `kind: Pod\nx: &i nginx:1.25\nspec: {containers: [{image: *i}, {image: *i}, {image: *i}, {image: *i}, {image: *i}]}\n`;
  expect(found(text)).toEqual(['2 nginx 1.25 (nginx)']);
});

test('a version that packages share through an anchor is told, not moved', () => {
  const text = 'v: &v 1.2.3\na: {image: {repository: x/a, tag: *v}}\nb: {image: {repository: x/b, tag: *v}}\n';
  expect(found(text).map((line) => line.replace(/:.*/, ''))).toEqual(['1 x/a 1.2.3 (a)', '1 x/b 1.2.3 (b)']);
  expect(found(text).every((line) => line.includes('one anchor holds the version of 2 packages'))).toBe(true);
});
