/** Values that no honest reply has. */
export const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  2 ** 53,
  0.1,
  '',
  '\0',
  '@all',
  '../..',
  '1.0.0\nx: y',
  'https://other.example/',
  'file:///etc/passwd',
  [],
  {},
  [[]],
  [null],
  { __proto__: null },
  Array(2000).fill('1.0.0'),
  'x'.repeat(3000),
];

/** One value somewhere in it replaced, repeated or left out. */
export function changed(value: unknown, path: readonly number[], replacement: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof value !== 'object' || value === null) return replacement;
  if (Array.isArray(value))
    return value.length === 0
      ? replacement
      : [...value, ...value].map((item: unknown, index) => (index === first % value.length ? changed(item, rest, replacement) : item));
  const keys = Object.keys(value);
  const chosen = keys[first % Math.max(1, keys.length)];
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, key === chosen ? changed(item, rest, replacement) : item]),
  );
}
