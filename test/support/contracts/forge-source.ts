import { RefusedError } from '../../../src/domain/errors.ts';
import { branchHead, git, gitText } from '../git-repository.ts';
import type { ForgeFixture } from './forge-fixture.ts';

const path = 'payments/billing';

export function sourceForgeContract(fixture: () => ForgeFixture): void {
  describe('an app’s own repository', () => {
    let first: string;
    let second: string;
    let third: string;

    beforeEach(async () => {
      const { createRepository, pushAsPerson, directory, tag } = fixture();
      await createRepository(path, { 'CHANGELOG.md': '# 1.0.0\nå first\n' });
      first = (await branchHead(directory(path), 'main')) ?? '';
      await tag(path, 'v1.0.0', first);
      second = await pushAsPerson(path, 'main', { a: '1' }, 'feat(api): pages\n\nBREAKING CHANGE: follow next\n');
      third = await pushAsPerson(path, 'main', { a: '2' }, 'fix: round half cents (#12)');
      await tag(path, 'v1.1.0', third);
      await tag(path, 'other/v9', second);
    });

    test('exists, or does not', async () => {
      expect(await fixture().forge.exists(path)).toBe(true);
      expect(await fixture().forge.exists('payments/nowhere')).toBe(false);
    });

    test('tags whose name contains a text, with the commits they stand for', async () => {
      const { forge, directory } = fixture();
      await gitText(directory(path), ['tag', '-a', '-m', 'annotated', 'v2.0.0', second], {
        env: { GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' },
      });
      const tags = async (text: string) => Object.fromEntries((await forge.tags(path, text)).map(({ name, commit }) => [name, commit]));
      expect(await tags('1.1.0')).toEqual({ 'v1.1.0': third });
      expect(await tags('v')).toEqual({ 'v1.0.0': first, 'v1.1.0': third, 'v2.0.0': second, 'other/v9': second });
      expect(await tags('7.7')).toEqual({});
    });

    test('a hundred and fifty tags are all there', async () => {
      const { forge, directory } = fixture();
      const input = Array.from({ length: 150 }, (_, index) => `create refs/tags/app-1.2.${index} ${second}\n`).join('');
      await git(directory(path), ['update-ref', '--stdin'], { input });
      expect(await forge.tags(path, 'app-1.2.')).toHaveLength(150);
    });

    test('a tag is made on the head of the default branch; one that is there stays where it is', async () => {
      const { forge } = fixture();
      await forge.createTag(path, 'lockkeeper-journal/7-abc');
      await forge.createTag(path, 'lockkeeper-journal/7-abc');
      await forge.createTag(path, 'v1.0.0');
      expect(await forge.tags(path, 'lockkeeper-journal/')).toEqual([{ name: 'lockkeeper-journal/7-abc', commit: third }]);
      expect(await forge.tags(path, 'v1.0.0')).toEqual([{ name: 'v1.0.0', commit: first }]);
      await expect(forge.createTag(path, 'not a name')).rejects.toBeInstanceOf(RefusedError);
      await expect(forge.createTag('payments/nowhere', 'v3')).rejects.toBeInstanceOf(RefusedError);
    });

    test.each([
      ['tags', () => ['v1.0.0', 'v1.1.0']],
      ['commits', () => [first, third]],
    ])('history between two %s, newest first', async (_, revisions) => {
      const [from = '', to = ''] = revisions();
      const history = await fixture().forge.history(path, from, to);
      expect(history?.commits.map(({ sha, message, author }) => [sha, message.trim(), author])).toEqual([
        [third, 'fix: round half cents (#12)', 'Ada Lovelace'],
        [second, 'feat(api): pages\n\nBREAKING CHANGE: follow next', 'Ada Lovelace'],
      ]);
      expect(history?.truncated).toBe(false);
      expect(history?.commits[0]?.url).toContain(third);
      expect(Number.isNaN(Date.parse(history?.commits[0]?.date ?? ''))).toBe(false);
    });

    test('history of nothing is empty, and so is that of going back', async () => {
      expect((await fixture().forge.history(path, 'v1.1.0', 'v1.1.0'))?.commits).toEqual([]);
      expect((await fixture().forge.history(path, 'v1.1.0', 'v1.0.0'))?.commits).toEqual([]);
    });

    test.each([
      ['v1.0.0', 'v7'],
      ['v7', 'v1.0.0'],
      ['0123456789012345678901234567890123456789', 'v1.0.0'],
      ['--all', 'v1.1.0'],
      ['v1.0.0', 'v1.1.0..main'],
      ['v1.0.0', ''],
    ])('history %s..%s: a revision that the repository does not have', async (from, to) => {
      expect(await fixture().forge.history(path, from, to)).toBeUndefined();
    });

    test('merge requests merged since a time, with the commits that came by them', async () => {
      const { forge, pushAsPerson, mergeAsPerson, directory } = fixture();
      const head = await pushAsPerson(path, 'feature/x', { b: '1' }, 'feat: x');
      await pushAsPerson(path, 'feature/open', { b: '2' }, 'feat: y');
      const { id } = await forge.open(path, { branch: 'feature/x', target: 'main', title: 'Add x', description: '', labels: ['kind'] });
      await forge.open(path, { branch: 'feature/open', target: 'main', title: 'Add y', description: '', labels: [] });
      await mergeAsPerson(path, id);
      const merged = await forge.mergedSince(path, new Date(Date.now() - 3_600_000).toISOString());
      expect(merged.map((request) => [request.id, request.title, request.labels])).toEqual([[id, 'Add x', ['kind']]]);
      expect(merged[0]?.commits).toEqual(expect.arrayContaining([head, await branchHead(directory(path), 'main')]));
      expect(await forge.mergedSince(path, new Date(Date.now() + 3_600_000).toISOString())).toEqual([]);
    });

    test('release notes, where the forge has them', async () => {
      const { forge, release } = fixture();
      expect(await forge.releaseNotes(path)).toEqual([]);
      if (release === undefined) return;
      await release(path, 'v1.1.0', 'Pages', 'Now with **pages**');
      expect(await forge.releaseNotes(path)).toMatchObject([{ tag: 'v1.1.0', title: 'Pages', text: 'Now with **pages**' }]);
    });

    test('a file at a revision, or none', async () => {
      const { forge } = fixture();
      expect(await forge.file(path, 'v1.0.0', 'CHANGELOG.md', 1000)).toBe('# 1.0.0\nå first\n');
      expect(await forge.file(path, first, 'CHANGELOG.md', 1000)).toBe('# 1.0.0\nå first\n');
      expect(await forge.file(path, 'v1.0.0', 'a', 1000)).toBeUndefined();
      expect(await forge.file(path, 'v7', 'CHANGELOG.md', 1000)).toBeUndefined();
      expect(await forge.file(path, 'v1.0.0', '../CHANGELOG.md', 1000)).toBeUndefined();
    });

    test('a file larger than asked for is none', async () => {
      const { forge } = fixture();
      const size = Buffer.byteLength('# 1.0.0\nå first\n');
      expect(await forge.file(path, 'v1.0.0', 'CHANGELOG.md', size)).toBe('# 1.0.0\nå first\n');
      expect(await forge.file(path, 'v1.0.0', 'CHANGELOG.md', size - 1)).toBeUndefined();
    });
  });
}
