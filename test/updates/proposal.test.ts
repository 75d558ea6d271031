import { contentOf, makeProposals, titleOf } from '../../src/updates/proposal.ts';
import { updateOf } from '../support/updates.ts';

const digest = `sha256:${'0123456789ab'.padEnd(64, 'f')}`;

test.each([
  ['a version', [updateOf()], 'billing 1.4.2 → 1.6.0'],
  ['a digest', [updateOf({ from: '1.4', to: { version: '1.4', digest }, type: 'digest' })], 'billing 1.4: new digest 0123456789ab'],
  ['a digest alone', [updateOf({ from: '', to: { version: '', digest }, type: 'digest' })], 'billing: new digest 0123456789ab'],
  [
    'several: the package called like the app',
    [updateOf({ file: 'a.yaml', package: { name: 'x/redis' }, from: '7', to: { version: '8' } }), updateOf({ file: 'b.yaml' })],
    'billing 1.4.2 → 1.6.0',
  ],
  [
    'several: else the first by file',
    [
      updateOf({ file: 'b.yaml', package: { name: 'x/web' } }),
      updateOf({ file: 'a.yaml', package: { name: 'x/api' }, from: '7', to: { version: '8' } }),
    ],
    'billing 7 → 8',
  ],
  [
    'a version before a digest of the same package',
    [updateOf({ file: 'a.yaml', type: 'digest', to: { version: '1.4.2', digest } }), updateOf({ file: 'b.yaml' })],
    'billing 1.4.2 → 1.6.0',
  ],
  ['text from outside', [updateOf({ to: { version: '1.6.0\n\u202e@all #1' } })], 'billing 1.4.2 → 1.6.0 @\u200ball #\u200b1'],
])('titleOf: %s', (_, updates, title) => {
  expect(titleOf('billing', updates)).toBe(title);
});

test('contentOf: what is proposed, not where, nor in which order', () => {
  const redis = updateOf({ package: { name: 'x/redis' } });
  const content = contentOf([updateOf(), redis]);
  expect(content).toMatch(/^[0-9a-f]{16}$/);
  expect(contentOf([redis, updateOf({ file: 'moved.yaml', line: 3, from: '1.4.1' }), updateOf()])).toBe(content);
  expect(contentOf([updateOf({ to: { digest } }), redis])).toBe(content); // a tag that nobody pinned may move
  const others = [
    [updateOf()],
    [updateOf({ to: { version: '1.6.1' } }), redis],
    [updateOf({ to: { digest }, pinned: true }), redis],
    [updateOf({ package: { name: 'y' } }), redis],
  ];
  expect(new Set([content, ...others.map((updates) => contentOf(updates))]).size).toBe(5);
});

test('makeProposals: one per app, by name; updates by file and line', () => {
  const proposals = makeProposals('staging', [
    updateOf({ app: 'web', line: 9 }),
    updateOf({ app: 'api' }),
    updateOf({ app: 'web', line: 3 }),
  ]);
  expect(
    proposals.map(({ app, branch, environment, updates }) => [app, branch, environment, updates.map(({ reference }) => reference.line)]),
  ).toEqual([
    ['api', 'lockkeeper/api', 'staging', [17]],
    ['web', 'lockkeeper/web', 'staging', [3, 9]],
  ]);
  expect(makeProposals('staging', [])).toEqual([]);
});
