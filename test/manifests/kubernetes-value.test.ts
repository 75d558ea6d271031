import { jsonOf, kubernetesValue, NoValue } from '../../src/manifests/kubernetes-value.ts';
import { parseYaml } from '../../src/manifests/yaml-nodes.ts';

function read(text: string): unknown {
  const [root] = parseYaml(text).documents;
  if (root === undefined) throw new Error(`nothing in ${text}`);
  return kubernetesValue(root);
}

/** Each right side is what sigs.k8s.io/yaml v1.6.0 (of Kubernetes 1.36) makes of the left one. */
test.each<[string, unknown]>([
  ['yes', true],
  ['Y', true],
  ['on', true],
  ['TRUE', true],
  ['No', false],
  ['n', false],
  ['OFF', false],
  ['tRUE', 'tRUE'],
  ['~', null],
  ['', null],
  ['Null', null],
  ['0777', 511],
  ['0o777', 511],
  ['0b11', 3],
  ['-0b11', -3],
  ['0x1F', 31],
  ['1_000', 1000],
  ['+5', 5],
  ['08', 8],
  ['0o8', '0o8'],
  ['1:30', '1:30'],
  ['2001-01-01', '2001-01-01'],
  ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
  ['1e3', 1000],
  ['1.50', 1.5],
  ['1.', 1],
  ['.5', 0.5],
  ['.1_5', 0.15],
  ['1.2.3', '1.2.3'],
  ['1e400', '1e400'],
  ['9007199254740993', 9007199254740993n],
  ['-9223372036854775808', -9223372036854775808n],
  ['18446744073709551615', 18446744073709551615n],
  ['18446744073709551616', 18446744073709552000],
  ['"yes"', 'yes'],
  ["'0777'", '0777'],
  ['!!str 1', '1'],
  ['!!int "0x10"', 16],
  ['!!float "1"', 1],
  ['!!binary aGVsbG8=', 'hello'],
  ['!other 1', '1'],
  ['|\n  yes\n', 'yes\n'],
  ['<<', '<<'],
])('Kubernetes reads `a: %s` as %p', (written, value) => {
  expect(read(`a: ${written}\n`)).toEqual({ a: value });
});

test.each<[string, unknown]>([
  ['80: a\nyes: b\n1.5: c\n0x10: d\n', { 80: 'a', true: 'b', 1.5: 'c', 16: 'd' }],
  ['x: &x {a: 1, b: 2}\nw: {a: 3, <<: *x}\n', { x: { a: 1, b: 2 }, w: { a: 1, b: 2 } }],
  ['x: &x {a: 1, b: 2}\nw: {<<: *x, a: 3}\n', { x: { a: 1, b: 2 }, w: { a: 3, b: 2 } }],
  ['x: &x {a: 1}\nz: &z {a: 2, c: 3}\nw: {<<: [*x, *z]}\n', { x: { a: 1 }, z: { a: 2, c: 3 }, w: { a: 1, c: 3 } }],
  ['w: {"<<": {a: 1}}\n', { w: { '<<': { a: 1 } } }],
  ['a: 1\na: 2\n', { a: 2 }],
])('keys, merges and equal keys: %j', (text, value) => {
  expect(read(text)).toEqual(value);
});

test('a key named __proto__ is a key', () => {
  expect(Object.keys(read('__proto__: {a: 1}\n') as object)).toEqual(['__proto__']);
});

test.each([
  ['x: &x [*x]\n', 'holds itself'],
  ['? [a]\n: 1\n', 'the key of a field is a text'],
  ['~: 1\n', 'the key of a field is a text'],
  ['a: {{ .x }}\n', 'the key of a field is a text'],
  ['<<: 1\n', '<< merges mappings'],
])('%j has no value', (text, message) => {
  expect(() => read(text)).toThrow(NoValue);
  expect(() => read(text)).toThrow(message);
});

test('a bomb of aliases and a tower of them are refused', () => {
  const wide = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 9 }, () => `*a${i}`).join(', ')}]\n`);
  expect(() => read(`a0: &a0 [x]\n${wide.join('')}`)).toThrow('aliases multiply it');
  const high = Array.from({ length: 5000 }, (_, i) => `a${i + 1}: &a${i + 1} {k: *a${i}}\n`);
  expect(() => read(`a0: &a0 {k: 1}\n${high.join('')}`)).toThrow('aliases multiply it');
});

test('JSON keeps every digit', () => {
  expect(jsonOf(read('a: 18446744073709551615\nb: [1, x]\n'))).toBe('{"a":18446744073709551615,"b":[1,"x"]}');
});
