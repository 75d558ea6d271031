import { ConflictError, OutsideError } from '../../../src/domain/errors.ts';
import { branchHead, gitText, readTree } from '../git-repository.ts';
import type { ForgeFixture } from './forge-fixture.ts';
import { commentContract, mergeRequestContract } from './forge-merge-requests.ts';
import { branch, change, files, newer, path, propose, wanted } from './proposal.ts';

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

    test('files that are new, and files that are no more', async () => {
      const { forge, directory } = fixture();
      const { commit: base } = await forge.state(path);
      const { 'other.yaml': gone, ...rest } = await readTree(directory(path), base);
      expect(gone).toBeDefined();
      const added = { path: 'manifests/deep/ü new.yaml', content: Buffer.from('a: 1\n'), isNew: true } as const;
      const both = await forge.commit(path, change(base, { files: [added], removed: ['other.yaml'] }));
      expect(await readTree(directory(path), both)).toEqual({ ...rest, [added.path]: { mode: '100644', content: added.content } });
      const less = await forge.commit(path, change(base, { branch: 'lockkeeper/less', files: [], removed: ['other.yaml'] }));
      expect(await readTree(directory(path), less)).toEqual(rest);
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
