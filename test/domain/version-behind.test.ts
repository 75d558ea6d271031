import { behind, compareBehind, isBehind } from '../../src/domain/version-behind.ts';

test.each<[version: string, newest: string | undefined, text: string]>([
  ['1.4.2', '1.4.2', 'current'],
  ['1.4.2', '1.4.5', '3 patch behind'],
  ['1.4.2', '1.6.0', '2 minor behind'],
  ['1.4.2', '2.0.0', '1 major behind'],
  ['v1.4.2', 'v1.5.0', '1 minor behind'],
  ['0.3.0', '0.5.1', '2 minor behind'],
  ['1.4.2-alpine3.19', '1.5.0-alpine3.19', '1 minor behind'],
  ['8u402', '8u412', '10 minor behind'],
  ['17', '19', '2 major behind'],
  ['1.2.3.4', '1.2.3.6', '2 patch behind'],
  ['1.5.0-rc.1', '1.5.0', 'newer is out'],
  ['1.5.0-rc.1', '1.5.0-rc.2', 'newer is out'],
  ['1.5.0', '1.4.0', 'current'],
  ['1.4.2', undefined, 'newest unknown'],
  ['latest', '1.5.0', 'newer is out'],
  ['main', 'main', 'current'],
  ['', '1.5.0', 'newer is out'],
  ['2024-01-15', '2024-01-16', '1 day behind'],
  ['20240115', '20240301', '46 days behind'],
  ['2024.1.3', '2024.2.0', 'newer is out'],
  ['24.04', '24.10', 'newer is out'],
  ['1.99999999999999999999', '1.100000000000000000005', 'newer is out'],
  ['<script>', '1.0.0', 'newer is out'],
])('%s is, with %s as the newest: %s', (version, newest, text) => {
  expect(behind(version, newest).text).toBe(text);
});

test('who is behind furthest', () => {
  const all = [undefined, '1.4.2', '1.4.3', '1.4.9', '1.5.0', '1.7.0', '2.0.0', '4.0.0'].map((newest) => behind('1.4.2', newest));
  expect(all.toSorted(compareBehind)).toEqual(all);
  expect(all.map(isBehind)).toEqual([false, false, true, true, true, true, true, true]);
  expect(isBehind(behind('latest', '1.0.0'))).toBe(true);
});
