import type { ArchiveItem } from '../../../src/manifests/archive.ts';
import { changesTo, readTree } from '../../../src/updates/rollback/tree.ts';

async function* items(files: Readonly<Record<string, string>>, more: readonly ArchiveItem[] = []): AsyncGenerator<ArchiveItem> {
  for (const [path, text] of Object.entries(files)) yield await Promise.resolve({ path, bytes: Buffer.from(text) });
  for (const item of more) yield item;
}

const tree = (files: Readonly<Record<string, string>>, more?: readonly ArchiveItem[]) => readTree(items(files, more), 'local:staging');

async function changes(then: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>) {
  try {
    const { files, removed } = changesTo(await tree(then), await tree(now), 'local:staging');
    return {
      ...Object.fromEntries(files.map(({ path, content, isNew }) => [`${isNew === true ? '+' : ''}${path}`, String(content)])),
      removed,
    };
  } catch (error) {
    return (error as Error).message;
  }
}

const environment = (manifests: string, more = ''): Record<string, string> => ({
  'environment.yml': `name: staging\nmanifests: ${manifests}\n${more}`,
});
const byHand = 'local:staging: the list manifests of environment.yml cannot be put back by itself: go back by hand';

test.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>, unknown]>([
  ['nothing', { 'a.yaml': '1' }, { 'a.yaml': '1' }, { removed: [] }],
  [
    'changed, new and gone',
    { 'a.yaml': '1', 'b.json': '{}' },
    { 'a.yaml': '2', 'c.yml': '3' },
    { 'a.yaml': '1', '+b.json': '{}', removed: ['c.yml'] },
  ],
  [
    'grants and other tools’ files stay',
    { 'access/a/b.yml': '1', '.gitlab-ci.yml': '1', 'a.yaml': '1' },
    { 'access/a/c.yml': '2', '.gitlab-ci.yml': '2', 'a.yaml': '2' },
    { 'a.yaml': '1', removed: [] },
  ],
  [
    'grants stay where environment.yml names their folder',
    { ...environment('[access/, a.yaml]'), 'access/a/b.yml': '1', 'a.yaml': '1' },
    { ...environment('[access/, a.yaml]'), 'access/a/c.yml': '2', 'a.yaml': '2' },
    { 'a.yaml': '1', removed: [] },
  ],
  [
    'what environment.yml does not name stays',
    { ...environment('[m/]'), 'm/a.yaml': '1', 'values.yaml': '1' },
    { ...environment('[m/]'), 'm/a.yaml': '2', 'values.yaml': '2' },
    { 'm/a.yaml': '1', removed: [] },
  ],
  [
    'of environment.yml its manifests alone',
    { ...environment('[m/, "https://nexus.example.com/web-1.0.0.tar.gz"] # two', 'prune: { protect: [] }\n'), 'm/a.yaml': '1' },
    { ...environment('\n  - m/\n  - n/\n', 'prune:\n  protect: [Namespace] # never\n'), 'm/a.yaml': '1', 'n/b.yaml': '1' },
    {
      'environment.yml':
        'name: staging\nmanifests: [m/, "https://nexus.example.com/web-1.0.0.tar.gz"] # two\nprune:\n  protect: [Namespace] # never\n',
      removed: ['n/b.yaml'],
    },
  ],
  [
    'a last key without a line end',
    { 'environment.yml': 'manifests: [m/]', 'm/a.yaml': '1' },
    { 'environment.yml': 'manifests: [m/, n/]\nname: staging\n', 'm/a.yaml': '1' },
    { 'environment.yml': 'manifests: [m/]\nname: staging\n', removed: [] },
  ],
  [
    'written as one line',
    { 'environment.yml': '{ manifests: [m/] }', 'm/a.yaml': '1' },
    { 'environment.yml': '{ manifests: [n/] }' },
    byHand,
  ],
  [
    'an anchor that is not there now',
    { 'environment.yml': 'name: &x m/\nmanifests: [*x]\n', 'm/a.yaml': '1' },
    { 'environment.yml': 'name: m/\nmanifests: [n/]\n' },
    byHand,
  ],
  [
    'environment.yml came since',
    { 'a.yaml': '1' },
    environment('[m/]'),
    'local:staging: environment.yml is not in both commits: go back by hand',
  ],
  ['nothing was wanted then', {}, { 'a.yaml': '1' }, 'local:staging: nothing was wanted at that commit: it is nothing to go back to'],
])('%s', async (_, then, now, expected) => {
  expect(await changes(then, now)).toEqual(expected);
});

test.each<[string, readonly ArchiveItem[], string | undefined]>([
  ['a link that counts', [{ file: 'm/link.yaml', message: 'is a link' }], 'local:staging: m/link.yaml is a link: go back by hand'],
  ['a link elsewhere', [{ file: 'docs/link.yaml', message: 'is a link' }], undefined],
  ['more than is told', [{ file: '.', message: '3 more warnings' }], 'local:staging: . 3 more warnings: go back by hand'],
  [
    'bytes that an attribute altered',
    [{ path: 'm/b.yaml', bytes: Buffer.from(''), altered: 'has export-subst' }],
    'local:staging: m/b.yaml has export-subst: go back by hand',
  ],
])('%s', async (_, more, problem) => {
  const read = tree({ ...environment('[m/]'), 'm/a.yaml': '1' }, more);
  if (problem === undefined) expect((await read).manifests.size).toBe(1);
  else await expect(read).rejects.toThrow(problem);
});

test('an environment.yml with a mistake is none to go back to', async () => {
  await expect(tree({ 'environment.yml': 'manifest: [m/]\n' })).rejects.toThrow('go back by hand');
});
