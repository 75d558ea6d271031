import { compare, valid } from 'semver';
import { changelogBetween, notesBetween } from '../../../src/updates/changelog/notes.ts';

const between = {
  from: '1.4.2-alpine',
  to: '1.6.0-alpine',
  compare: (a: string, b: string) => (valid(a) === null || valid(b) === null ? undefined : compare(a, b)),
};
const note = (tag: string, text = `notes of ${tag}`) => ({ tag, title: tag, text, url: `https://x.example/${tag}` });

test('release notes: from excluded, to included, newest first, of this app only', () => {
  const notes = ['v1.4.2', 'v1.5.0', 'v1.6.0', 'v1.6.0-rc.1', 'v1.7.0', 'web-v1.5.1', 'nightly'].map((tag) => note(tag));
  expect(notesBetween([...notes, note('v1.5.1', ' ')], 'v', between).map(({ version }) => version)).toEqual([
    '1.6.0',
    '1.6.0-rc.1',
    '1.5.0',
  ]);
  expect(notesBetween(notes, 'web-v', between).map(({ version }) => version)).toEqual(['1.5.1']);
});

test.each<[string, string]>([
  [
    'Keep a Changelog',
    '# Changelog\n\n## [Unreleased]\n- u\n\n## [1.6.0] - 2026-11-17\n### Added\n- six\n\n## [1.5.0] - 2026-10-01\n- five\n\n## [1.4.2] - 2026-09-01\n- four\n\n[1.6.0]: https://x.example',
  ],
  [
    'conventional-changelog',
    '# [1.6.0](https://x.example/compare) (2026-11-17)\n- six\n\n## [1.5.0](https://x.example) (2026-10-01)\n- five\n## 1.4.2 (2026)\n- four',
  ],
  ['with v', '## v1.6.0\r\n- six\r\n\r\n### Upgrading to 2.0\r\n\r\n## v1.5.0 — October\r\n- five\r\n## v1.4.2\r\n- four'],
  ['bare', '# 1.6.0\n- six\n# 1.5.0\n- five\n# 1.4.2\n- four\n'],
  ['setext', '1.6.0\n=====\n- six\n\n1.5.0 / 2026-10-01\n-----\n- five\n\n1.4.2\n-----\n- four\n'],
  ['with a code name', '## 1.6.0 "Heron"\n- six\n## 1.5.0 “Ibis”\n- five\n## 1.4.2 "Jay"\n- four'],
  ['with the name', '## billing 1.6.0\n- six\n## billing@1.5.0\n- five\n## billing-1.4.2\n- four'],
])('CHANGELOG.md: %s', (_, file) => {
  const found = changelogBetween(file, between);
  expect(found.map(({ version }) => version)).toEqual(['1.6.0', '1.5.0']);
  expect(found[0]?.text).toContain('- six');
  expect(found[1]?.text).toContain('- five');
  expect(found.map(({ text }) => text).join('\n')).not.toContain('four');
});

test('a hostile file is no trouble', () => {
  for (const piece of ['## ', '# 1.2.3', '# 1.', '#'.repeat(5), '# [', '# a ', '=\n'])
    expect(changelogBetween(piece.repeat(500_000 / piece.length), between)).toEqual([]);
});
