import type { Reference } from '../../../src/domain/reference.ts';
import type { RepositoryAt } from '../../../src/updates/read-environment.ts';
import { findReferences } from '../../../src/updates/references/find.ts';
import { isMove, ownReferences, stoodThen } from '../../../src/updates/rollback/standing.ts';

const path = 'manifests/billing.yaml';
const image = (...tags: readonly string[]): string =>
  `kind: Pod\nmetadata: { name: billing }\nspec:\n  containers:\n${tags.map((tag, at) => `    - { name: c${at}, image: "registry.example.com/payments/billing${tag}" }\n`).join('')}`;

function at(text: string): RepositoryAt {
  const file = { path, text };
  return { references: findReferences(file).references as readonly Reference[], warnings: [], apps: {}, files: new Map([[path, file]]) };
}

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

test.each<[string, string, string | undefined, readonly (readonly [from: string, to: string, digest?: string])[]]>([
  ['another version', image(':1.6.0'), image(':1.4.2'), [['1.6.0', '1.4.2']]],
  ['the same version', image(':1.6.0'), image(':1.6.0'), []],
  ['no such file', image(':1.6.0'), undefined, []],
  ['a file without it', image(':1.6.0'), 'a: 1\n', []],
  ['a file that cannot be read', image(':1.6.0'), 'a: [\n', []],
  [
    'two, each its own',
    image(':1.6.0', ':1.5.0'),
    image(':1.4.2', ':1.4.1'),
    [
      ['1.6.0', '1.4.2'],
      ['1.5.0', '1.4.1'],
    ],
  ],
  [
    'one that became two',
    image(':1.6.0', ':1.6.0'),
    image(':1.4.2'),
    [
      ['1.6.0', '1.4.2'],
      ['1.6.0', '1.4.2'],
    ],
  ],
  [
    'two of one version that became three',
    image(':2.0', ':2.1', ':2.2'),
    image(':1.0', ':1.0'),
    [
      ['2.0', '1.0'],
      ['2.1', '1.0'],
      ['2.2', '1.0'],
    ],
  ],
  ['two that cannot be told apart', image(':2.0'), image(':1.0', ':1.1'), []],
  ['a digest with its version', image(`:1.6.0@${digest('b')}`), image(`:1.4.2@${digest('a')}`), [['1.6.0', '1.4.2', digest('a')]]],
  ['a digest alone', image(`:1.6@${digest('b')}`), image(`:1.6@${digest('a')}`), [['1.6', '1.6', digest('a')]]],
  ['a pin that was not there then', image(`:1.6.0@${digest('b')}`), image(':1.6.0'), []],
  ['a version from before it was pinned', image(`:1.6.0@${digest('b')}`), image(':1.4.2'), [['1.6.0', '1.4.2']]],
  ['a version from before the pin was taken off', image(':1.6.0'), image(`:1.4.2@${digest('a')}`), [['1.6.0', '1.4.2', digest('a')]]],
])('%s', (_, now, then, expected) => {
  const moves = stoodThen(ownReferences(at(now), 'billing'), path, then).filter(isMove);
  expect(moves.map(({ reference, to }) => [reference.version, to.version, ...(to.digest === undefined ? [] : [to.digest])])).toEqual(
    expected,
  );
});

test('what cannot be edited is no own reference', () => {
  expect(ownReferences(at(image(':${TAG}')), 'billing')).toEqual([]);
  expect(ownReferences(at(image(':1.6.0')), 'other')).toEqual([]);
});

const bundle = (version: string, sum: string) =>
  `manifests:\n  - url: https://nexus.example.com/repository/manifests/web/web-${version}.tar.gz\n    sha256: ${sum.repeat(64)}\n`;

test('the checksum of a bundle as it stood then', () => {
  const file = { path: 'environment.yml', text: bundle('2.0.0', 'b') };
  const [own] = ownReferences(
    { references: findReferences(file).references as readonly Reference[], warnings: [], apps: {}, files: new Map([[file.path, file]]) },
    'web',
  );
  if (own === undefined) throw new Error('no reference');
  expect(stoodThen([own], file.path, bundle('1.0.0', 'a'))).toMatchObject([{ to: { version: '1.0.0', sha256: 'a'.repeat(64) } }]);
});
