import { warningsIn } from '../../../src/adapters/cluster/warnings.ts';

test.each<[string, string | string[] | undefined, string[]]>([
  ['no header', undefined, []],
  ['one', '299 - "unknown field \\"spec.replica\\""', ['unknown field "spec.replica"']],
  ['several headers', ['299 - "one"', '299 - "two"'], ['one', 'two']],
  ['several in a header', '299 - "one, and more", 299 agent "two"', ['one, and more', 'two']],
  ['with a date', '299 - "old" "Sat, 25 Aug 2012 23:34:45 GMT", 299 - "new"', ['old', 'new']],
  ['a backslash', '299 - "a \\\\ b"', ['a \\ b']],
  ['no warning', 'hello', []],
])('%s', (_, headers, expected) => {
  expect(warningsIn(headers)).toEqual(expected);
});
