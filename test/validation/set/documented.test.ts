import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const sources = readdirSync(join(root, 'src/validation/set'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

test('every rule has its heading, which comments on merge requests lead to', () => {
  const text = sources.map((name) => readFileSync(join(root, 'src/validation/set', name), 'utf8')).join('\n');
  const rules = [...text.matchAll(/\brule(?:: | = )'([\w-]+)'|'([\w-]+-clash)'/g)].map(([, one, other]) => one ?? other);
  const page = readFileSync(join(root, 'docs/validation-rules.md'), 'utf8');
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(new Set(headings)).toEqual(new Set(rules));
});
