import { fitDescription } from '../../../src/adapters/forges/description.ts';

test.each([
  ['', 5, ''],
  ['short', 5, 'short'],
  ['two\n lines ', 20, 'two lines'],
  ['longer', 5, 'long…'],
  ['one two', 5, 'one…'],
  ['abc😀d', 5, 'abc…'],
  ['abc😀d', 6, 'abc😀d'],
])('%j in %d characters is %j', (text, limit, expected) => {
  expect(fitDescription(text, limit)).toBe(expected);
});
