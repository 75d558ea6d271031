import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

test('docs/dependencies.md gives the reason for every dependency, and for no other', () => {
  const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as Record<'dependencies' | 'devDependencies', object>;
  const listed = [...readFileSync(resolve(root, 'docs/dependencies.md'), 'utf8').matchAll(/^\| `([^`]+)` \| \S/gm)].map(([, name]) => name);
  expect(listed.toSorted((a = '', b = '') => a.localeCompare(b))).toEqual(
    [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)].toSorted((a, b) => a.localeCompare(b)),
  );
});
