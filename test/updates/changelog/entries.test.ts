import { readMessage } from '../../../src/updates/changelog/conventional.ts';
import { makeEntries } from '../../../src/updates/changelog/entries.ts';
import { commit, mergedRequest } from '../../support/source-forge.ts';

const told = (...args: Parameters<typeof makeEntries>): string[] =>
  makeEntries(...args).flatMap(({ title, entries }) =>
    entries.map(({ scope, text, name, breakingText }) =>
      [title, scope ?? '-', text, name.slice(0, 8), ...(breakingText === undefined ? [] : [breakingText])].join(' | '),
    ),
  );

describe('readMessage', () => {
  test.each([
    ['feat(api)!: page invoices', { type: 'feat', scope: 'api', subject: 'page invoices', breaking: true }],
    ['Fix: round half cents', { type: 'fix', subject: 'round half cents', breaking: false }],
    [
      'feat: x\n\nBREAKING CHANGE: clients must\nfollow `next`\n\nSigned-off-by: A <a@b.c>',
      { breaking: true, breakingText: 'clients must\nfollow `next`' },
    ],
    ['Add paging', { subject: 'Add paging', breaking: false }],
    ['http://x: y', { subject: 'http://x: y' }],
    ['Revert "feat: x"\n\nThis reverts commit 1234567890.', { reverts: '1234567890', revertedHeader: 'feat: x' }],
    ['', { header: '', subject: '' }],
    ['feat: x\n\n-notes-\nhello', { type: 'feat' }],
  ])('%j', (text, expected) => {
    expect(readMessage(text)).toMatchObject(expected);
  });

  test('a hostile message is no trouble', () => {
    for (const piece of ['BREAKING CHANGE: x\n', 'closes ', '#1 ', 'a(', '\n', '-a-\n', 'Revert "'])
      expect(readMessage(piece.repeat(100_000 / piece.length)).header.length).toBeLessThan(10_000);
  });
});

describe('makeEntries', () => {
  test('commits, grouped; breaking first; merges and releases left out; bumps and chores apart', () => {
    const commits = [
      commit(9, 'chore(release): 1.6.0'),
      commit(8, 'Merge branch "x" into main'),
      commit(7, 'chore(deps): bump undici from 7 to 8'),
      commit(6, 'docs: explain'),
      commit(5, 'perf: cache'),
      commit(4, 'fix: round'),
      commit(3, 'Add a thing'),
      commit(2, 'feat: retry'),
      commit(1, 'refactor!: drop v1\n\nBREAKING CHANGE: use v2'),
    ];
    expect(told(commits, [], '!')).toEqual([
      'Breaking | - | drop v1 | aaaaa100 | use v2',
      'Features | - | retry | aaaaa200',
      'Fixes | - | round | aaaaa400',
      'Performance | - | cache | aaaaa500',
      'Changes | - | Add a thing | aaaaa300',
      'Dependencies | deps | bump undici from 7 to 8 | aaaaa700',
      'Chores | - | explain | aaaaa600',
    ]);
  });

  test('a merge request stands for its commits; one merged elsewhere does not count', () => {
    const commits = [
      commit(5, "Merge branch 'retry' into 'main'\n\nfeat: retry\n\nSee merge request payments/billing!228"),
      commit(4, 'wip'),
      commit(3, 'feat: first try'),
      commit(2, 'fix: round (!226)\n\nbody'),
    ];
    const merged = [
      mergedRequest(228, 'feat(webhooks): retry', [5, 4]),
      mergedRequest(226, 'fix: round', []),
      mergedRequest(200, 'feat: long ago', [99]),
    ];
    expect(told(commits, merged, '!')).toEqual([
      'Features | webhooks | retry | !228',
      'Fixes | - | round | !226',
      'Chores | - | first try | aaaaa300',
    ]);
  });

  test('labels help where the title says nothing; a breaking footer of a commit counts for its merge request', () => {
    const merged = [
      mergedRequest(1, 'Retry webhooks', [1], { labels: ['type::feature'] }),
      mergedRequest(2, 'Round', [2], { labels: ['Kind/Bug'] }),
      mergedRequest(3, 'Page invoices', [3]),
      mergedRequest(4, 'Drop it', [4], { labels: ['breaking change'] }),
      mergedRequest(5, 'Update dependency express to v5', [5], { author: 'renovate[bot]' }),
      mergedRequest(6, 'Close a hole', [6], { labels: ['security'] }),
    ];
    const commits = [1, 2, 3, 4, 5, 6].map((number) =>
      commit(number, number === 3 ? 'feat: page\n\nBREAKING CHANGE: follow next' : `Commit ${number}`),
    );
    expect(told(commits, merged, '#')).toEqual([
      'Breaking | - | Page invoices | #3 | follow next',
      'Breaking | - | Drop it | #4',
      'Security | - | Close a hole | #6',
      'Features | - | Retry webhooks | #1',
      'Fixes | - | Round | #2',
      'Dependencies | - | Update dependency express to v5 | #5',
    ]);
  });

  test('what was taken back within the range cancels out; what was done before it is a revert', () => {
    const first = commit(1, 'feat: x');
    const commits = [
      commit(5, 'Revert "feat: before"\n\nThis reverts commit ffffffffffffffff.'),
      commit(4, 'Revert "fix: y"'),
      commit(3, 'fix: y'),
      commit(2, `Revert "feat: x"\n\nThis reverts commit ${first.sha}.`),
      first,
    ];
    expect(told(commits, [], '!')).toEqual(['Reverts | - | Revert "feat: before" | aaaaa500']);
  });

  test.each([
    'v1.2.3',
    '1.2.3',
    'Release 1.2.3',
    'chore: release v1.2.3',
    'chore(main): release billing 1.2.3 (#12)',
    'chore(release): 1.2.3 [skip ci]',
    'Bump version to 1.2.3',
    '[maven-release-plugin] prepare release x',
  ])('%s is dropped', (message) => {
    expect(makeEntries([commit(1, message)], [], '!')).toEqual([]);
  });
});
