import { createLocal } from '../../../src/adapters/forges/local/local.ts';
import { endingWorld } from '../../support/ending-world.ts';
import { localFixture } from '../../support/local-fixture.ts';
import { describeWith } from '../../support/parts.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const root = temporaryFolder();
const hour = new Date('2026-11-21T14:00:00Z');
const branch = 'lockkeeper-access/end-g00000000000000000001';

describeWith('git', 'the file of a grant that ended', () => {
  const clock = { now: hour };
  const begin = async () => {
    clock.now = hour;
    const world = await endingWorld(localFixture(root(), createLocal({ name: 'local', path: root() })), () => clock.now);
    return { ...world, removal: () => world.record()?.removal };
  };
  const wait = (minutes: number) => {
    clock.now = new Date(clock.now.getTime() + minutes * 60_000);
  };

  test('a forge that refuses for a while is asked again, and merges then', async () => {
    const { pass, state, removal, reads, told, countMergeRequests, path } = await begin();
    state.refuses = 'a pipeline must succeed';
    await pass();
    wait(14);
    await pass();
    expect([removal()?.merged, removal()?.left, told.problems]).toEqual([false, undefined, []]);
    state.refuses = undefined;
    await pass();
    expect(removal()?.merged).toBe(true);
    await reads();
    expect([state.files, await countMergeRequests(path)]).toEqual([{}, 2]);
  });

  test('one that refuses for too long leaves it to a person, who is told, and may merge', async () => {
    const { pass, state, removal, told, comments, path, reads, mergeAsPerson } = await begin();
    state.refuses = 'the branch demands an approval';
    await pass();
    wait(16);
    await pass();
    await pass();
    expect(removal()).toMatchObject({ merged: false, left: 'the branch demands an approval' });
    const { request = 0, url = '' } = removal() ?? {};
    expect(told.ended.map(({ left }) => left)).toEqual([undefined, { because: 'the branch demands an approval', url }]);
    expect(await comments(path, request)).toEqual([
      expect.stringContaining('Lockkeeper does not merge this: the branch demands an approval.'),
    ]);
    await mergeAsPerson(path, request);
    await reads();
    await pass();
    expect([state.files, told.problems]).toEqual([{}, []]);
  });

  test('what others push to its branch is never merged', async () => {
    const { pass, state, removal, pushAsPerson, path, reads, grant, file } = await begin();
    state.refuses = 'a pipeline must succeed';
    await pass();
    await pushAsPerson(path, branch, { 'access/billing/eve.yml': 'user: eve\n' }, 'ride along');
    state.refuses = undefined;
    await pass();
    expect(removal()).toMatchObject({ merged: false, left: `somebody pushed to ${branch}` });
    await reads();
    expect(state.files).toEqual({ [file]: grant.blob });
  });

  test('what stands on its branch before is replaced', async () => {
    const { pass, removal, state, pushAsPerson, path, reads } = await begin();
    await pushAsPerson(path, branch, { 'access/billing/eve.yml': 'user: eve\n' }, 'lie in wait');
    await pass();
    await reads();
    expect([removal()?.merged, state.files]).toEqual([true, {}]);
  });

  test('one that a person closes stays closed, and the file where it is', async () => {
    const { pass, state, removal, closeAsPerson, path, countMergeRequests } = await begin();
    state.refuses = 'a pipeline must succeed';
    await pass();
    await closeAsPerson(path, removal()?.request ?? 0);
    state.refuses = undefined;
    await pass();
    await pass();
    expect(removal()).toMatchObject({ merged: false, left: 'somebody closed it' });
    expect(await countMergeRequests(path)).toBe(2);
  });

  test('one that has fallen behind is put on top of the branch as it is now, where the forge refuses it', async () => {
    const { pass, state, removal, pushAsPerson, path, forge } = await begin();
    state.refuses = 'it has to be rebased';
    await pass();
    const first = removal()?.head;
    const main = await pushAsPerson(path, 'main', { 'manifests/a.yaml': 'a: 2\n' }, 'work');
    await pass();
    expect(removal()?.head).not.toBe(first);
    expect((await forge.gatedRequest(path, removal()?.request ?? 0)).base).toBe(main);
    state.refuses = undefined;
    await pass();
    expect(removal()?.merged).toBe(true);
  });

  test('a file that another request has changed meanwhile is not taken away', async () => {
    const { pass, state, removal, pushAsPerson, path, reads, file } = await begin();
    state.silent.forge = true;
    await pass();
    state.silent.forge = false;
    await pushAsPerson(path, 'main', { [file]: 'user: bob\n' }, 'the next');
    await reads();
    await pass();
    expect(removal()).toBeUndefined();
    expect(Object.keys(state.files ?? {})).toEqual([file]);
  });

  test('a file that is changed while it is to be taken away stays, and what was to take it is closed', async () => {
    const { pass, state, removal, forge, pushAsPerson, path, reads, file } = await begin();
    state.refuses = 'a pipeline must succeed';
    await pass();
    await pushAsPerson(path, 'main', { [file]: 'user: bob\n' }, 'the next');
    state.refuses = undefined;
    await pass(); // knows the file as it was, and finds that the two conflict
    await reads();
    await pass();
    expect((await forge.gatedRequest(path, removal()?.request ?? 0)).state).toBe('closed');
    expect(Object.keys(state.files ?? {})).toEqual([file]);
  });

  test('a repository that takes nothing any more leaves it to a person', async () => {
    const { pass, removal, told, directory, path, grant } = await begin();
    const { git } = await import('../../support/git-repository.ts');
    await git(directory(path), ['config', 'lockkeeper.archived', 'true']);
    await pass();
    expect([removal(), told.problems.length]).toEqual([undefined, 1]);
    wait(16);
    await pass();
    expect(removal()).toEqual({ url: grant.url, merged: false, left: expect.stringContaining('archived') });
    expect(told.ended.at(-1)?.left?.url).toBe(grant.url);
  });
});
