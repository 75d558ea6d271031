import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rulePage } from '../../src/validation/report/pages.ts';

const root = resolve(import.meta.dirname, '../..');

/** The names in `rule: '…'`, wherever findings are made. */
function rulesInSources(): string[] {
  const files = ['src/validation', 'src/manifests'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\brule(?:: '| = ')([a-z-]+)'/g)].map(([, rule = '']) => rule)))].sort();
}

test('the page of each rule is there, and has its place in it', () => {
  const rules = rulesInSources();
  expect(rules.length).toBeGreaterThan(30);
  const missing = rules.filter((rule) => {
    const [path = '', anchor] = rulePage(rule, '').split('#');
    const text = readFileSync(join(root, 'docs', `${path.slice(1)}.md`), 'utf8');
    return anchor !== undefined && !text.includes(`<a id="${anchor}"></a>`) && !text.includes(`\n## ${anchor}\n`);
  });
  expect(missing).toEqual([]);
});
