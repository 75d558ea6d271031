import { gitText } from '../git-repository.ts';
import { type Begin, branch, environment, requestUrl } from './scan-scene.ts';

/** What people did to a merge request stays done. */
export function personContract(begin: Begin): void {
  test('closed by a person: not this version, but the next one; without its label the no is taken back', async () => {
    const { world, publish } = await begin(['1.5.0']);
    await world.scan();
    await world.closeAsPerson(environment, 1);
    const refused = await world.scan();
    expect(refused.proposals).toEqual([]);
    expect(refused.held).toMatchObject([{ to: '1.5.0', reason: expect.stringContaining('closed unmerged') }]);
    publish('1.5.1');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'open', title: 'billing 1.4.2 → 1.5.1', url: requestUrl(2) }]);
    await world.closeAsPerson(environment, 2);
    expect((await world.scan()).proposals).toEqual([]);
    await world.changeAsPerson(environment, 2, { labels: [] });
    expect((await world.scan()).proposals).toMatchObject([{ action: 'open', title: 'billing 1.4.2 → 1.5.1', url: requestUrl(3) }]);
  });

  test('reopened by a person: it goes on with that one', async () => {
    const { world, publish } = await begin(['1.5.0']);
    await world.scan();
    await world.closeAsPerson(environment, 1);
    await world.scan();
    await world.changeAsPerson(environment, 1, { state: 'open' });
    expect((await world.scan()).proposals).toMatchObject([{ action: 'keep', url: requestUrl(1) }]);
    publish('1.6.0');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'update', url: requestUrl(1) }]);
    expect(await world.countMergeRequests(environment)).toBe(1);
  });

  test("a person's commit on the branch, an amended one too, is left alone, and that is said once", async () => {
    const { world, publish } = await begin(['1.5.0']);
    await world.scan();
    const mine = await world.pushAsPerson(environment, branch, { 'extra.yaml': 'a: 1\n' }, 'And one more thing');
    publish('1.6.0');
    const head = () => gitText(world.directory(environment), ['rev-parse', branch]);
    for (let times = 0; times < 2; times += 1) {
      expect((await world.scan()).proposals).toMatchObject([{ action: 'keep', reason: expect.stringContaining('Ada Lovelace') }]);
    }
    expect(await head()).toBe(mine);
    const said = await world.comments(environment, 1);
    expect(said).toEqual([expect.stringContaining('leaves the branch to you')]);
    await gitText(world.directory(environment), ['update-ref', `refs/heads/${branch}`, `${mine}~1`]);
    const amended = await world.amendAsPerson(environment, branch);
    expect((await world.scan()).proposals).toMatchObject([{ action: 'keep', reason: expect.stringContaining('Ada Lovelace') }]);
    expect(await head()).toBe(amended);
    expect(await world.comments(environment, 1)).toEqual(said);
    expect(await world.countMergeRequests(environment)).toBe(1);
  });

  test('a branch handed back the way the comment says gets a new merge request for the same version', async () => {
    const { world } = await begin(['1.5.0']);
    await world.scan();
    await world.pushAsPerson(environment, branch, { 'extra.yaml': 'a: 1\n' }, 'And one more thing');
    await world.scan();
    expect(await world.comments(environment, 1)).toEqual([expect.stringMatching(/remove the label `lockkeeper`.* delete the branch/)]);
    await world.changeAsPerson(environment, 1, { labels: [] });
    await world.deleteBranchAsPerson(environment, branch);
    expect((await world.scan()).proposals).toMatchObject([{ action: 'open', url: requestUrl(2) }]);
    expect((await world.scan()).proposals).toMatchObject([{ action: 'keep' }]);
  });

  test('a title, target and label that a person changed stay changed while the rest moves on', async () => {
    const { world, publish } = await begin(['1.5.0']);
    await world.pushAsPerson(environment, 'release', { 'release.yaml': 'a: 1\n' }, 'Another branch');
    await world.scan();
    await world.changeAsPerson(environment, 1, { title: 'Please wait for Friday', target: 'release', labels: ['lockkeeper', 'mine'] });
    expect((await world.scan()).proposals).toMatchObject([{ action: 'keep' }]);
    publish('1.6.0');
    expect((await world.scan()).proposals).toMatchObject([{ action: 'update' }]);
    expect(await world.forge.mergeRequests(environment)).toMatchObject([
      {
        title: 'Please wait for Friday',
        target: 'release',
        labels: ['lockkeeper', 'mine'],
        description: expect.stringContaining('1.6.0'),
      },
    ]);
    const directory = world.directory(environment);
    expect(await gitText(directory, ['rev-parse', `${branch}^`])).toBe(await gitText(directory, ['rev-parse', 'release']));
    expect((await world.scan()).proposals).toMatchObject([{ action: 'keep' }]);
  });
}
