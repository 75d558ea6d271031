import type { Finding } from '../../src/domain/finding.ts';
import { concerns } from '../../src/validation/touched.ts';
import { desired } from '../support/desired.ts';
import { findingOf } from '../support/verdicts.ts';

const config = (name: string, value = '1') => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "${value}"}\n`;
const objects = (files: Readonly<Record<string, string>>) => Object.entries(files).flatMap(([file, text]) => desired(text, file));
const dangling = (line: number): Finding =>
  findingOf({ rule: 'dangling-reference', file: 'same.yaml', line, message: 'needs ConfigMap gone, which is not here' });

const base = { 'same.yaml': config('same'), 'other.yaml': config('other') };
const changed = { ...base, 'other.yaml': config('other', '2') };

test.each<[string, Readonly<Record<string, string>>, readonly Finding[], readonly Finding[], Finding, boolean]>([
  ['a file that was changed', changed, [], [], findingOf({ file: 'other.yaml' }), true],
  ['a file that came', { ...base, 'new.yaml': config('new') }, [], [], findingOf({ file: 'new.yaml' }), true],
  ['a file that is as it was', changed, [], [], findingOf({ file: 'same.yaml' }), false],
  ['what we found there before, elsewhere in the file', changed, [dangling(3)], [dangling(4)], dangling(4), false],
  ['what the change of another file has brought', changed, [], [dangling(3)], dangling(3), true],
  [
    'a document that moved to another file',
    { 'same.yaml': config('same'), 'moved.yaml': config('other') },
    [],
    [],
    findingOf({ file: 'moved.yaml' }),
    true,
  ],
])('%s', (_, head, before, now, finding, expected) => {
  const side = (files: Readonly<Record<string, string>>, own: readonly Finding[]) => ({
    state: { objects: objects(files), findings: [] },
    own,
  });
  expect(concerns(side(base, before), side(head, now))(finding)).toBe(expected);
});

test('a file that could not be read before either is not their business, one that they broke is', () => {
  const broken = findingOf({ rule: 'yaml', file: 'broken.yaml', message: 'is no YAML' });
  const side = (findings: readonly Finding[]) => ({ state: { objects: [], findings }, own: [] });
  expect(concerns(side([broken]), side([broken]))(broken)).toBe(false);
  expect(concerns(side([]), side([broken]))(broken)).toBe(true);
});
