import { chooseRange, chooseTags, commitIn, searchText, spellings } from '../../../src/updates/changelog/range.ts';
import { sha } from '../../support/source-forge.ts';

const tag = (name: string, number = 1) => ({ name, commit: sha(number) });

test.each([
  ['1.2.3', ['1.2.3']],
  ['v1.2.3', ['1.2.3']],
  ['1.2.3-alpine', ['1.2.3-alpine', '1.2.3']],
  ['1.2.3-alpine3.20', ['1.2.3-alpine3.20', '1.2.3']],
  ['1.2.3-rc.1', ['1.2.3-rc.1']],
  ['1.2.3-rc1-alpine', ['1.2.3-rc1-alpine', '1.2.3-rc1']],
  ['1.2.3_5', ['1.2.3_5', '1.2.3+5', '1.2.3']],
  ['2026.11', ['2026.11']],
  ['latest', ['latest']],
])('spellings of %s', (version, expected) => {
  expect(spellings(version)).toEqual(expected);
});

test.each([
  ['v1.2.3-alpine', '1.2.3'],
  ['7', '7'],
  ['latest', ''],
])('%s is searched as %j', (version, text) => {
  expect(searchText(version)).toBe(text);
});

test.each([
  ['3f2a9c1', '3f2a9c1'],
  ['sha-3f2a9c1', '3f2a9c1'],
  ['1234567', undefined],
  ['1.2.3', undefined],
])('the commit in %s', (version, expected) => {
  expect(commitIn(version)).toBe(expected);
});

describe('chooseTags', () => {
  test.each<[string, string[], [string | undefined, string | undefined]]>([
    ['with v', ['v1.4.2', 'v1.6.0', 'v1.6.0-rc.1'], ['v1.4.2', 'v1.6.0']],
    ['bare', ['1.4.2', '1.6.0'], ['1.4.2', '1.6.0']],
    ['app-', ['billing-1.4.2', 'billing-1.6.0', 'v1.4.2', 'v1.6.0'], ['billing-1.4.2', 'billing-1.6.0']],
    ['app-v', ['billing-v1.4.2', 'billing-v1.6.0'], ['billing-v1.4.2', 'billing-v1.6.0']],
    ['app/', ['billing/1.4.2', 'billing/1.6.0'], ['billing/1.4.2', 'billing/1.6.0']],
    ['app/v', ['web/v1.4.2', 'billing/v1.4.2', 'billing/v1.6.0'], ['billing/v1.4.2', 'billing/v1.6.0']],
    ['app@', ['billing@1.4.2', 'billing@1.6.0'], ['billing@1.4.2', 'billing@1.6.0']],
    ['another app’s tags do not count', ['web-1.4.2', 'web-1.6.0'], [undefined, undefined]],
    ['one way of writing for both, where there is one', ['billing-1.6.0', 'v1.4.2', 'v1.6.0'], ['v1.4.2', 'v1.6.0']],
    ['a change of style in between', ['1.4.2', 'v1.6.0'], ['1.4.2', 'v1.6.0']],
    ['only one', ['v1.6.0'], [undefined, 'v1.6.0']],
  ])('%s', (_, names, expected) => {
    const { from, to } = chooseTags(
      ['billing'],
      '1.4.2-alpine',
      '1.6.0-alpine',
      names.map((name) => tag(name)),
    );
    expect([from?.name, to?.name]).toEqual(expected);
  });
});

describe('chooseRange', () => {
  const old = { version: '1.4.2' };
  const now = { version: '1.6.0' };
  const brief = ({ ranges, problems, inherited }: ReturnType<typeof chooseRange>) => [
    ranges.map(({ from, to }) => `${from.slice(0, 6)}..${to.slice(0, 6)}`),
    problems.length,
    inherited,
  ];

  test.each<[string, Parameters<typeof chooseRange>, unknown]>([
    [
      'tags',
      [
        { ...old, tag: tag('v1.4.2') },
        { ...now, tag: tag('v1.6.0', 9) },
      ],
      [['v1.4.2..v1.6.0'], 0, false],
    ],
    [
      'tags that the labels confirm',
      [
        { ...old, tag: tag('v1.4.2'), revision: sha(1) },
        { ...now, tag: tag('v1.6.0', 9), revision: sha(9).slice(0, 9) },
      ],
      [['v1.4.2..v1.6.0'], 0, false],
    ],
    [
      'labels that say otherwise come first, and it is said',
      [
        { ...old, tag: tag('v1.4.2'), revision: sha(1) },
        { ...now, tag: tag('v1.6.0', 9), revision: sha(8) },
      ],
      [['aaaaa1..aaaaa8', 'v1.4.2..v1.6.0'], 1, false],
    ],
    [
      'only labels',
      [
        { ...old, revision: sha(1) },
        { ...now, revision: sha(9) },
      ],
      [['aaaaa1..aaaaa9'], 0, false],
    ],
    [
      'one tag and one label',
      [
        { ...old, tag: tag('v1.4.2') },
        { ...now, revision: sha(9) },
      ],
      [['v1.4.2..aaaaa9'], 0, false],
    ],
    [
      'the same label on two versions',
      [
        { ...old, revision: sha(1) },
        { ...now, revision: sha(1) },
      ],
      [[], 1, true],
    ],
    ['nothing', [old, now], [[], 1, false]],
    [
      'a digest: only labels',
      [
        { ...old, tag: tag('v1.4.2'), revision: sha(1) },
        { ...old, tag: tag('v1.4.2'), revision: sha(2) },
      ],
      [['aaaaa1..aaaaa2'], 0, false],
    ],
    [
      'a digest built from the same commit',
      [
        { ...old, revision: sha(1) },
        { ...old, revision: sha(1) },
      ],
      [[], 1, false],
    ],
    [
      'a digest without labels',
      [
        { ...old, tag: tag('v1.4.2') },
        { ...old, tag: tag('v1.4.2') },
      ],
      [[], 1, false],
    ],
  ])('%s', (_, ends, expected) => {
    expect(brief(chooseRange(...ends))).toEqual(expected);
  });
});
