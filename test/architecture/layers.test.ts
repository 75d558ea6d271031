import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const source = resolve(import.meta.dirname, '../../src');

/** Folder → the folders it may import from. What is not listed may import nothing; `main.ts`, `services.ts`, `cli`, `demo` and `serve` join the parts. */
const may: Record<string, readonly string[]> = {
  domain: [],
  manifests: ['domain'],
  markdown: ['domain'],
  config: ['domain'],
  updates: ['domain', 'manifests', 'markdown'],
  plan: ['domain', 'manifests'],
  validation: ['domain', 'manifests', 'markdown', 'plan'],
  deploy: ['domain', 'manifests', 'markdown', 'plan'],
  access: ['domain', 'markdown'],
  journal: ['domain', 'markdown'],
  notifications: ['domain', 'markdown'],
  runtime: ['domain'],
  webhooks: ['domain'],
  dashboard: ['domain', 'manifests'],
  http: ['domain'],
  adapters: ['domain'],
};
const joiners = ['main.ts', 'services.ts', 'cli', 'demo', 'serve'];

/** Arrows that point the wrong way, each as `file -> target`. */
function wrongArrows(files: readonly { readonly path: string; readonly text: string }[]): string[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:from|import\(?)\s*'(\.[^']+)'/g)].flatMap(([, target = '']) => {
      const to = join(dirname(path), target);
      const [fromRoom = '', toRoom = ''] = [path, to].map((place) => place.split('/')[0]);
      const allowed = fromRoom === toRoom || joiners.includes(fromRoom) || (may[fromRoom] ?? []).includes(toRoom);
      return allowed ? [] : [`${path} -> ${to}`];
    }),
  );
}

test('imports point one way', () => {
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(source, path), text: readFileSync(path, 'utf8') }));
  expect(files.length).toBeGreaterThan(5);
  expect(wrongArrows(files)).toEqual([]);
});

test('a wrong arrow is named', () => {
  const text = "import { scan } from '../updates/scan.ts';";
  expect(wrongArrows([{ path: 'domain/version.ts', text }])).toEqual(['domain/version.ts -> updates/scan.ts']);
  expect(wrongArrows([{ path: 'domain/version.ts', text: "import '../updates/scan.ts';" }])).toEqual([
    'domain/version.ts -> updates/scan.ts',
  ]);
  expect(wrongArrows([{ path: 'adapters/slack.ts', text }])).toEqual(['adapters/slack.ts -> updates/scan.ts']);
  expect(wrongArrows([{ path: 'cli/scan.ts', text }])).toEqual([]);
});
