import { findReferences } from '../../../src/updates/references/find.ts';
import { found, hex, warned } from '../../support/found.ts';

const oci = '# lockkeeper: datasource=oci package=x/app';

test.each([
  ['version: 1.4.2', '1 x/app 1.4.2 (app)'],
  ['- "v1.4.3"', '1 x/app v1.4.3 (app)'],
  ['"json": "1.2.3",', '1 x/app 1.2.3 (app)'],
  ['- latest', '1 x/app latest (app)'],
  ['v: 1.2.3 # was 1.0.0', '1 x/app 1.2.3 (app)'],
  ['tag: &t 1.2.3-alpine3.19', '1 x/app 1.2.3-alpine3.19 (app)'],
  [`tag: 1.2.3@sha256:${hex('a')}`, '1 x/app 1.2.3@aaaaaa (app)'],
  [`digest: sha256:${hex('a')}`, '1 x/app @aaaaaa (app)'],
  [`image: other/x:1.2.3@sha256:${hex('a')}`, '1 x/app 1.2.3@aaaaaa (app)'],
  ['url: https://n/r/1.2.3/x-1.2.3.tgz', '1 x/app 1.2.3 (app)'],
  ['- --tag=v1.2.3', '1 x/app v1.2.3 (app)'],
  ['export VERSION=1.2.3', '1 x/app 1.2.3 (app)'],
  ['run: docker run x/app:1.4.2-rc.1 --proto 2.0.0', '1 x/app 1.4.2-rc.1 (app)'],
  ['image: "{{ .Values.registry }}/app:1.4.2"', '1 x/app 1.4.2 (app)'],
  [`{{- $i := "x/app:1.2.3@sha256:${hex('a')}" }}`, '1 x/app 1.2.3@aaaaaa (app)'],
  ['v: {version: 1.4.2, name: b}', '1 x/app 1.4.2 (app)'],
  ['image: "{{ .Values.image }}"', '1 x/app  (app): holds a variable or template, which only the tool that fills it in can read'],
  ['n: 1.10', '1 x/app 1.10 (app): 1.10 without quotes is read as 1.1, not as text: put it in quotes'],
])('%s', (line, wanted) => {
  const [first] = findReferences({ path: 'charts/a/templates/x.yaml', text: `${line} ${oci}\n` }).references;
  expect(found(`${line} ${oci}\n`)).toEqual([wanted]);
  for (const { start, end, text } of first?.spots ?? []) expect(line.slice(start, end)).toBe(text);
});

test('a mark alone is for the line below; indentation, CRLF and a byte order mark do not matter; app says whose it is', () => {
  const text = `\uFEFFv: 1.0.0 ${oci}\r\n  # lockkeeper: datasource=oci package=x/y app=shop\r\n  w: '2.0.0'\r\n`;
  expect(found(text)).toEqual(['1 x/app 1.0.0 (app)', '3 x/y 2.0.0 (shop)']);
});

test('a bundle: the URL, or the version alone', () => {
  const mark = '# lockkeeper: datasource=nexus-raw package=https://n/r/{version}/b-{version}.tgz';
  expect(found(`run: curl https://n/r/1.2.3/b-1.2.3.tgz | tar x -C 9.9.9 ${mark}\n`)).toEqual(['1 n/r/b 1.2.3 (b)']);
  expect(found(`V: "1.2.3" ${mark}\n`)).toEqual(['1 n/r/b 1.2.3 (b)']);
});

test('a chart and a git repository', () => {
  const chart = '# lockkeeper: datasource=helm package=https://charts.example.com/stable/billing';
  expect(found(`v: 1.2.3 ${chart}\n`)).toEqual(['1 charts.example.com/stable/billing 1.2.3 (billing)']);
  const git = '# lockkeeper: datasource=git-tags package=https://github.com/o/app';
  expect(found(`run: curl https://github.com/o/app/x?ref=v1.2.3 ${git}\nv: v1.2.4 ${git} app=shop\n`)).toEqual([
    '1 github.com/o/app v1.2.3 (app)',
    '2 github.com/o/app v1.2.4 (shop)',
  ]);
});

test('another comment may stand behind a mark', () => expect(found(`v: 1.2.3 ${oci} # not 2.0.0\n`)).toEqual(['1 x/app 1.2.3 (app)']));

test('a mark takes the place of the form on its line', () => {
  expect(found(`kind: Pod\nspec: {containers: [{image: "mirror/app:1.2.3"}]} # lockkeeper: datasource=oci package=real/app\n`)).toEqual([
    '2 real/app 1.2.3 (app)',
  ]);
});

test('marks work in what is no YAML, and in files of other tools', () => {
  expect(found(`{{ if .x }}\n\tv: 1.2.3 ${oci}\n{{ end }}\n`)).toEqual(['2 x/app 1.2.3 (app)']);
  const ci = `image: node:24.1.0\nvariables: {V: 1.2.3} ${oci}\n`;
  expect(found(ci, '.gitlab-ci.yml')).toEqual(['2 x/app 1.2.3 (app)']);
  expect(found(ci, '.github/workflows/ci.yml')).toEqual(['2 x/app 1.2.3 (app)']);
});

test.each([[`# v: 1.2.3 ${oci}\n`], ['metadata: {labels: {lockkeeper.dev/environment: staging}}\n'], ['# lockkeeper:datasource=oci\n']])(
  '%j is no mark',
  (text) => {
    expect(found(text)).toEqual([]);
    expect(warned(text)).toEqual([]);
  },
);

test.each([
  ['v: 1 # lockkeeper: datasource=npm package=x', 'a mark needs datasource=oci, nexus-raw, helm, git-tags'],
  ['v: 1 # lockkeeper: datasource=toString package=x', 'a mark needs datasource=oci, nexus-raw, helm, git-tags'],
  ['v: 1 # lockkeeper: package=x', 'a mark needs datasource=oci, nexus-raw, helm, git-tags'],
  ['v: 1 # lockkeeper: datasource=helm package=x', 'needs repository and chart, like'],
  ['v: 1 # lockkeeper: datasource=helm package=https://e.com/', 'needs repository and chart, like'],
  ['v: 1 # lockkeeper: datasource=git-tags package=ext::x', 'needs what git clones, like'],
  ['v: 1 # lockkeeper: datasource=oci', 'needs the name of an image without tag'],
  ['v: 1 # lockkeeper: datasource=oci package=x:1', 'needs the name of an image without tag'],
  ['v: 1 # lockkeeper: datasource=oci package=x apps=y', '"apps=y" is unknown in a mark'],
  ['v: 1 # lockkeeper: datasource=nexus-raw package=n/r/b', 'needs a URL, like'],
  ['v: 1 # lockkeeper: datasource=nexus-raw package=https://u:p@n/{version}', 'needs a URL, like'],
  [`v: 1.2.3 or 4.5.6 ${oci}`, 'no single version can be told on the marked line'],
  [`${oci}\n# v: 1.2.3`, 'this mark has no line'],
  [`${oci}`, 'this mark has no line'],
])('%j is told', (text, message) => {
  expect(found(text)).toEqual([]);
  expect(warned(text)).toEqual([expect.stringMatching(/^1 /)]);
  expect(warned(text)[0]).toContain(message);
});
