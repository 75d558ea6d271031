import { ConflictError, RefusedError } from '../../../src/domain/errors.ts';
import { branchHead } from '../git-repository.ts';
import type { AccessFixture } from './access-fixture.ts';
import { accessFile, aliceYaml, askFor, path } from './access-request.ts';

/** How a merge request ends, and where what is on the default branch came from. */
export function mergingContract(fixture: () => AccessFixture): void {
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
  const headOf = async (branch: string): Promise<string> => (await branchHead(fixture().directory(path), branch)) ?? '';
  /** The commit that brought the file to the default branch as it is. */
  const brought = async (file: string): Promise<string> => {
    const { commits } = await fixture().forge.line(path, await headOf('main'), [file], 1);
    return commits[0]?.sha ?? '';
  };

  describe('a merge request at the gate', () => {
    test('as it is at this moment', async () => {
      const { forge, pushBy, user } = fixture();
      const { commit: base } = await forge.state(path);
      const { head, id } = await askFor(fixture(), 'ada');
      const first = await forge.gatedRequest(path, id);
      expect(first).toMatchObject({ id, commit: head, base, state: 'open', branch: 'ask', target: 'main', fork: false, draft: false });
      expect(first).toMatchObject({ author: user('ada'), createdAt: time });
      expect(first.merged).toBeUndefined();
      const next = await pushBy(path, 'ada', 'ask', { [accessFile]: 'user: bob\n' });
      expect((await forge.gatedRequest(path, id)).commit).toBe(next);
    });

    test("ours is ours, and nobody else's is", async () => {
      const { forge } = fixture();
      const { commit: base } = await forge.state(path);
      const change = {
        base,
        expected: undefined,
        files: [{ path: accessFile, content: Buffer.from(aliceYaml), isNew: true as const }],
        message: 'access',
      };
      await forge.commit(path, { ...change, branch: 'lockkeeper-access/billing/alice-0123ab' });
      const asked = { branch: 'lockkeeper-access/billing/alice-0123ab', target: 'main', title: 'access', description: 'x', labels: [] };
      expect((await forge.gatedRequest(path, (await forge.open(path, asked)).id)).ours).toBe(true);
      expect((await forge.gatedRequest(path, (await askFor(fixture(), 'ada')).id)).ours).toBeUndefined();
    });

    test('a closed one was not merged', async () => {
      const { forge, closeAsPerson } = fixture();
      const { id } = await askFor(fixture(), 'ada');
      await closeAsPerson(path, id);
      const { state, merged } = await forge.gatedRequest(path, id);
      expect([state, merged]).toEqual(['closed', undefined]);
    });

    test('from a fork it says so', async () => {
      const { forge, forkAsPerson } = fixture();
      if (forkAsPerson === undefined) return expect(forge.traits.type).toBe('local');
      const fork = await forkAsPerson(path);
      const head = await fork.push('main', { [accessFile]: aliceYaml });
      const id = await fork.open('main', 'From a fork');
      expect(await forge.gatedRequest(path, id)).toMatchObject({ fork: true, commit: head });
      expect(await forge.changedPaths(path, id)).toEqual({ paths: [{ path: accessFile, kind: 'added' }], complete: true });
    });

    test('one that is not there is refused', async () => {
      await expect(fixture().forge.gatedRequest(path, 77)).rejects.toBeInstanceOf(RefusedError);
    });
  });

  describe('what came to the default branch', () => {
    test('by each way to merge: when, as which commit, and from which merge request', async () => {
      const { forge, waysToMerge, pushBy, openBy, mergeBy } = fixture();
      for (const [at, how] of waysToMerge.entries()) {
        const file = `access/billing/way${at}.yml`;
        await pushBy(path, 'ada', `way${at}`, { [file]: 'user: x\n' });
        const head = await pushBy(path, 'ada', `way${at}`, { [file]: aliceYaml });
        const id = await openBy(path, 'ada', `way${at}`);
        expect(await forge.mergedWith(path, head)).toEqual([]);
        await mergeBy(path, 'grace', id, how);
        const request = await forge.gatedRequest(path, id);
        expect([how, request]).toEqual([how, expect.objectContaining({ commit: head, state: 'merged' })]);
        expect(request.merged).toMatchObject({ at: time, commit: await headOf('main') });
        const commit = await brought(file);
        expect([how, await forge.mergedWith(path, commit)]).toEqual([how, [id]]);
        expect((await forge.changedBy(path, commit)).paths.map((one) => one.path)).toEqual([file]);
      }
    });

    test('by our own merge, at the head that was asked for', async () => {
      const { forge } = fixture();
      const { head, id } = await askFor(fixture(), 'ada');
      expect(await forge.merge(path, id, head)).toEqual({ outcome: 'merged' });
      expect(await forge.gatedRequest(path, id)).toMatchObject({ state: 'merged', commit: head, merged: { at: time } });
      expect(await forge.mergedWith(path, await brought(accessFile))).toEqual([id]);
    });

    test('a direct push came from none', async () => {
      const { forge, pushBy } = fixture();
      const pushed = await pushBy(path, 'ada', 'main', { [accessFile]: aliceYaml });
      expect(await forge.mergedWith(path, pushed)).toEqual([]);
    });

    test('a merge into another branch is none', async () => {
      const { forge, directory, pushBy, openBy, mergeBy } = fixture();
      await pushBy(path, 'ada', 'elsewhere', { 'new.yaml': 'c: 1\n' });
      await pushBy(path, 'ada', 'ask', { [accessFile]: aliceYaml });
      await mergeBy(path, 'ada', await openBy(path, 'ada', 'ask', 'elsewhere'), 'merge commit');
      expect(await forge.mergedWith(path, (await branchHead(directory(path), 'elsewhere')) ?? '')).toEqual([]);
    });

    test('a commit of a closed merge request that was pushed to the branch came from none', async () => {
      const { forge, closeAsPerson, pushBy } = fixture();
      const { id } = await askFor(fixture(), 'ada');
      await closeAsPerson(path, id);
      const again = await pushBy(path, 'ada', 'main', { [accessFile]: aliceYaml });
      expect(await forge.mergedWith(path, again)).toEqual([]);
    });
  });

  describe('merging', () => {
    test('is refused with ConflictError where the head is another one', async () => {
      const { forge, pushBy } = fixture();
      const { head, id } = await askFor(fixture(), 'ada');
      await pushBy(path, 'ada', 'ask', { [accessFile]: 'user: bob\n' });
      await expect(forge.merge(path, id, head)).rejects.toBeInstanceOf(ConflictError);
      expect((await forge.gatedRequest(path, id)).state).toBe('open');
    });

    test('is refused in words where the two sides conflict', async () => {
      const { forge, pushBy } = fixture();
      const { head, id } = await askFor(fixture(), 'ada');
      await pushBy(path, 'grace', 'main', { [accessFile]: 'user: bob\n' });
      expect(await forge.merge(path, id, head)).toEqual({ outcome: 'refused', reason: expect.stringMatching(/\w+ \w+/) as string });
      expect((await forge.gatedRequest(path, id)).state).toBe('open');
    });

    test('is refused in words where it is closed', async () => {
      const { forge, closeAsPerson } = fixture();
      const { head, id } = await askFor(fixture(), 'ada');
      await closeAsPerson(path, id);
      expect(await forge.merge(path, id, head)).toEqual({ outcome: 'refused', reason: expect.stringMatching(/\w+ \w+/) as string });
    });

    test('may be asked again where it was done already', async () => {
      const { forge } = fixture();
      const { head, id } = await askFor(fixture(), 'ada');
      await forge.merge(path, id, head);
      const main = await headOf('main');
      expect(await forge.merge(path, id, head)).toEqual({ outcome: 'merged' });
      expect(await headOf('main')).toBe(main);
    });

    test('one that is not there is refused', async () => {
      await expect(fixture().forge.merge(path, 77, '0123456789'.repeat(4))).rejects.toBeInstanceOf(RefusedError);
    });
  });

  test('of every rule it is said whether the forge enforces it', async () => {
    const protections = await fixture().forge.protections(path, 'main');
    expect(protections.map(({ rule }) => rule).toSorted()).toEqual(['push', 'reset-on-push', 'self-approval', 'who-merges']);
    for (const { detail } of protections) expect(detail).toMatch(/^[^\s].* .*[^\s.]$/s);
  });
}
