import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocal } from '../../../../src/adapters/forges/local/local.ts';
import { createLocalWatch } from '../../../../src/adapters/forges/local/watch.ts';
import { git } from '../../../support/git-repository.ts';
import { localFixture } from '../../../support/local-fixture.ts';
import { describeWith } from '../../../support/parts.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const folder = temporaryFolder();
const path = 'platform/staging';

/** The clock of the watch is an hour ahead, so that no file is too new for its time to tell. */
async function world(places = { repositories: [path], groups: [] as readonly string[] }) {
  const root = folder();
  const fixture = localFixture(root, createLocal({ name: 'local', path: root }));
  await fixture.createRepository(path, { 'a.yaml': 'a' });
  const ahead = () => new Date(Date.now() + 3_600_000);
  const watch = createLocalWatch({ name: 'local', path: root, now: ahead });
  const moved = async (): Promise<readonly string[]> => {
    const found = await watch.moved(places);
    for (const one of found) await watch.sight(one).catch(() => undefined);
    return found;
  };
  return { ...fixture, root, watch, moved, sight: () => watch.sight(path), places };
}

type World = Awaited<ReturnType<typeof world>>;

describeWith('git', 'what happens in local repositories is seen', () => {
  test.each<[string, (world: World) => unknown]>([
    ['a push', ({ pushAsPerson }) => pushAsPerson(path, 'main', { 'a.yaml': 'b' }, 'b')],
    ['a branch in a folder of branches', ({ pushAsPerson }) => pushAsPerson(path, 'lockkeeper/app', { 'a.yaml': 'b' }, 'b')],
    ['a tag', ({ tag }) => tag(path, 'v1', 'main')],
    ['packed refs', ({ directory }) => git(directory(path), ['pack-refs', '--all'])],
    ['another default branch', ({ directory }) => git(directory(path), ['symbolic-ref', 'HEAD', 'refs/heads/feature'])],
    ['a push to a packed branch', ({ pushAsPerson }) => pushAsPerson(path, 'packed', { 'a.yaml': 'b' }, 'b')],
    ['a merge request opened by hand', ({ write, read }) => write(path, 2, { ...read(path, 1), id: 2 })],
    ['a merge request written over', ({ write, read }) => write(path, 1, { ...read(path, 1), title: 'Another' })],
    ['a comment', ({ forge }) => (forge as ReturnType<typeof createLocal>).say(path, 1, 'ada', '/lockkeeper help')],
  ])('%s', async (_, happens) => {
    const seen = await world();
    await seen.pushAsPerson(path, 'packed', { 'p.yaml': 'p' }, 'p');
    await git(seen.directory(path), ['pack-refs', '--all']);
    await seen.pushAsPerson(path, 'feature', { 'a.yaml': 'feature' }, 'feature');
    await seen.openAsPerson(path, 'feature', 'Feature');
    expect(await seen.moved()).toEqual([path]);
    expect(await seen.moved()).toEqual([]);
    await happens(seen);
    expect(await seen.moved()).toEqual([path]);
    expect(await seen.moved()).toEqual([]);
  });

  test('what was changed so lately that a change just after it would not show is looked at again', async () => {
    const { root } = await world();
    const watch = createLocalWatch({ name: 'local', path: root, now: () => new Date() });
    const places = { repositories: [path], groups: [] };
    expect(await watch.moved(places)).toEqual([path]);
    expect(await watch.moved(places)).toEqual([path]);
  });

  test('a repository that is not there yet, one that is empty, and one that turns up in a group', async () => {
    const { moved, createRepository, pushAsPerson } = await world({ repositories: ['later'], groups: ['teams', 'nowhere'] });
    expect(await moved()).toEqual(['later']);
    expect(await moved()).toEqual([]);
    await createRepository('later', {});
    await createRepository('teams/one/app', { a: '1' });
    expect(await moved()).toEqual(['later', 'teams/one/app']);
    await pushAsPerson('later', 'main', { a: '1' }, 'first');
    await createRepository('teams/one/other', { a: '1' });
    expect(await moved()).toEqual(['later', 'teams/one/other']);
    expect(await moved()).toEqual([]);
  });

  test('one that cannot be read keeps nobody from looking at the others, and says why when it is looked at', async () => {
    const { root, watch, moved, pushAsPerson } = await world({ repositories: ['loop', path], groups: [] });
    symlinkSync('loop.git', join(root, 'loop.git'));
    expect(await moved()).toEqual(['loop', path]);
    await expect(watch.sight('loop')).rejects.toThrow('ELOOP');
    await pushAsPerson(path, 'main', { 'a.yaml': 'b' }, 'b');
    expect(await moved()).toEqual([path]);
  });

  test('the sight of one: its default branch, its merge requests with what people said, what cannot be read', async () => {
    const { sight, pushAsPerson, openAsPerson, mergeAsPerson, approveAsPerson, commentAsPerson, requests, tag, forge } = await world();
    const heads = [await pushAsPerson(path, 'one', { 'a.yaml': '1' }, '1'), await pushAsPerson(path, 'two', { 'b.yaml': '2' }, '2')];
    for (const branch of ['one', 'two']) await openAsPerson(path, branch, branch, branch === 'two');
    await commentAsPerson(path, 2, '/lockkeeper validate');
    await forge.comment(path, 2, 'validate', 'all is well');
    const before = await sight();
    await mergeAsPerson(path, 1);
    await tag(path, 'v1', 'main');
    mkdirSync(requests(path), { recursive: true });
    writeFileSync(join(requests(path), '3.json'), '{');
    const after = await sight();
    expect(after).toMatchObject({ defaultBranch: 'main', commit: (await forge.state(path)).commit });
    expect(after.requests).toEqual([
      { id: 1, state: 'merged', commit: heads[0], target: 'main', draft: false, comments: [], approvals: '' },
      { id: 2, state: 'open', commit: heads[1], target: 'main', draft: true, comments: ['/lockkeeper validate', ''], approvals: '' },
    ]);
    expect(after.problems).toEqual([expect.stringContaining('3.json cannot be read')]);
    expect(after.tags).not.toBe(before.tags);
    await approveAsPerson(path, 2);
    const approved = (await sight()).requests.map(({ approvals }) => approvals);
    expect(approved).toEqual(['', expect.stringMatching(/^[0-9a-f]{16}$/)]);
  });
});
