import { RefusedError } from '../../../src/domain/errors.ts';
import type { AccessFixture } from './access-fixture.ts';
import { askFor, path } from './access-request.ts';

/** What people write below merge requests and issues. */
export function threadsContract(fixture: () => AccessFixture): void {
  describe('comments that may hold a command', () => {
    test("are those of persons, oldest first, as they are now; never the forge's own or ours", async () => {
      const { forge, commentBy, editCommentAsPerson, user } = fixture();
      const { head, id } = await askFor(fixture(), 'ada');
      await forge.comment(path, id, 'access', `Say \`/lockkeeper approve ${head}\`\n\n/lockkeeper approve ${head}`);
      const first = await commentBy(path, 'grace', id, `/lockkeeper approve ${head}`);
      const second = await commentBy(path, 'ada', id, 'Thanks');
      await editCommentAsPerson(path, id, second, `å\n/lockkeeper approve ${head}`);
      const ours = { createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as string };
      expect(await forge.commandComments(path, id)).toEqual([
        { id: first, text: `/lockkeeper approve ${head}`, author: { ...user('grace'), bot: false }, ...ours, edited: false },
        { id: second, text: `å\n/lockkeeper approve ${head}`, author: { ...user('ada'), bot: false }, ...ours, edited: true },
      ]);
    });

    test('a hundred and twenty are all there', async () => {
      const { forge, commentBy } = fixture();
      const { id } = await askFor(fixture(), 'ada');
      const texts = Array.from({ length: 120 }, (_, at) => `/lockkeeper approve ${at}`);
      for (const text of texts) await commentBy(path, 'grace', id, text);
      expect((await forge.commandComments(path, id)).map(({ text }) => text)).toEqual(texts);
    });

    test('of a merge request that is not there are refused', async () => {
      await expect(fixture().forge.commandComments(path, 77)).rejects.toBeInstanceOf(RefusedError);
    });
  });

  describe('an issue', () => {
    test("holds a person's comment, which is read back", async () => {
      const { forge, issues, user } = fixture();
      if (issues === undefined) return expect(await forge.issueComment(path, 1, 1)).toBeUndefined();
      const issue = issues.open(path, 'Stuck');
      const comment = issues.commentBy(path, 'ada', issue, '/lockkeeper access admin billing for 2h because å');
      expect(await forge.issueComment(path, issue, comment)).toEqual({
        id: comment,
        text: '/lockkeeper access admin billing for 2h because å',
        author: { ...user('ada'), bot: false },
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        edited: false,
      });
      expect(await forge.issueComment(path, issue, comment + 1000)).toBeUndefined();
      expect(await forge.issueComment(path, issues.open(path, 'Another'), comment)).toBeUndefined();
    });

    test('gets one comment of ours per key, edited in place', async () => {
      const { forge, issues } = fixture();
      if (issues === undefined) return expect(forge.commentIssue(path, 1, 'access', 'x')).rejects.toBeInstanceOf(RefusedError);
      const issue = issues.open(path, 'Stuck');
      await forge.commentIssue(path, issue, 'access', 'one');
      await forge.commentIssue(path, issue, 'other', 'another');
      await forge.commentIssue(path, issue, 'access', 'two');
      expect(issues.comments(path, issue)).toEqual([expect.stringContaining('two'), expect.stringContaining('another')]);
    });

    test("a comment of ours is our own: another's with the same marker stays", async () => {
      const { forge, issues } = fixture();
      if (issues === undefined) return expect(forge.traits.type).toBe('local');
      const issue = issues.open(path, 'Stuck');
      await forge.commentIssue(path, issue, 'access', 'one');
      const [ours = ''] = issues.comments(path, issue);
      const next = issues.open(path, 'Another');
      issues.commentBy(path, 'ada', next, ours);
      await forge.commentIssue(path, next, 'access', 'two');
      expect(issues.comments(path, next)).toEqual([ours, expect.stringContaining('two')]);
    });

    test('that is not there is refused', async () => {
      await expect(fixture().forge.commentIssue(path, 77, 'access', 'x')).rejects.toBeInstanceOf(RefusedError);
    });
  });
}
