import type { Hand } from '../../../src/domain/access-forge.ts';
import { RefusedError } from '../../../src/domain/errors.ts';
import type { AccessFixture } from './access-fixture.ts';
import { accessFile, aliceYaml, askFor, path } from './access-request.ts';

/** Who had a hand in it, who somebody is, and who is asked. */
export function peopleContract(fixture: () => AccessFixture): void {
  describe('hands in a merge request', () => {
    const named = (hands: readonly Hand[], name: string): readonly Hand[] => {
      const { user, identity } = fixture();
      return hands.filter((one) => one.user?.id === user(name).id || one.email === identity(name).email);
    };

    test('whoever opened it, by their number', async () => {
      const { forge, pushBy, openBy, user } = fixture();
      await pushBy(path, 'ada', 'ask', { [accessFile]: aliceYaml });
      const hands = await forge.hands(path, await openBy(path, 'grace', 'ask'));
      expect(hands).toContainEqual({ how: 'opener', user: { ...user('grace'), bot: false } });
      expect(named(hands, 'ada')).not.toEqual([]);
      expect(named(hands, 'eve')).toEqual([]);
    });

    test('authors and committers, as their commits say', async () => {
      const { forge, amendAsPerson, identity, pushBy, openBy } = fixture();
      await pushBy(path, 'grace', 'ask', { [accessFile]: aliceYaml });
      await amendAsPerson(path, 'ask');
      const hands = await forge.hands(path, await openBy(path, 'ada', 'ask'));
      expect(hands).toContainEqual(expect.objectContaining({ how: 'author', ...identity('grace') }));
      expect(hands).toContainEqual(expect.objectContaining({ how: 'committer', ...identity('ada') }));
    });

    test('of every commit and every version, those that were pushed away too', async () => {
      const { forge, pushBy } = fixture();
      const { id } = await askFor(fixture(), 'ada');
      await pushBy(path, 'grace', 'ask', { [accessFile]: 'user: grace\n' });
      expect(named(await forge.hands(path, id), 'grace')).not.toEqual([]);
      await pushBy(path, 'ada', 'ask', { [accessFile]: aliceYaml }, 'instead');
      expect(named(await forge.hands(path, id), 'grace')).not.toEqual([]);
      expect(named(await forge.hands(path, id), 'eve')).toEqual([]);
    });

    test('of one that is merged, whose branch is gone', async () => {
      const { forge, mergeBy, user } = fixture();
      const { id } = await askFor(fixture(), 'ada');
      await mergeBy(path, 'grace', id, 'merge commit');
      const hands = await forge.hands(path, id);
      expect(hands).toContainEqual({ how: 'opener', user: { ...user('ada'), bot: false } });
      expect(named(hands, 'grace')).toEqual([]);
    });

    test('of one that is not there are refused', async () => {
      await expect(fixture().forge.hands(path, 77)).rejects.toBeInstanceOf(RefusedError);
    });
  });

  describe('a person', () => {
    test('as the forge knows them now', async () => {
      const { forge, user } = fixture();
      const found = await forge.person(path, 'ada');
      expect(found).toMatchObject({ ...user('ada'), bot: false, active: true });
      expect(found?.emails.every((email) => email.includes('@'))).toBe(true);
    });

    test('that nobody is', async () => {
      const { forge, block } = fixture();
      const found = await forge.person(path, 'nobody-of-that-name');
      if (block === undefined) return expect(found).toMatchObject({ id: 'nobody-of-that-name', bot: false, emails: [] }); // without accounts, every name is somebody's
      expect(found).toBeUndefined();
    });

    test.each(['', 'ada/x', '../users/ada', 'ada?x', '@ada', 'a'.repeat(300)])('%p is nobody', async (name) => {
      expect(await fixture().forge.person(path, name)).toBeUndefined();
    });

    test('we ourselves are a bot', async () => {
      expect((await fixture().forge.person(path, 'lockkeeper'))?.bot ?? true).toBe(true);
    });

    test('one who is blocked is not active', async () => {
      const { forge, block } = fixture();
      if (block === undefined) return expect(forge.traits.type).toBe('local');
      block('grace');
      expect((await forge.person(path, 'grace'))?.active ?? false).toBe(false);
    });

    test('a program is told as a bot', async () => {
      const { forge, robot } = fixture();
      if (robot === undefined) return expect(forge.traits.type).toBe('local');
      expect(await forge.person(path, robot)).toMatchObject({ bot: true });
    });
  });

  describe('members of a group', () => {
    test('are those who are active', async () => {
      const { forge, createGroup, block, user } = fixture();
      if (createGroup === undefined) return expect(await forge.members(path, 'platform/leads')).toBeUndefined();
      const group = createGroup(['ada', 'grace']);
      const named = async () =>
        (await forge.members(path, group))?.map(({ id, name }) => ({ id, name })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
      expect(await named()).toEqual([user('ada'), user('grace')]);
      block?.('grace');
      expect(await named()).toEqual([user('ada')]);
    });

    test.each(['platform/nobody', 'nowhere/at-all', '', '../x', 'a b'])('there is no group %p', async (group) => {
      expect(await fixture().forge.members(path, group)).toBeUndefined();
    });
  });

  describe('asking for review', () => {
    test('asks once, and passes over who cannot be asked', async () => {
      const { forge, askedForReview, user } = fixture();
      const { id } = await askFor(fixture(), 'ada');
      const people = [{ id: '987654', name: 'nobody-of-that-name' }, user('grace')].map((one) => ({ ...one, bot: false }));
      await forge.askForReview(path, id, people);
      await forge.askForReview(path, id, people);
      if (askedForReview === undefined) return expect(forge.traits.type).toBe('local');
      expect(askedForReview(path, id)).toEqual(['grace']);
    });

    test('nobody is fine', async () => {
      const { id } = await askFor(fixture(), 'ada');
      await expect(fixture().forge.askForReview(path, id, [])).resolves.toBeUndefined();
    });
  });
}
