import { Superseded } from '../../../src/access/gate/evidence.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import type { Forge } from '../../../src/domain/forge.ts';
import { settingsOf } from '../../support/builders/access.ts';
import { file, path, requestText, Scene } from '../../support/contracts/attack-scene.ts';
import { branchHead, gitText } from '../../support/git-repository.ts';
import { type AttackedGitHub, attackedEnvironment } from '../../support/github-server/attack-world.ts';
import type { GitHubServer } from '../../support/github-server/github-server.ts';

let world: AttackedGitHub;
let scene: Scene;
beforeEach(async () => {
  world = await attackedEnvironment();
  scene = new Scene(world.fixture, settingsOf());
});
afterEach(() => world.fixture.dispose());

const text = requestText();
const ada = { name: 'Ada Lovelace', email: 'ada@example.com' };

/** Ada asks, and grace approves. */
async function approved(): Promise<{ id: number; branch: string; head: string }> {
  const asked = await scene.ask({ [file]: text });
  await scene.approve(asked.id, 'grace');
  return asked;
}

const activities = (server: GitHubServer) => server.repository(path).activities;

/** 250 commits on top of the default branch. */
async function manyCommits(server: GitHubServer, branch: string): Promise<void> {
  const { objects, directory } = server.repository(path);
  const tree = await gitText(directory, ['rev-parse', 'main^{tree}']);
  let sha = (await branchHead(directory, 'main')) ?? '';
  for (let time = 1; time <= 250; time += 1)
    sha = objects.commitTree({ tree, parents: [sha], message: `${time}`, author: ada, committer: ada, time });
  await server.moveBranch(path, 'ada', branch, sha);
  await server.pushAs(path, 'ada', branch, { files: { [file]: text }, text: 'Ask', author: ada });
}

describe('where nobody can tell who had a hand in it, the gate stays shut', () => {
  test.each<[string, (server: GitHubServer) => Promise<number>, RegExp]>([
    [
      'pushed by an account that is gone',
      async (server) => {
        await server.pushAs(path, undefined, 'ask', { files: { [file]: text }, text: 'Ask', author: ada });
        return server.openPull(path, 'ask', 'Ask');
      },
      /GitHub does not say who pushed a version of #1; open another/,
    ],
    [
      'a branch with another name than when it was made',
      async (server) => {
        await server.pushAs(path, 'grace', 'before', { files: { [file]: text }, text: 'Ask', author: ada });
        const id = await server.openPull(path, 'before', 'Ask');
        const head = (await branchHead(server.directory(path), 'before')) ?? '';
        await server.moveBranch(path, 'ada', 'after', head);
        Object.assign(server.pull(path, id), { head: 'after' });
        return id;
      },
      /GitHub does not say who made it and pushed each version of #1/,
    ],
    [
      'a version of which GitHub does not tell',
      async (server) => {
        await server.pushAs(path, 'ada', 'ask', { files: { [file]: 'x\n' }, text: 'Ask', author: ada });
        await server.pushAs(path, 'grace', 'ask', { files: { [file]: 'y\n' }, text: 'Ask', author: ada });
        await server.pushAs(path, 'ada', 'ask', { files: { [file]: text }, text: 'Ask', author: ada });
        activities(server).splice(1, 1);
        return server.openPull(path, 'ask', 'Ask');
      },
      /GitHub does not say who made it and pushed each version of #1/,
    ],
    [
      'a branch so old that GitHub does not tell its beginning',
      async (server) => {
        await server.pushAs(path, 'grace', 'ask', { files: { [file]: 'x\n' }, text: 'Ask', author: ada });
        await server.pushAs(path, 'ada', 'ask', { files: { [file]: text }, text: 'Ask', author: ada });
        activities(server).splice(0, 1);
        return server.openPull(path, 'ask', 'Ask');
      },
      /GitHub does not say who made it and pushed each version of #1/,
    ],
    [
      'a push of which GitHub does not tell yet',
      async (server) => {
        await server.pushAs(path, 'ada', 'ask', { files: { [file]: 'x\n' }, text: 'Ask', author: ada });
        const id = await server.openPull(path, 'ask', 'Ask');
        await server.pushAs(path, 'grace', 'ask', { files: { [file]: text }, text: 'Ask', author: ada });
        activities(server).pop();
        return id;
      },
      /GitHub does not say, or not yet, who pushed/,
    ],
    [
      'more commits than GitHub lists',
      async (server) => {
        await manyCommits(server, 'ask');
        return server.openPull(path, 'ask', 'Ask');
      },
      /GitHub lists 250 and no more/,
    ],
    [
      'a version that was pushed away and has nothing in common with the target',
      async (server) => {
        await server.pushAs(path, 'grace', 'ask', { files: { [file]: 'x\n' }, text: 'Ask', author: ada, parent: null });
        await server.replaceAs(path, 'ada', 'ask', { files: { [file]: text }, text: 'Ask', author: ada });
        return server.openPull(path, 'ask', 'Ask');
      },
      /No common ancestor/,
    ],
  ])('%s', async (_, happens, because) => {
    const id = await happens(world.server);
    await scene.approve(id, 'grace');
    const refused = scene.review(id);
    await expect(refused).rejects.toBeInstanceOf(OutsideError);
    await expect(refused).rejects.toThrow(because);
    expect([await scene.status(id), await scene.state(id)]).toEqual(['error', 'open']);
    await world.fixture.mergeBy(path, 'ada', id, 'merge commit');
    await expect(scene.afterMerge(id)).rejects.toThrow(because);
  });

  test.each([
    ['pushes', /\/activity/, 404, /listing the pushes to branch/],
    ['the timeline', /\/timeline/, 502, /timeline/],
    ['its commits', /\/pulls\/1\/commits/, 500, /listing the commits|commits/],
  ])('a GitHub that does not tell %s', async (_, which, status, because) => {
    const { id } = await approved();
    world.server.fail('GET', which, { status, times: 99 });
    await expect(scene.review(id)).rejects.toThrow(because);
    expect([await scene.status(id), await scene.state(id)]).toEqual(['error', 'open']);
  });
});

describe('while the gate looks', () => {
  /** The gate finds something else than what it looks at, from the moment when it asks for that. */
  const interrupted = (method: keyof Forge, happens: () => Promise<unknown>): Scene => {
    const { forge } = world.fixture;
    let done = false;
    const asked = new Proxy(forge, {
      get: (target, name: keyof Forge) => {
        if (name !== method || done) return target[name];
        return async (...args: readonly unknown[]) => {
          if (!done) {
            done = true;
            await happens();
          }
          return (target[name] as (...of: readonly unknown[]) => unknown)(...args);
        };
      },
    });
    return new Scene({ ...world.fixture, forge: asked }, settingsOf());
  };

  test.each(['changedPaths', 'reviews', 'hands', 'entries', 'merge'] as const)(
    'somebody pushes as it asks for %s: nothing is merged',
    async (method) => {
      const { id, branch } = await approved();
      const at = interrupted(method, () => world.fixture.pushBy(path, 'ada', branch, { 'manifests/app.yaml': 'a: 2\n' }));
      await expect(at.review(id)).rejects.toBeInstanceOf(Superseded);
      expect([await scene.state(id), await scene.review(id)]).toEqual(['open', 'missing']);
    },
  );

  test('a file list of an older head is none', async () => {
    const { id, head } = await approved();
    const url = `${world.server.url}/x?ref=${'1'.repeat(40)}`;
    const entry = {
      sha: head,
      filename: file,
      status: 'added',
      additions: 1,
      deletions: 0,
      changes: 1,
      contents_url: url,
      blob_url: url,
      raw_url: url,
    };
    world.server.fail('GET', /\/files/, { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify([entry]) });
    await expect(scene.review(id)).rejects.toBeInstanceOf(Superseded);
    expect(await scene.review(id)).toBe('merged');
  });
});

describe('after a merge past the gate', () => {
  test('the approved commit pushed away and back, and the branch deleted', async () => {
    const { id, branch, head } = await approved();
    await world.fixture.pushBy(path, 'ada', branch, { [file]: requestText({ level: 'developer' }) });
    await world.server.moveBranch(path, 'ada', branch, head);
    await world.fixture.mergeBy(path, 'ada', id, 'merge commit');
    await world.server.deleteBranch(path, branch);
    expect(await scene.afterMerge(id)).toMatch(/needs an approval/);
  });

  test('an honest one is one, its branch deleted or not', async () => {
    const { id, branch } = await approved();
    await world.fixture.mergeBy(path, 'ada', id, 'merge commit');
    expect(await scene.afterMerge(id)).toBe('');
    await world.server.deleteBranch(path, branch);
    expect(await scene.afterMerge(id)).toBe('');
    await world.fixture.pushBy(path, 'grace', branch, { 'manifests/app.yaml': 'a: 3\n' });
    expect(await scene.afterMerge(id)).toBe('');
  });
});

test('an Enterprise Server: approved by who is suspended by now, as one of a team too', async () => {
  await world.fixture.dispose();
  world = await attackedEnvironment(false);
  scene = new Scene(
    world.fixture,
    settingsOf({ rules: { approvers: ['grace', `@${world.fixture.createGroup?.(['grace', 'eve']) ?? ''}`] } }),
  );
  const { id } = await approved();
  world.server.suspend('grace');
  expect(await scene.review(id)).toBe('missing');
  expect(scene.said(id)).toMatch(/grace is blocked/);
  expect(await scene.status(id)).toBe('failure');
});

test.each(['token', 'App'] as const)("what the bot asks on a person's word, with its %s, opens the gate", async (as) => {
  await world.fixture.dispose();
  world = await attackedEnvironment(true, as);
  scene = new Scene(world.fixture, settingsOf());
  const id = await scene.askByBot('ada');
  expect([await scene.review(id), await scene.state(id)]).toEqual(['missing', 'open']);
  await scene.approve(id, 'grace');
  expect([await scene.review(id), scene.said(id), await scene.state(id)]).toEqual(['merged', '', 'merged']);
  expect(await scene.afterMerge(id)).toBe('');
});
