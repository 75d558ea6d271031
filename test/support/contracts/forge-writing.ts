import { ConflictError, OutsideError } from '../../../src/domain/errors.ts';
import type { BranchChange, Forge, MergeRequest } from '../../../src/domain/forge.ts';
import { branchHead, gitText, readTree } from '../git-repository.ts';
import type { ForgeFixture } from './forge-fixture.ts';

const path = 'platform/environments/staging';
const branch = 'lockkeeper/billing';
const files = {
  'manifests/billing.yaml': 'image: billing:1.4.2\r\nreplicas: 2\r\n',
  'manifests/ångström ü.yaml': 'name: å\n',
  'other.yaml': 'b: 1\n',
  'run.sh': { mode: '100755', content: '#!/bin/sh\nVERSION=1.4.2\n' },
  link: { mode: '120000', content: 'manifests' },
} as const;
const newer = Buffer.from('image: billing:1.5.0\r\nreplicas: 2\r\n');

const change = (base: string, more: Partial<BranchChange> = {}): BranchChange => ({
  branch,
  base,
  expected: undefined,
  files: [{ path: 'manifests/billing.yaml', content: newer }],
  message: 'billing 1.4.2 → 1.5.0\n\nå second paragraph',
  ...more,
});

const wanted = { branch, target: 'main', title: 'billing 1.4.2 → 1.5.0', description: 'What changed: å\n\n- x', labels: ['lockkeeper'] };

async function propose(forge: Forge): Promise<{ base: string; head: string; request: MergeRequest }> {
  const { commit: base } = await forge.state(path);
  const head = await forge.commit(path, change(base));
  return { base, head, request: await forge.open(path, wanted) };
}

/** As it stands now; a forge may need a moment and another look to know about conflicts. */
async function find(forge: Forge, id: number): Promise<MergeRequest> {
  await forge.state(path);
  const found = (await forge.mergeRequests(path)).find((request) => request.id === id);
  if (found === undefined) throw new Error(`merge request ${id} is not listed`);
  return found;
}

export function environmentWritingContract(fixture: () => ForgeFixture): void {
  describe('an environment’s repository', () => {
    beforeEach(() => fixture().createRepository(path, files));
    commitContract(fixture);
    mergeRequestContract(fixture);
    commentContract(fixture);
  });
}

function commitContract(fixture: () => ForgeFixture): void {
  describe('commit', () => {
    test('makes the branch the base plus one commit; all other files, modes and links stay', async () => {
      const { forge, directory } = fixture();
      const { commit: base } = await forge.state(path);
      const before = await readTree(directory(path), base);
      const head = await forge.commit(path, change(base));
      expect(await branchHead(directory(path), branch)).toBe(head);
      expect(await gitText(directory(path), ['rev-list', '--parents', '-1', head])).toBe(`${head} ${base}`);
      expect(await gitText(directory(path), ['show', '-s', '--format=%B', head])).toBe('billing 1.4.2 → 1.5.0\n\nå second paragraph');
      expect(await readTree(directory(path), head)).toEqual({
        ...before,
        'manifests/billing.yaml': { mode: '100644', content: newer },
      });
    });

    test('several files in one commit, names and bytes of every kind, the executable bit kept', async () => {
      const { forge, directory } = fixture();
      const { commit: base } = await forge.state(path);
      const before = await readTree(directory(path), base);
      const odd = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x0d]);
      const head = await forge.commit(
        path,
        change(base, {
          files: [
            { path: 'manifests/ångström ü.yaml', content: odd },
            { path: 'run.sh', content: Buffer.from('#!/bin/sh\nVERSION=1.5.0\n') },
          ],
        }),
      );
      expect(await readTree(directory(path), head)).toEqual({
        ...before,
        'manifests/ångström ü.yaml': { mode: '100644', content: odd },
        'run.sh': { mode: '100755', content: Buffer.from('#!/bin/sh\nVERSION=1.5.0\n') },
      });
    });

    test('replaces what stood on the branch before', async () => {
      const { forge, directory, pushAsPerson } = fixture();
      const { commit: base } = await forge.state(path);
      const first = await forge.commit(path, change(base, { files: [{ path: 'other.yaml', content: Buffer.from('b: 2\n') }] }));
      const moved = await pushAsPerson(path, 'main', { 'other.yaml': 'b: 3\n' }, 'x');
      const second = await forge.commit(path, change(moved, { expected: first }));
      expect(await branchHead(directory(path), branch)).toBe(second);
      expect(await gitText(directory(path), ['rev-list', `main..${branch}`])).toBe(second);
      expect((await readTree(directory(path), second))['other.yaml']?.content.toString()).toBe('b: 3\n');
    });

    test('a branch that was not there when we looked is not overwritten', async () => {
      const { forge, directory, pushAsPerson } = fixture();
      const { commit: base } = await forge.state(path);
      const theirs = await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'mine');
      await expect(forge.commit(path, change(base))).rejects.toThrow(ConflictError);
      expect(await branchHead(directory(path), branch)).toBe(theirs);
    });

    test('a branch that moved since we looked is not overwritten', async () => {
      const { forge, directory, pushAsPerson } = fixture();
      const { commit: base } = await forge.state(path);
      const first = await forge.commit(path, change(base));
      const theirs = await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'mine');
      await expect(forge.commit(path, change(base, { expected: first }))).rejects.toThrow(ConflictError);
      expect(await branchHead(directory(path), branch)).toBe(theirs);
    });

    test('odd branch names', async () => {
      const { forge, directory } = fixture();
      const odd = "lockkeeper/über+app#1%2F&x=1@b,'q'";
      const { commit: base } = await forge.state(path);
      const head = await forge.commit(path, change(base, { branch: odd }));
      expect((await forge.state(path)).branches).toEqual({ [odd]: head });
      expect(await forge.branchHead(path, odd)).toBe(head);
      expect((await forge.branchCommits(path, odd, 'main')).map(({ sha }) => sha)).toEqual([head]);
      const request = await forge.open(path, { ...wanted, branch: odd });
      expect((await forge.mergeRequests(path)).map((found) => found.branch)).toEqual([odd]);
      await forge.close(path, request.id, { description: 'x', branch: odd, commit: head });
      expect(await branchHead(directory(path), odd)).toBeUndefined();
    });

    test('a base that does not exist is an error and makes no branch', async () => {
      const { forge, directory } = fixture();
      await expect(forge.commit(path, change('0123456789012345678901234567890123456789'))).rejects.toThrow(OutsideError);
      expect(await branchHead(directory(path), branch)).toBeUndefined();
    });
  });

  describe('branchCommits', () => {
    test('are what is on the branch and not on the target, newest first, and tell the bot from a person', async () => {
      const { forge, pushAsPerson } = fixture();
      const { head } = await propose(forge);
      const theirs = await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'my own change\n\nå');
      const commits = await forge.branchCommits(path, branch, 'main');
      expect(commits.map(({ sha, byBot }) => [sha, byBot])).toEqual([
        [theirs, false],
        [head, true],
      ]);
      expect(commits[0]?.message.trim()).toBe('my own change\n\nå');
      expect(commits[0]?.person).toBe('Ada Lovelace');
    });

    test('an amended commit of the bot is a person’s', async () => {
      const { forge, amendAsPerson } = fixture();
      await propose(forge);
      const amended = await amendAsPerson(path, branch);
      const commits = await forge.branchCommits(path, branch, 'main');
      expect(commits.map(({ sha, byBot, person }) => [sha, byBot, person])).toEqual([[amended, false, 'Ada Lovelace']]);
    });

    test('commits that the target has gained meanwhile are not among them', async () => {
      const { forge, pushAsPerson } = fixture();
      const { head } = await propose(forge);
      await pushAsPerson(path, 'main', { 'other.yaml': 'b: 2\n' }, 'x');
      expect((await forge.branchCommits(path, branch, 'main')).map(({ sha }) => sha)).toEqual([head]);
    });
  });
}

function mergeRequestContract(fixture: () => ForgeFixture): void {
  describe('merge requests', () => {
    test('an opened one is listed as it was opened', async () => {
      const { forge } = fixture();
      const { head, request } = await propose(forge);
      const { description, labels } = wanted;
      expect(request).toMatchObject({ title: wanted.title, description, labels, state: 'open', branch, target: 'main', commit: head });
      expect(request.url).toContain(path);
      expect(request.conflicts).toBe(false);
      expect(new Date(request.createdAt).toISOString().slice(0, 19)).toBe(request.createdAt.slice(0, 19));
      expect(await find(forge, request.id)).toMatchObject({ ...request, updatedAt: expect.any(String) as string });
    });

    test('opening twice gives the same one', async () => {
      const { forge, countMergeRequests } = fixture();
      const { request } = await propose(forge);
      const again = await forge.open(path, { ...wanted, title: 'another title' });
      expect([again.id, again.title]).toEqual([request.id, wanted.title]);
      expect(await countMergeRequests(path)).toBe(1);
    });

    test('an owner whom the forge does not know is left out', async () => {
      const { forge } = fixture();
      const { commit } = await forge.state(path);
      await forge.commit(path, change(commit));
      expect((await forge.open(path, { ...wanted, owner: 'nobody-knows-them' })).state).toBe('open');
    });

    test('those of other branches are not ours', async () => {
      const { forge, pushAsPerson } = fixture();
      await pushAsPerson(path, 'feature/x', { 'other.yaml': 'b: 9\n' }, 'x');
      await forge.open(path, { ...wanted, branch: 'feature/x' });
      expect(await forge.mergeRequests(path)).toEqual([]);
    });

    test('edit changes what is named and nothing else', async () => {
      const { forge } = fixture();
      const { request } = await propose(forge);
      await forge.edit(path, request.id, { title: 'billing 1.4.2 → 1.6.0' });
      expect(await find(forge, request.id)).toMatchObject({
        title: 'billing 1.4.2 → 1.6.0',
        description: wanted.description,
        state: 'open',
      });
      await forge.edit(path, request.id, { description: 'new text' });
      expect(await find(forge, request.id)).toMatchObject({ title: 'billing 1.4.2 → 1.6.0', description: 'new text', state: 'open' });
    });

    test('a push to the branch shows in its commit', async () => {
      const { forge, pushAsPerson } = fixture();
      const { request } = await propose(forge);
      const pushed = await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'x');
      expect((await find(forge, request.id)).commit).toBe(pushed);
    });

    test('one that a person closed or merged says so, and the branch can have a new one', async () => {
      const { forge, closeAsPerson, mergeAsPerson, pushAsPerson } = fixture();
      const { request } = await propose(forge);
      await closeAsPerson(path, request.id);
      expect((await find(forge, request.id)).state).toBe('closed');
      await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'x');
      const second = await forge.open(path, wanted);
      expect(second.id).not.toBe(request.id);
      await mergeAsPerson(path, second.id);
      expect((await find(forge, second.id)).state).toBe('merged');
      expect((await find(forge, request.id)).state).toBe('closed');
    });

    test('conflicts with the target are known once the target changes the same line', async () => {
      const { forge, pushAsPerson } = fixture();
      const { request } = await propose(forge);
      await pushAsPerson(path, 'main', { 'other.yaml': 'b: 2\n' }, 'elsewhere');
      await find(forge, request.id);
      expect((await find(forge, request.id)).conflicts).toBe(false);
      await pushAsPerson(path, 'main', { 'manifests/billing.yaml': 'image: billing:1.4.3\r\nreplicas: 2\r\n' }, 'same line');
      await find(forge, request.id);
      expect((await find(forge, request.id)).conflicts).toBe(true);
    });
  });

  describe('close', () => {
    test('closes, records why, and deletes the branch', async () => {
      const { forge, directory } = fixture();
      const { head, request } = await propose(forge);
      await forge.close(path, request.id, { description: 'no longer needed', branch, commit: head });
      expect(await find(forge, request.id)).toMatchObject({ state: 'closed', description: 'no longer needed' });
      expect(await branchHead(directory(path), branch)).toBeUndefined();
    });

    test('a branch that has moved since stays', async () => {
      const { forge, directory, pushAsPerson } = fixture();
      const { head, request } = await propose(forge);
      const theirs = await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'mine');
      await forge.close(path, request.id, { description: 'no longer needed', branch, commit: head });
      expect((await find(forge, request.id)).state).toBe('closed');
      expect(await branchHead(directory(path), branch)).toBe(theirs);
    });

    test('closing again, with the branch gone, changes nothing', async () => {
      const { forge } = fixture();
      const { head, request } = await propose(forge);
      await forge.close(path, request.id, { description: 'gone', branch, commit: head });
      await forge.close(path, request.id, { description: 'gone', branch, commit: head });
      expect(await find(forge, request.id)).toMatchObject({ state: 'closed', description: 'gone' });
    });
  });
}

function commentContract(fixture: () => ForgeFixture): void {
  describe('comment', () => {
    test('one per key, edited in place', async () => {
      const { forge, comments, commentAsPerson } = fixture();
      const { request } = await propose(forge);
      await commentAsPerson(path, request.id, 'nice');
      await forge.comment(path, request.id, 'validate', '**1 error** å');
      await forge.comment(path, request.id, 'hands-off', 'yours now');
      await forge.comment(path, request.id, 'validate', '**fine**');
      const texts = await comments(path, request.id);
      expect(texts).toHaveLength(3);
      expect(texts[0]).toBe('nice');
      expect(texts[1]).toContain('**fine**');
      expect(texts[1]).not.toContain('1 error');
      expect(texts[2]).toContain('yours now');
    });

    test('a person’s comment that quotes ours is left alone', async () => {
      const { forge, comments, commentAsPerson } = fixture();
      const { request } = await propose(forge);
      await forge.comment(path, request.id, 'validate', 'first');
      const [ours = ''] = await comments(path, request.id);
      await commentAsPerson(path, request.id, ours);
      await forge.comment(path, request.id, 'validate', 'second');
      const texts = await comments(path, request.id);
      expect(texts).toHaveLength(2);
      expect(texts[0]).toContain('second');
      expect(texts[1]).toBe(ours);
    });
  });
}
