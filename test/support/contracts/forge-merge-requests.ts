import { ConflictError } from '../../../src/domain/errors.ts';
import type { Forge, MergeRequest } from '../../../src/domain/forge.ts';
import { branchHead } from '../git-repository.ts';
import type { ForgeFixture } from './forge-fixture.ts';
import { branch, change, path, propose, wanted } from './proposal.ts';

/** As it stands now; a forge may need a moment and another look to know about conflicts. */
async function find(forge: Forge, id: number): Promise<MergeRequest> {
  await forge.state(path);
  const found = (await forge.mergeRequests(path)).find((request) => request.id === id);
  if (found === undefined) throw new Error(`merge request ${id} is not listed`);
  return found;
}

export function mergeRequestContract(fixture: () => ForgeFixture): void {
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

    test('one that a person has closed or merged meanwhile is not edited', async () => {
      const { forge, closeAsPerson, mergeAsPerson, pushAsPerson } = fixture();
      const { request } = await propose(forge);
      await closeAsPerson(path, request.id);
      await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'x');
      const second = await forge.open(path, wanted);
      await mergeAsPerson(path, second.id);
      for (const { id } of [request, second]) {
        await expect(forge.edit(path, id, { title: 'new', description: 'new' })).rejects.toBeInstanceOf(ConflictError);
        expect(await find(forge, id)).toMatchObject({ title: wanted.title, description: wanted.description });
      }
    });

    test('edit moves it to another target', async () => {
      const { forge, pushAsPerson } = fixture();
      const { request } = await propose(forge);
      await pushAsPerson(path, 'next', { 'other.yaml': 'b: 9\n' }, 'x');
      await forge.edit(path, request.id, { target: 'next' });
      expect(await find(forge, request.id)).toMatchObject({ title: wanted.title, target: 'next', state: 'open' });
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

    test('who merged or closed one, and when', async () => {
      const { forge, closeAsPerson, mergeAsPerson, pushAsPerson } = fixture();
      const { request } = await propose(forge);
      expect(await find(forge, request.id)).not.toHaveProperty('endedAt');
      const begun = Math.floor(Date.now() / 1000) * 1000;
      await closeAsPerson(path, request.id);
      await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'x');
      const second = await forge.open(path, wanted);
      await mergeAsPerson(path, second.id);
      const [closed, merged] = [await find(forge, request.id), await find(forge, second.id)];
      expect(closed.endedBy ?? (await forge.endedBy(path, closed))).toBe('ada');
      // git alone does not say which user of the forge pushed a merge
      expect(merged.endedBy ?? (await forge.endedBy(path, merged))).toBe(forge.traits.type === 'local' ? undefined : 'ada');
      for (const { endedAt } of [closed, merged]) expect(Date.parse(endedAt ?? '')).toBeGreaterThanOrEqual(begun);
      expect(await find(forge, request.id)).toEqual(closed);
    });

    test('conflicts with the target are known once the target changes the same line', async () => {
      const { forge, pushAsPerson } = fixture();
      const { request } = await propose(forge);
      await pushAsPerson(path, 'main', { 'other.yaml': 'b: 2\n' }, 'elsewhere');
      await find(forge, request.id);
      expect((await find(forge, request.id)).conflicts).toBe(false);
      await pushAsPerson(path, 'main', { 'manifests/billing.yaml': 'image: billing:1.4.3\r\nreplicas: 2\r\n' }, 'same line');
      let found = await find(forge, request.id); // a forge finds it out after it was asked
      for (let tries = 0; tries < 100 && !found.conflicts; tries += 1) found = await find(forge, request.id);
      expect(found.conflicts).toBe(true);
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

export function commentContract(fixture: () => ForgeFixture): void {
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

    test('whether ours stands there; a person’s that quotes it is not ours', async () => {
      const { forge, comments, commentAsPerson, pushAsPerson, openAsPerson } = fixture();
      const { request } = await propose(forge);
      expect(await forge.hasCommented(path, request.id, 'access-ended')).toBe(false);
      await forge.comment(path, request.id, 'access-ended', 'over');
      expect(await forge.hasCommented(path, request.id, 'access-ended')).toBe(true);
      expect(await forge.hasCommented(path, request.id, 'access')).toBe(false);
      await pushAsPerson(path, 'quoting', { 'other.yaml': 'b: 2\n' }, 'x');
      const other = await openAsPerson(path, 'quoting', 'x');
      const [ours = ''] = await comments(path, request.id);
      await commentAsPerson(path, other, ours);
      expect(await forge.hasCommented(path, other, 'access-ended')).toBe(false);
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
