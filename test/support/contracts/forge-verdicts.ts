import { RefusedError } from '../../../src/domain/errors.ts';
import type { NewStatus, StatusState, StatusTarget } from '../../../src/domain/forge.ts';
import type { ForgeFixture } from './forge-fixture.ts';
import { branch, files, path, propose } from './proposal.ts';

const validate = (more: Partial<NewStatus> = {}): NewStatus => ({
  name: 'lockkeeper/validate',
  state: 'failure',
  description: '2 errors in 41 objects',
  url: 'https://lockkeeper.example.com/runs/7',
  ...more,
});

async function proposed({ forge }: ForgeFixture): Promise<StatusTarget> {
  const { head, request } = await propose(forge);
  return { commit: head, branch, request: request.id };
}

export function statusContract(fixture: () => ForgeFixture): void {
  describe('statuses of a commit', () => {
    beforeEach(() => fixture().createRepository(path, files));

    test('are what was set last of each name, on that commit alone', async () => {
      const { forge, pushAsPerson } = fixture();
      const target = await proposed(fixture());
      expect(await forge.statuses(path, target.commit)).toEqual([]);
      await forge.setStatus(path, target, validate());
      await forge.setStatus(path, target, validate({ name: 'lockkeeper/access', state: 'pending', description: 'waits for ada' }));
      await forge.setStatus(path, target, validate({ state: 'success', description: '41 objects are fine å' }));
      const statuses = await forge.statuses(path, target.commit);
      expect(statuses.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
        validate({ name: 'lockkeeper/access', state: 'pending', description: 'waits for ada' }),
        validate({ state: 'success', description: '41 objects are fine å' }),
      ]);
      expect(await forge.statuses(path, await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'x'))).toEqual([]);
    });

    const ways: readonly (readonly StatusState[])[] = [
      ['pending', 'pending', 'running', 'running', 'success', 'success'],
      ['running', 'pending', 'failure', 'running', 'error'],
      ['success', 'pending', 'failure'],
      ['error', 'error', 'running', 'success'],
    ];
    test.each(ways)('can go every way: %s %s %s …', async (...states) => {
      const { forge } = fixture();
      const target = await proposed(fixture());
      for (const [at, state] of states.entries()) await forge.setStatus(path, target, validate({ state, description: `${at}` }));
      const [found, ...others] = await forge.statuses(path, target.commit);
      expect(others).toEqual([]);
      const last = states.at(-1);
      expect(found?.description).toBe(`${states.length - 1}`);
      expect(found?.state === 'success').toBe(last === 'success');
      expect(['failure', 'error'].includes(found?.state ?? '')).toBe(last === 'failure' || last === 'error');
    });

    test('a long description is cut to what the forge allows, and set once', async () => {
      const { forge } = fixture();
      const target = await proposed(fixture());
      const description = `many errors 😀${' and more 😀'.repeat(60)}\nover two lines`;
      await forge.setStatus(path, target, validate({ description }));
      await forge.setStatus(path, target, validate({ description }));
      const [found] = await forge.statuses(path, target.commit);
      expect(found?.description).toMatch(/^many errors 😀 and more .*(…|lines)$/s);
      expect(found?.description.isWellFormed()).toBe(true);
    });

    test('a status without a page has none', async () => {
      const { forge } = fixture();
      const target = await proposed(fixture());
      const { url: _, ...plain } = validate();
      await forge.setStatus(path, target, plain);
      expect(await forge.statuses(path, target.commit)).toMatchObject([{ name: plain.name, state: 'failure' }]);
    });

    test('a commit that is not there is refused', async () => {
      const { forge } = fixture();
      const target = { ...(await proposed(fixture())), commit: '0123456789012345678901234567890123456789' };
      await expect(forge.setStatus(path, target, validate())).rejects.toBeInstanceOf(RefusedError);
      await expect(forge.statuses(path, target.commit)).rejects.toBeInstanceOf(RefusedError);
    });
  });
}

export function reviewContract(fixture: () => ForgeFixture): void {
  describe('reviews of a merge request', () => {
    beforeEach(() => fixture().createRepository(path, files));

    test('none at first: its author and its head', async () => {
      const { forge } = fixture();
      const { head, request } = await propose(forge);
      expect(await forge.reviews(path, request.id)).toMatchObject({
        author: { id: expect.stringMatching(/./) as string, name: 'lockkeeper' },
        commit: head,
        reviews: [],
      });
    });

    test('an approval says who, and for which head or when', async () => {
      const { forge, approveAsPerson } = fixture();
      const { head, request } = await propose(forge);
      await approveAsPerson(path, request.id);
      const { since, reviews } = await forge.reviews(path, request.id);
      expect(reviews).toMatchObject([{ user: { name: 'ada', bot: false }, state: 'approved' }]);
      const [approval] = reviews;
      expect(approval?.commit === head || (approval?.submittedAt ?? '') > (since ?? '9')).toBe(true);
    });

    test('one that was given before a push is seen to be older than the head', async () => {
      const { forge, approveAsPerson, pushAsPerson } = fixture();
      const { request } = await propose(forge);
      await approveAsPerson(path, request.id);
      const pushed = await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'sneaked in');
      const { commit, since = '', reviews } = await forge.reviews(path, request.id);
      expect(commit).toBe(pushed);
      const holds = reviews.filter((one) => one.commit === commit || (one.commit === undefined && (one.submittedAt ?? '') > since));
      expect(reviews.length).toBeGreaterThan(0);
      expect(holds).toEqual([]);
    });

    test('those of a merge request that is not there are refused', async () => {
      await expect(fixture().forge.reviews(path, 77)).rejects.toBeInstanceOf(RefusedError);
    });
  });
}
