import type { DesiredObject } from '../../src/manifests/desired-object.ts';
import { readObjects } from '../../src/manifests/documents.ts';
import { splitDocuments } from '../../src/manifests/split-documents.ts';
import { fc } from '../support/fuzz.ts';
import { hostileFile } from '../support/hostile-yaml.ts';

const read = (text: string, strangers: 'refused' | 'ignored' = 'refused') =>
  readObjects(Buffer.from(text), { file: 'all.yaml' }, strangers);
const body = (object: DesiredObject | undefined): string => Buffer.from(object?.body ?? []).toString('utf8');
const config = (name: string, more = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;
const [a, b] = [config('a'), config('b')];

test.each<[string, string, readonly string[]]>([
  ['one', a, [a]],
  ['two', `${a}---\n${b}`, [a, b]],
  ['a separator first, comments, a last end', `---\n# a\n${a}--- # next\n${b}...\n`, [`# a\n${a}`, `${b}...\n`]],
  ['empty ones, and ones of comments alone', `# nothing\n---\n---\n${a}---\n# nothing\n--- \n`, [a]],
  ['CRLF', `${a}---\n${b}`.replaceAll('\n', '\r\n'), [a, b].map((text) => text.replaceAll('\n', '\r\n'))],
  ['a byte order mark', `\uFEFF---\n${a}`, [a]],
  ['a byte order mark before a document', `\uFEFF${a}`, [`\uFEFF${a}`]],
  ['directives', `%YAML 1.1\n---\n${a}---\n${b}`, [`%YAML 1.1\n---\n${a}`, b]],
  ['no end of line', `${a}---\n${b.trimEnd()}`, [a, b.trimEnd()]],
  [
    'dashes further right, and within a line',
    config('a', 'data:\n  x: |\n    ---\n    y---\n'),
    [config('a', 'data:\n  x: |\n    ---\n    y---\n')],
  ],
])('%s: the author’s bytes, document by document', (_, text, bodies) => {
  const { objects, findings, complete } = read(text);
  expect(objects.map(body)).toEqual(bodies);
  expect({ findings, complete }).toEqual({ findings: [], complete: true });
});

test('an object knows what it is and where it stands', () => {
  const text = `# first\n${a}---\n\n# second\n${config('b', '  namespace: shop\ndata:\n  n: "1"\nlist:\n  - x: 1\n  - y: 2\nempty:\n')}`;
  const [, second] = read(text).objects;
  expect(second).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'b', place: { file: 'all.yaml', line: 9 } });
  const lines = text.split('\n');
  const lineAt = (...path: (string | number)[]) => lines[(second?.at(path).line ?? 0) - 1];
  expect(lineAt()).toBe('apiVersion: v1');
  expect(lineAt('data', 'n')).toBe('  n: "1"');
  expect(lineAt('list', 1, 'y')).toBe('  - y: 2');
  expect(lineAt('list', 7, 'y')).toBe('list:');
  expect(lineAt('data', 'none', 3)).toBe('data:');
  expect(lineAt('empty')).toBe('empty:');
  expect(lineAt('none')).toBe('apiVersion: v1');
});

test.each<[string, string, readonly [line: number, message: string, help?: string][], readonly string[]]>([
  ['no YAML', `a: [\n---\n${a}`, [[1, 'is no YAML']], ['a']],
  [
    'a template',
    `${a}---\nmetadata: {{ .Values.x }}\nkind: X\n`,
    [[6, 'the key of a field is a text', 'commit what comes out of the template']],
    ['a'],
  ],
  ['a template that is no YAML', `{{- if .x }}\n${a}{{- end }}\n`, [[1, 'is no YAML', 'commit what comes out of the template']], []],
  ['text', `just text\n---\n${a}`, [[1, 'is no Kubernetes object', 'take it out']], ['a']],
  ['a list', '- 1\n- 2\n', [[1, 'is no Kubernetes object']], []],
  ['values of a chart', 'image:\n  tag: 1\n', [[1, 'it lacks apiVersion and kind']], []],
  ['a Compose file', 'services:\n  web: {image: x}\n', [[1, 'Compose']], []],
  ['a kustomization', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n', [[1, 'kustomization', 'kustomize build']], []],
  ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', [[1, 'lacks kind']], []],
  ['no apiVersion', 'kind: Pod\nmetadata: {name: a}\n', [[1, 'lacks apiVersion']], []],
  ['no name', '# x\napiVersion: v1\nkind: Pod\nmetadata: {}\n', [[2, 'Pod without a name']], []],
  ['text beside dashes', `${a}--- {x: 1}\n${b}`, [[5, '"{x: 1}" stands beside the three dashes']], ['a', 'b']],
  ['dashes and more', `${a}---x\n${b}`, [[5, '"x" stands beside']], ['a', 'b']],
  ['a second document that nobody reads', `${a}...\n${b}`, [[6, 'below the three dots']], ['a']],
  ['too large', config('a', `data:\n  x: ${'y'.repeat(3 * 1024 * 1024)}\n`), [[1, 'an API server takes 3145728']], []],
  ['too many lines', 'a:\n'.repeat(200_002), [[1, 'split it']], []],
])('%s is told, and hides nothing else', (_, text, expected, names) => {
  const { findings, objects, complete } = read(text);
  expect(findings).toEqual(
    expected.map(([line, message, help]) =>
      expect.objectContaining({
        file: 'all.yaml',
        line,
        rule: 'yaml',
        severity: 'error',
        message: expect.stringContaining(message),
        ...(help !== undefined && { help: expect.stringContaining(help) }),
      }),
    ),
  );
  expect(objects.map(({ name }) => name)).toEqual(names);
  expect(complete).toBe(false);
});

test('what is no UTF-8 text is told', () => {
  expect(readObjects(Buffer.from([0x61, 0xff]), { file: 'x.yaml' }, 'refused').findings).toEqual([
    { file: 'x.yaml', line: 1, severity: 'error', rule: 'yaml', message: 'is not UTF-8 text', help: 'save it as UTF-8' },
  ]);
});

test('where all files are looked at, what is no object is ignored, and what is meant as one is not', () => {
  const { objects, findings } = read(
    `image: {tag: 1}\n---\n- 1\n---\napiVersion: v2\nname: chart\n---\n${a}---\nkind: Pod\nmetadata: {name: x}\n`,
    'ignored',
  );
  expect(objects.map(({ name }) => name)).toEqual(['a']);
  expect(findings.map(({ line, message }) => [line, message])).toEqual([[13, 'lacks apiVersion']]);
});

describe('lists', () => {
  test('each item is sent as its author wrote it, indented as it stands', () => {
    const text = `apiVersion: v1
kind: List
items:
# the first
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a} # keep
  data:
    script: |
      #!/bin/sh

      echo

- # the second
  apiVersion: v1
  kind: ConfigMap
  metadata:
    name: b
    labels: {x: "1",
      y: "2"}
metadata:
  resourceVersion: ""
`;
    const { objects, findings } = read(text);
    expect(findings).toEqual([]);
    expect(objects.map(body)).toEqual([
      '  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a} # keep\n  data:\n    script: |\n      #!/bin/sh\n\n      echo\n\n',
      '  apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: b\n    labels: {x: "1",\n      y: "2"}\n',
    ]);
    expect(objects.map(({ place }) => place.line)).toEqual([5, 15]);
    expect(objects[1]?.at(['metadata', 'name']).line).toBe(18);
    expect(objects.map(({ type }) => type)).toEqual(['application/yaml', 'application/yaml']);
  });

  test('JSON stays JSON, every digit of it', () => {
    const item = '{\n\t"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "n": 9007199254740993, "s": "}{\\"" }';
    const { objects } = read(`{"apiVersion": "v1", "kind": "List", "items": [${item}, ${item}]}`);
    expect(objects.map(body)).toEqual([item, item]);
    expect(objects[0]).toMatchObject({ type: 'application/json', value: { n: 9007199254740993n } });
    expect(objects[0]?.at(['n']).line).toBe(2);
  });

  test.each([
    [
      'an anchor outside',
      'kind: List\napiVersion: v1\nx: &l {app: a}\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a, labels: *l}\n',
    ],
    ['a kind that only the list says', 'apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a, labels: {app: a}}\n'],
    [
      'a whole item that is an alias',
      'x: &x {apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: a}}}\napiVersion: v1\nkind: List\nitems: [*x]\n',
    ],
  ])('%s: the object means the same', (_, text) => {
    const [object] = read(text).objects;
    const sent = readObjects(object?.body ?? new Uint8Array(), { file: 'sent' }, 'refused');
    expect(sent.findings).toEqual([]);
    expect(sent.objects[0]?.value).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { app: 'a' } } });
  });

  test('lists in lists, an empty one, and an item that lacks something', () => {
    const inner =
      'apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Pod, metadata: {name: a}}\n  - {apiVersion: v1, kind: Pod}\n';
    const { objects, findings } = read(`apiVersion: v1\nkind: List\nitems:\n- ${inner}---\napiVersion: v1\nkind: List\nitems: []\n`);
    expect(objects.map(({ name }) => name)).toEqual(['a']);
    expect(body(objects[0])).toBe('{apiVersion: v1, kind: Pod, metadata: {name: a}}');
    expect(findings.map(({ line, message }) => [line, message])).toEqual([[8, 'Pod without a name: metadata.name is missing']]);
  });
});

test.each([
  ['name: "web:80/proxy/admin"', 'web:80/proxy/admin'],
  ['name: "%2e%2e"', '%2e%2e'],
  ['name: ".."', '..'],
  ['name: "."', '.'],
  ['generateName: a/b', 'a/b'],
  ['name: a, namespace: "shop/services/web/proxy"', 'shop/services/web/proxy'],
  ['name: a, namespace: ".."', '..'],
])('{%s} would lead a request elsewhere, and is no object', (metadata, wrong) => {
  const { objects, findings } = read(`apiVersion: v1\nkind: Service\nmetadata: {${metadata}}\n`);
  expect(objects).toEqual([]);
  expect(findings).toEqual([
    expect.objectContaining({ severity: 'error', message: expect.stringContaining(`name or namespace ${JSON.stringify(wrong)}`) }),
  ]);
});

test('a list cannot make more of its file than it holds', () => {
  const labels = Array.from({ length: 20 }, (_, i) => `l${i}: "${'z'.repeat(20_000)}"`).join(', ');
  const text = `apiVersion: v1\nkind: List\nx: &x {apiVersion: v1, kind: Pod, metadata: {name: a, labels: {${labels}}}}\nitems:\n${'- *x\n'.repeat(45)}`;
  const { objects, findings } = read(text);
  expect(objects.reduce((sum, one) => sum + one.body.length, 0)).toBeLessThan(17 * 1024 * 1024);
  expect(findings.map(({ message }) => message)).toEqual(['the objects of this list have more than 16777216 bytes: the rest is not read']);
});

test('objects of JSON that stand one after the other', () => {
  const one = (name: string) => `{"apiVersion":"v1","kind":"Pod",\n"metadata":{"name":"${name}"}}`;
  const { objects } = read(`${one('a')}\n${one('b')} ${one('c')}\n`);
  expect(objects.map(body)).toEqual([one('a'), one('b'), one('c')]);
  expect(objects.map(({ place }) => place.line)).toEqual([1, 3, 4]);
});

describe('whatever a file holds', () => {
  const file = fc.oneof(
    hostileFile.map(({ text }) => text),
    fc
      .array(fc.constantFrom(a, b, '---\n', '--- # x\n', '---', '\n', '# c\n', '%YAML 1.1\n', '...\n', '\r\n', '\uFEFF', 'x'), {
        maxLength: 12,
      })
      .map((parts) => parts.join('')),
  );

  test('documents and what stands between them are the file, and each begins at its line', () => {
    fc.assert(
      fc.property(file, (text) => {
        const bytes = Buffer.from(text);
        let last = 0;
        for (const { start, end, line } of splitDocuments(bytes)) {
          expect(bytes.toString('utf8', last, start)).toMatch(/^(?:\uFEFF?---[^\n]*\n?)?$/);
          expect(start).toBeLessThanOrEqual(end);
          expect(line).toBe(bytes.toString('utf8', 0, start).split('\n').length);
          last = end;
        }
        expect(last).toBe(bytes.length);
      }),
    );
  });

  test('what is sent for an object is that one object', () => {
    fc.assert(
      fc.property(file, (text) => {
        const { objects, findings, complete } = read(text);
        expect(complete).toBe(findings.length === 0);
        for (const object of objects) {
          const { body: sent, value, place } = object;
          const again = readObjects(sent, { file: 'sent' }, 'refused').objects;
          expect(again.map((one) => one.value)).toEqual([value]);
          expect(object.at(['metadata', 'name']).line).toBeGreaterThanOrEqual(place.line - 1);
        }
      }),
    );
  });
});
