import { RefusedError } from '../../../src/domain/errors.ts';
import { readArchive } from '../read-archive.ts';
import type { ForgeFixture, Fork } from './forge-fixture.ts';
import { files, path, propose, wanted } from './proposal.ts';

const change = { 'other.yaml': 'b: 2\n' };

export function requestsContract(fixture: () => ForgeFixture): void {
  describe("anybody's merge requests", () => {
    beforeEach(() => fixture().createRepository(path, files));

    test('none at first', async () => {
      expect(await fixture().forge.openRequests(path, 'main')).toEqual([]);
    });

    test('every open one into that branch, ours and those of people, newest first', async () => {
      const { forge, pushAsPerson, openAsPerson, closeAsPerson, user } = fixture();
      const { head, request } = await propose(forge);
      const heads = await Promise.all(['feature/å', 'draft', 'elsewhere', 'closed'].map((name) => pushAsPerson(path, name, change, name)));
      const feature = await openAsPerson(path, 'feature/å', 'Two replicas: å');
      const draft = await openAsPerson(path, 'draft', 'Wait', true);
      await forge.edit(path, await openAsPerson(path, 'elsewhere', 'Into another branch'), { target: 'draft' });
      await closeAsPerson(path, await openAsPerson(path, 'closed', 'Not this one'));
      const ada = user('ada');
      expect(await forge.openRequests(path, 'main')).toEqual([
        {
          id: draft,
          url: expect.stringContaining(String(draft)) as string,
          title: expect.stringMatching(/Wait$/) as string,
          branch: 'draft',
          target: 'main',
          commit: heads[1],
          labels: [],
          fork: false,
          author: ada,
          draft: true,
        },
        expect.objectContaining({
          id: feature,
          title: 'Two replicas: å',
          branch: 'feature/å',
          commit: heads[0],
          author: ada,
          draft: false,
        }),
        expect.objectContaining({ id: request.id, title: wanted.title, commit: head, labels: wanted.labels, fork: false, draft: false }),
      ]);
    });

    test('one of them as it is now, with where it left the target', async () => {
      const { forge, pushAsPerson, openAsPerson } = fixture();
      const { commit: base } = await forge.state(path);
      const first = await pushAsPerson(path, 'feature', change, 'x');
      const id = await openAsPerson(path, 'feature', 'Two replicas');
      expect(await forge.request(path, id)).toMatchObject({ id, commit: first, base, state: 'open', target: 'main', fork: false });
      await pushAsPerson(path, 'main', { 'new.yaml': 'c: 1\n' }, 'meanwhile');
      const second = await pushAsPerson(path, 'feature', { 'other.yaml': 'b: 3\n' }, 'y');
      expect(await forge.request(path, id)).toMatchObject({ commit: second, base, state: 'open' });
    });

    test('one that is merged, or closed', async () => {
      const { forge, pushAsPerson, openAsPerson, mergeAsPerson, closeAsPerson } = fixture();
      for (const name of ['one', 'two']) await pushAsPerson(path, name, { [`${name}.yaml`]: 'a: 1\n' }, name);
      const [one, two] = [await openAsPerson(path, 'one', 'One'), await openAsPerson(path, 'two', 'Two')];
      await mergeAsPerson(path, one);
      await closeAsPerson(path, two);
      expect([(await forge.request(path, one)).state, (await forge.request(path, two)).state]).toEqual(['merged', 'closed']);
    });

    test('one that is not there is refused', async () => {
      await expect(fixture().forge.request(path, 77)).rejects.toBeInstanceOf(RefusedError);
    });
  });

  describe('a merge request from a fork', () => {
    beforeEach(() => fixture().createRepository(path, files));

    /** From a branch of the same name as the target's. */
    async function opened(of: (path: string) => Promise<Fork>) {
      const { forge } = fixture();
      const { commit: base } = await forge.state(path);
      const fork = await of(path);
      const head = await fork.push('main', change);
      return { base, fork, head, id: await fork.open('main', 'From a fork') };
    }

    test('is listed as such, read with its files, and moves with its branch', async () => {
      const { forge, forkAsPerson, user } = fixture();
      if (forkAsPerson === undefined) return expect(forge.traits.type).toBe('local');
      const { base, fork, head, id } = await opened(forkAsPerson);
      const common = { id, branch: 'main', target: 'main', fork: true, author: user('eve') };
      expect(await forge.openRequests(path, 'main')).toMatchObject([{ ...common, commit: head }]);
      expect(await forge.request(path, id)).toMatchObject({ ...common, commit: head, base, state: 'open' });
      expect((await readArchive(await forge.archive(path, head)))['other.yaml']?.content.toString()).toBe('b: 2\n');
      const next = await fork.push('main', { 'other.yaml': 'b: 3\n' });
      expect(await forge.request(path, id)).toMatchObject({ commit: next, base });
      expect((await readArchive(await forge.archive(path, next)))['other.yaml']?.content.toString()).toBe('b: 3\n');
      expect(await forge.mergeRequests(path)).toEqual([]);
    });

    test("takes our comments, and none of its status shows at the target's own branch", async () => {
      const { forge, forkAsPerson, comments } = fixture();
      if (forkAsPerson === undefined) return expect(forge.traits.type).toBe('local');
      const { base, head, id } = await opened(forkAsPerson);
      await forge.comment(path, id, 'validate', 'two errors');
      expect(await comments(path, id)).toEqual([expect.stringContaining('two errors')]);
      const status = { name: 'lockkeeper/validate', state: 'failure', description: 'two errors' } as const;
      await forge.setStatus(path, { commit: head, branch: 'main', request: id, fork: true }, status);
      expect(await forge.statuses(path, base)).toEqual([]);
    });
  });

  describe('what people write below a merge request', () => {
    beforeEach(() => fixture().createRepository(path, files));

    test('is read back, with who wrote it', async () => {
      const { forge, commentAsPerson, user } = fixture();
      const { request } = await propose(forge);
      const text = 'Thanks å!\n\n/lockkeeper validate\n<!-- x -->';
      const id = await commentAsPerson(path, request.id, text);
      expect(await forge.requestComment(path, request.id, id)).toEqual({
        id,
        text,
        author: { ...user('ada'), bot: false },
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        edited: false,
      });
    });

    test('says that it was edited', async () => {
      const { forge, commentAsPerson, editCommentAsPerson } = fixture();
      const { request } = await propose(forge);
      const id = await commentAsPerson(path, request.id, 'Thanks');
      await editCommentAsPerson(path, request.id, id, '/lockkeeper validate');
      expect(await forge.requestComment(path, request.id, id)).toMatchObject({ text: '/lockkeeper validate', edited: true });
    });

    test('belongs to that merge request', async () => {
      const { forge, pushAsPerson, openAsPerson, commentAsPerson } = fixture();
      const { request } = await propose(forge);
      await pushAsPerson(path, 'feature', change, 'x');
      const other = await openAsPerson(path, 'feature', 'Another');
      const id = await commentAsPerson(path, request.id, '/lockkeeper validate');
      expect(await forge.requestComment(path, other, id)).toBeUndefined();
      expect(await forge.requestComment(path, request.id, id + 1000)).toBeUndefined();
    });
  });

  describe('who may write', () => {
    test('a member who may push, and nobody else', async () => {
      const { forge, createRepository, user, forkAsPerson } = fixture();
      await createRepository(path, files);
      expect(await forge.mayWrite(path, user('ada'))).toBe(true);
      expect(await forge.mayWrite(path, { id: '', name: '' })).toBe(false);
      if (forkAsPerson === undefined) return expect(forge.traits.type).toBe('local'); // there is nobody else
      expect(await forge.mayWrite(path, user('eve'))).toBe(false);
      expect(await forge.mayWrite(path, { id: '987654', name: 'nobody-of-that-name' })).toBe(false);
      expect(await forge.mayWrite(path, { id: user('eve').id, name: 'ada' })).toBe(false); // a name that was given up and taken
    });

    test('who may write may read, and nobody of whom nothing is known', async () => {
      const { forge, createRepository, user, forkAsPerson } = fixture();
      await createRepository(path, files);
      expect(await forge.mayRead(path, user('ada'))).toBe(true);
      expect(await forge.mayRead(path, { id: '', name: '' })).toBe(false);
      if (forkAsPerson === undefined) return expect(forge.traits.type).toBe('local'); // who may read the folder may read all of it
      expect(await forge.mayRead(path, user('eve'))).toBe(true);
      expect(await forge.mayRead(path, { id: '987654', name: 'nobody-of-that-name' })).toBe(false);
      expect(await forge.mayRead(path, { id: '987654', name: 'ada' })).toBe(false); // a name that was given up and taken
    });
  });
}
