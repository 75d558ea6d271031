import { found, warned } from '../../support/found.ts';

test('a document that is no YAML is named with its line, and hides none of the others', () => {
  const text = 'kind: Pod\nspec: {containers: [{image: a:1}]}\n---\nb:\n\tc: 1\n---\nkind: Pod\nspec: {containers: [{image: d:2}]}\n';
  expect(found(text)).toEqual(['2 a 1 (a)', '8 d 2 (d)']);
  expect(warned(text)).toEqual(['5 is no YAML: tab characters must not be used in indentation']);
});

test('a template is named once, however much of it cannot be read', () => {
  const text = '{{- if .x }}\na: 1\n---\n{{ end }} b\nc: [\n---\nkind: Pod\nspec: {containers: [{image: d:2}]}\n';
  expect(found(text)).toEqual(['8 d 2 (d)']);
  expect(warned(text)).toEqual([expect.stringMatching(/^1 is no YAML before it is filled in \(.*\): only lines marked/)]);
});

test('forty documents, and a hundred broken ones', () => {
  const good = Array.from({ length: 40 }, (_, i) => `kind: Pod\nspec: {containers: [{image: "a${i}:1"}]}\n`).join('---\n');
  expect(found(good)).toHaveLength(40);
  const bad = 'a: [\n---\n'.repeat(100);
  expect(found(`${bad}${good}`)).toHaveLength(40);
  expect(warned(bad)).toHaveLength(11);
  expect(warned(bad).at(-1)).toBe('90 more documents are no YAML');
});

test('files of other tools are not the environment', () => {
  expect(found('image: node:24.1.0\njob: {image: {name: a/b:1}}\n', '.gitlab-ci.yml')).toEqual([]);
  expect(warned('a: [\n', '.github/workflows/x.yml')).toEqual([]);
});

test('references stand in the order of the text', () => {
  const text = 'v: "2" # lockkeeper: datasource=oci package=z\nimage: {repository: b, tag: v1}\nx: {image: a:1}\n';
  expect(found(text)).toEqual(['1 z 2 (z)', '2 b v1 (b)', '3 a 1 (a)']);
});

test.each([
  ['nested merges', ['a0: &a0 {x: 1}', ...Array.from({ length: 5000 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: *a${i}}`)].join('\n'), 0],
  ['a circle', 'a: &a {image: *a, <<: *a, b: &c [*a, *c]}', 0],
  [
    'an alias bomb',
    ['a0: &a0 {image: "x:1"}', ...Array.from({ length: 90 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`)].join('\n'),
    1,
  ],
  ['braces', `image: "${'{{'.repeat(100_000)}"`, 0],
  ['a long tag', `image: {repository: a, tag: "${'1.1-'.repeat(50_000)}"}`, 1],
  ['many marks', 'v: 1.2.3 # lockkeeper: datasource=oci package=x\n'.repeat(5000), 5000],
])('hostile text ends: %s', (_, text, count) => expect(found(text)).toHaveLength(count));
