import { decodeText, lineIndex } from '../../src/manifests/text.ts';
import { get, getScalar, parseYaml } from '../../src/manifests/yaml-nodes.ts';

test('scalars know where their value stands, behind a byte order mark and with CRLF', () => {
  const text = '\uFEFFa: plain\r\nb: "quoted" # c\r\nc: !!str 1\r\nd: "\\x41"\r\ne: |\r\n  block\r\nf:\r\n';
  const [root] = parseYaml(text).documents;
  const seen = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => {
    const node = get(root, key);
    return node?.kind === 'scalar' ? [text.slice(node.start, node.end), node.plain, node.literal] : undefined;
  });
  expect(seen.slice(0, 4)).toEqual([
    ['plain', true, true],
    ['quoted', false, true],
    ['1', false, true],
    ['\\x41', false, false],
  ]);
  expect(seen[4]?.[2]).toBe(false);
  expect(getScalar(root, 'f')).toBeUndefined();
});

test('an alias is the node of its anchor, and merges are looked through', () => {
  const [root] = parseYaml('x: &x {tag: 1, <<: {other: 2}}\ny: *x\nz: {<<: [*x, {tag: 3, third: 4}]}\n').documents;
  expect(get(root, 'y')).toBe(get(root, 'x'));
  const keys = ['tag', 'other', 'third', 'none'].map((key) => getScalar(get(root, 'z'), key)?.value);
  expect(keys).toEqual(['1', '2', '4', undefined]);
});

test('circles and bombs end', () => {
  const [circle] = parseYaml('a: &a {<<: *a, b: *a}').documents;
  expect(get(get(circle, 'a'), 'none')).toBeUndefined();
  const bomb = ['a0: &a0 {k: 1}', ...Array.from({ length: 80 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}, *a${i}]}`)].join(
    '\n',
  );
  expect(get(get(parseYaml(bomb).documents[0], 'a80'), 'none')).toBeUndefined();
});

test.each([
  ['a: 1\n---\nb: [\n---\nc: 3\n', ['a', 'c'], [3]],
  ['a:\n\tb: 1\n---\nc: 3\n', ['c'], [2]],
  ['a: *none\n---\nc: 3\n', ['c'], [1]],
  ['a: |\n  text\n---\nb: "\n---\nc: 3\n', ['a', 'c'], [4]],
  [`${'['.repeat(200)}\n---\nc: 3\n`, ['c'], [1]],
  ['%YAML 1.2\n---\na: 1\n...\n%YAML 1.2\n---\nb: 1\n', ['a', 'b'], []],
])('the documents beside a broken one are read: %j', (text, keys, lines) => {
  const { documents, problems } = parseYaml(text);
  expect(documents.map((root) => (root.kind === 'mapping' && root.pairs[0]?.key.kind === 'scalar' ? root.pairs[0].key.value : ''))).toEqual(
    keys,
  );
  expect(problems.map(({ line }) => line)).toEqual(lines);
});

test('forty documents keep their places', () => {
  const text = Array.from({ length: 40 }, (_, i) => `n: v${i}\n`).join('---\n');
  const values = parseYaml(`${text}---\nbroken: [\n`).documents.map((root) => getScalar(root, 'n'));
  expect(values.map((node) => node && text.slice(node.start, node.end))).toEqual(Array.from({ length: 40 }, (_, i) => `v${i}`));
});

test('lines are counted from one', () => {
  const lineAt = lineIndex('a\r\nb\n\nc');
  expect([0, 2, 3, 5, 6].map(lineAt)).toEqual([1, 1, 2, 3, 4]);
});

test.each([
  ['text', Buffer.from('\uFEFFgrüße\r\n'), '\uFEFFgrüße\r\n'],
  ['Latin-1', Buffer.from('grüße', 'latin1'), undefined],
  ['UTF-16 with a mark', Buffer.from('\uFEFFa: 1', 'utf16le'), undefined],
  ['UTF-16 without', Buffer.from('a: 1', 'utf16le'), undefined],
  ['binary', Buffer.from([1, 0, 2]), undefined],
  ['a surrogate', Buffer.from([0xed, 0xa0, 0x80]), undefined],
])('%s is decoded, or not', (_, bytes, wanted) => {
  expect(decodeText(bytes)).toBe(wanted);
  if (wanted !== undefined) expect(Buffer.from(wanted)).toEqual(bytes);
});
