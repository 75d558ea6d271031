import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLocal } from '../../../../src/adapters/forges/local/local.ts';
import { RefusedError } from '../../../../src/domain/errors.ts';
import { files, path, propose } from '../../../support/contracts/proposal.ts';
import { localFixture } from '../../../support/local-fixture.ts';
import { describeWith } from '../../../support/parts.ts';

describeWith('git', 'on this machine', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const begin = async () => {
    const forge = createLocal({ name: 'local', path: root });
    const fixture = localFixture(root, forge);
    await fixture.createRepository(path, files);
    const head = await fixture.pushAsPerson(path, 'feature', { 'other.yaml': 'b: 2\n' }, 'two');
    return { ...fixture, forge, head };
  };

  test('a person opens a merge request for a branch, once', async () => {
    const { forge, head, read } = await begin();
    const opened = await forge.propose(path, { branch: 'feature', title: 'Two replicas', description: 'Why' }, 'ada');
    expect(opened).toMatchObject({ id: 1, state: 'open', commit: head, target: 'main', labels: [] });
    expect((await forge.propose(path, { branch: 'feature', title: 'Again' }, 'grace')).id).toBe(1);
    expect(read(path, 1)).toMatchObject({ author: 'ada', title: 'Two replicas', description: 'Why' });
    expect(await forge.mergeRequests(path)).toEqual([]); // none of ours
  });

  test('or writes its file: what has to be there is enough', async () => {
    const { forge, head, file } = await begin();
    const least = {
      id: 4,
      state: 'open',
      sourceBranch: 'feature',
      targetBranch: 'main',
      title: 'By hand',
      createdAt: '2026-11-20T10:00:00Z',
    };
    mkdirSync(dirname(file(path, 4)), { recursive: true });
    writeFileSync(file(path, 4), JSON.stringify(least));
    expect(await forge.openRequests(path, 'main')).toMatchObject([{ id: 4, commit: head, author: { id: '', name: '' } }]);
    expect(await forge.request(path, 4)).toMatchObject({ commit: head, state: 'open', base: (await forge.state(path)).commit });
  });

  test('neither for a branch that is not there, nor in our name', async () => {
    const { forge } = await begin();
    await expect(forge.propose(path, { branch: 'nowhere', title: 'x' }, 'ada')).rejects.toBeInstanceOf(RefusedError);
    for (const name of ['lockkeeper', '']) {
      await expect(forge.propose(path, { branch: 'feature', title: 'x' }, name)).rejects.toBeInstanceOf(RefusedError);
    }
    expect(await forge.openRequests(path, 'main')).toEqual([]);
  });

  test('what people and we say, in one list; the number of a comment is its place', async () => {
    const { forge } = await begin();
    const { request } = await propose(forge);
    await forge.comment(path, request.id, 'validate', 'running');
    expect(await forge.say(path, request.id, 'ada', '/lockkeeper validate')).toBe(2);
    await forge.comment(path, request.id, 'validate', 'done');
    expect((await forge.said(path, request.id)).map(({ id, text, author }) => [id, text, author.bot])).toEqual([
      [1, 'done', true],
      [2, '/lockkeeper validate', false],
    ]);
    expect(await forge.requestComment(path, request.id, 2)).toMatchObject({ author: { id: 'ada', name: 'ada' }, edited: false });
    await expect(forge.say(path, request.id, 'lockkeeper', 'x')).rejects.toBeInstanceOf(RefusedError);
    await expect(forge.say(path, 77, 'ada', 'x')).rejects.toBeInstanceOf(RefusedError);
  });

  test('nobody may write to what is archived, and we are nobody', async () => {
    const { forge, createRepository } = await begin();
    await createRepository('platform/old', files, { archived: true });
    expect(await forge.mayWrite('platform/old', { id: 'ada', name: 'ada' })).toBe(false);
    expect(await forge.mayWrite(path, { id: 'lockkeeper', name: 'lockkeeper' })).toBe(false);
    expect(await forge.mayWrite(path, { id: 'ada', name: 'ada' })).toBe(true);
  });
});
