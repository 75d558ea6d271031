import { broughtBy, isDenial } from '../../../src/access/grant/verify.ts';
import { settingsOf } from '../../support/builders/access.ts';
import type { AttackFixture } from '../../support/contracts/attack-fixture.ts';
import { file, path, requestText, Scene } from '../../support/contracts/attack-scene.ts';
import { branchHead, gitText } from '../../support/git-repository.ts';
import { connectGitLab } from '../../support/gitlab-server/access-fixture.ts';
import type { GitLabServer } from '../../support/gitlab-server/gitlab-server.ts';

interface At {
  readonly server: GitLabServer;
  readonly fixture: AttackFixture;
  readonly scene: Scene;
}

const text = requestText();

async function arranged(): Promise<At> {
  const { server, fixture } = await connectGitLab();
  await fixture.createRepository(path, { 'manifests/app.yaml': 'a: 1\n' });
  return { server, fixture, scene: new Scene(fixture, settingsOf()) };
}

/** Ada asks, and grace approves: all that is missing is the merge. */
async function approved({ scene }: At): Promise<{ id: number; branch: string; head: string }> {
  const asked = await scene.ask({ [file]: text });
  await scene.approve(asked.id, 'grace');
  return asked;
}

/** Which merge request gives the file on the default branch its right to be there, or why none does. */
async function standing({ fixture }: At): Promise<number | string> {
  const { forge } = fixture;
  const head = (await branchHead(fixture.directory(path), 'main')) ?? '';
  const found = (await forge.entries(path, head, 'access')).find((entry) => entry.path === file);
  const commit = (await forge.line(path, head, [file], 1)).commits[0]?.sha ?? '';
  if (found === undefined) throw new Error(`no ${file} on main`);
  const brought = (await forge.entries(path, commit, 'access')).find((entry) => entry.path === file);
  const [changed, requests] = [await forge.changedBy(path, commit), await forge.mergedWith(path, commit)];
  const by = broughtBy({ file: found, commit, brought, changed, requests });
  return typeof by === 'object' && isDenial(by) ? by.reason : (by as number);
}

/** A commit of git's own, on the default branch. */
async function commitOnMain({ fixture, server }: At, tree: string, ...parents: readonly string[]): Promise<void> {
  const env = { GIT_AUTHOR_NAME: 'x', GIT_AUTHOR_EMAIL: 'x@example.com', GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x@example.com' };
  const args = ['commit-tree', tree, ...parents.flatMap((one) => ['-p', one]), '-m', 'By hand'];
  await server.pushCommit(path, 'main', await gitText(fixture.directory(path), args, { env }), 'ada');
}

const pastThem = /no merge request brought it/;

describe('attacks on the default branch of GitLab', () => {
  const attacks: readonly (readonly [string, (at: At) => Promise<unknown>, RegExp])[] = [
    [
      'the head of an approved request pushed to the branch, which GitLab takes for a merge',
      async (at) => {
        const { id, head } = await approved(at);
        await at.server.pushCommit(path, 'main', head, 'ada');
        expect(await at.scene.state(id)).toBe('merged');
      },
      pastThem,
    ],
    [
      'a commit of an approved request pushed to the branch, and the request squashed',
      async (at) => {
        const { id, head } = await approved(at);
        const main = (await branchHead(at.fixture.directory(path), 'main')) ?? '';
        await at.fixture.mergeBy(path, 'ada', id, 'squash');
        await at.server.pushCommit(path, 'main', main, 'ada');
        await at.server.pushCommit(path, 'main', head, 'ada');
      },
      pastThem,
    ],
    [
      'an evil merge of an approved request, by hand',
      async (at) => {
        const { head } = await approved(at);
        const evil = await at.fixture.pushBy(path, 'ada', 'evil', { [file]: requestText({ user: 'eve' }), 'manifests/app.yaml': 'a: 2\n' });
        await commitOnMain(at, `${evil}^{tree}`, 'refs/heads/main', head);
      },
      /changed more than this file/,
    ],
    [
      'an evil commit after the merge',
      async (at) => {
        const { id } = await approved(at);
        await at.fixture.mergeBy(path, 'ada', id, 'merge commit');
        await at.fixture.pushBy(path, 'ada', 'main', { [file]: requestText({ duration: '8h' }) });
      },
      pastThem,
    ],
    [
      'a request merged into another branch, and that one into the default branch by hand',
      async (at) => {
        await at.fixture.pushBy(path, 'ada', 'between', { 'manifests/app.yaml': 'a: 1\n' });
        await at.fixture.pushBy(path, 'ada', 'asks', { [file]: text });
        const id = await at.fixture.openBy(path, 'ada', 'asks', 'between');
        await at.scene.approve(id, 'grace');
        await at.fixture.mergeBy(path, 'ada', id, 'merge commit');
        await commitOnMain(at, 'refs/heads/between^{tree}', 'refs/heads/main', 'refs/heads/between');
      },
      pastThem,
    ],
  ];

  test.each(attacks)('%s', async (_, attack, why) => {
    const at = await arranged();
    await attack(at);
    expect(await standing(at)).toMatch(why);
    await at.fixture.dispose();
  });

  test('a request that another one brought along: the other one answers for it', async () => {
    const at = await arranged();
    const { id: approvedOne, head } = await approved(at);
    await at.server.pushCommit(path, 'more', head, 'ada');
    await at.fixture.pushBy(path, 'ada', 'more', { 'manifests/app.yaml': 'a: 2\n' });
    const other = await at.fixture.openBy(path, 'ada', 'more');
    await at.fixture.mergeBy(path, 'ada', other, 'merge commit');
    expect(await at.scene.state(approvedOne)).toBe('merged');
    expect(await standing(at)).toMatch(/changed more than this file/);
    await at.fixture.dispose();
  });

  test('an honest merge, by each way', async () => {
    for (const how of ['merge commit', 'squash', 'fast-forward'] as const) {
      const at = await arranged();
      const { id } = await approved(at);
      await at.fixture.mergeBy(path, 'ada', id, how);
      expect([how, await standing(at)]).toEqual([how, id]);
      await at.fixture.dispose();
    }
  });

  test('a fork, approved and merged', async () => {
    const at = await arranged();
    const fork = await at.fixture.forkAsPerson?.(path);
    await fork?.push('main', { [file]: text });
    const id = (await fork?.open('main', 'Access, please')) ?? 0;
    await at.scene.approve(id, 'grace');
    expect([await at.scene.review(id), await at.scene.state(id)]).toEqual(['missing', 'open']);
    expect(at.scene.said(id)).toMatch(/fork/);
    await at.fixture.mergeBy(path, 'ada', id, 'merge commit');
    expect(await at.scene.afterMerge(id)).toMatch(/fork/);
    await at.fixture.dispose();
  });
});
