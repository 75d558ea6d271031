import { OutsideError, RefusedError } from '../../../../src/domain/errors.ts';
import type { ForgeUser } from '../../../../src/domain/forge-user.ts';
import { accessFile, askFor, files, numbered, path } from '../../../support/contracts/access-request.ts';
import type { AttackFixture } from '../../../support/contracts/attack-fixture.ts';
import { connectGitLab, grace, robot } from '../../../support/gitlab-server/access-fixture.ts';
import type { GitLabServer } from '../../../support/gitlab-server/gitlab-server.ts';
import { ada, bot, eve, type GitLabOptions } from '../../../support/gitlab-server/options.ts';
import type { People } from '../../../support/gitlab-server/people.ts';
import type { ApprovalSettings } from '../../../support/gitlab-server/world.ts';

let at: { server: GitLabServer; people: People; fixture: AttackFixture };

async function connect(options: GitLabOptions = {}): Promise<AttackFixture> {
  at = await connectGitLab(options);
  await at.fixture.createRepository(path, files);
  return at.fixture;
}

afterEach(() => at.fixture.dispose());

/** With the token of a maintainer, who may see how branches are protected. */
const maintained: GitLabOptions = { users: [{ ...bot, roles: { '': 'maintainer' } }, ada, eve, grace, robot] };

describe('what GitLab enforces by itself', () => {
  const found = async (rule: string) => (await at.fixture.forge.protections(path, 'main')).find((one) => one.rule === rule);

  test.each([
    ['nobody', true, 'nobody may push to main'],
    [
      'maintainer',
      false,
      'anybody with the role Maintainer may push to main; allow "No one" to push and merge (Settings › Repository › Protected branches)',
    ],
    [
      'developer',
      false,
      'anybody with the role Developer may push to main; allow "No one" to push and merge (Settings › Repository › Protected branches)',
    ],
  ] as const)('%s pushes', async (push, enforced, detail) => {
    await connect(maintained);
    at.people.protect(path, 'main', { push, merge: 'developer' });
    expect(await found('push')).toEqual({ rule: 'push', enforced, detail });
  });

  test.each([
    ['nobody', true, 'nobody may merge into main'],
    ['maintainer', true, 'anybody with the role Maintainer may merge into main'],
    [
      'developer',
      false,
      'anybody with the role Developer may merge into main; allow fewer to merge (Settings › Repository › Protected branches)',
    ],
  ] as const)('%s merges', async (merge, enforced, detail) => {
    await connect(maintained);
    at.people.protect(path, 'main', { push: 'nobody', merge });
    expect(await found('who-merges')).toEqual({ rule: 'who-merges', enforced, detail });
  });

  test.each([
    ['m*', false],
    ['*', false],
    ['*ai*', false],
    ['m*n*n', true],
    ['main*x', true],
    ['release/*', true],
  ])('the most generous of the rules that fit counts: %s', async (pattern, enforced) => {
    await connect(maintained);
    at.people.protect(path, 'main', { push: 'nobody', merge: 'nobody' });
    at.people.protect(path, pattern, { push: 'developer', merge: 'developer' });
    expect(await found('push')).toMatchObject({ enforced });
  });

  test('a branch without protection', async () => {
    await connect(maintained);
    at.people.unprotect(path);
    const detail =
      'anybody with the role Developer may push to main and merge into it; protect it (Settings › Repository › Protected branches)';
    expect(await found('push')).toEqual({ rule: 'push', enforced: false, detail });
    expect(await found('who-merges')).toEqual({ rule: 'who-merges', enforced: false, detail });
  });

  test('what the token may not see, and what a GitLab without a licence does not have, Lockkeeper alone enforces', async () => {
    await connect();
    const protections = await at.fixture.forge.protections(path, 'main');
    expect(protections.map(({ enforced }) => enforced)).toEqual([false, false, false, false]);
    expect((await found('push'))?.detail).toContain('give its user the role Maintainer');
    expect((await found('self-approval'))?.detail).toContain('they come with Premium');
  });

  const strict: ApprovalSettings = { byAuthors: false, byCommitters: false, resetOnPush: true };
  test.each<[string, Partial<ApprovalSettings>, boolean, boolean]>([
    ['all of it', {}, true, true],
    ['authors may approve', { byAuthors: true }, false, true],
    ['committers may approve', { byCommitters: true }, false, true],
    ['approvals outlive a push', { resetOnPush: false }, true, false],
  ])('Premium: %s', async (_, settings, self, resets) => {
    await connect({ ...maintained, premium: true });
    at.people.approvals(path, { ...strict, ...settings });
    expect(await found('self-approval')).toMatchObject({ enforced: self });
    expect(await found('reset-on-push')).toMatchObject({ enforced: resets });
  });
});

describe('a list that ends too early is an error', () => {
  test('a full page of a tree without its link to the next one, which a proxy took away', async () => {
    const { forge, pushBy } = await connect();
    const commit = await pushBy(path, 'ada', 'main', numbered(250));
    const page = Array.from({ length: 100 }, (_, index) => ({
      id: 'a',
      name: 'x',
      type: 'blob',
      path: `access/many/n${index}.yml`,
      mode: '100644',
    }));
    at.server.fail('GET', /\/tree\?.*recursive=true.*per_page=100/, {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(page),
    });
    await expect(forge.entries(path, commit, 'access')).rejects.toThrow(/not all of it could be read/);
    expect(await forge.entries(path, commit, 'access')).toHaveLength(250);
  });

  test.each([
    ['a page of versions', /\/versions\?.*page=1/],
    ['a version', /\/versions\/\d+\?/],
    ['a page of pushes', /\/events\?/],
    ['a page of notes', /\/notes\?/],
  ])('%s that fails fails all of it', async (_, which) => {
    const { forge } = await connect();
    const { id } = await askFor(at.fixture, 'ada');
    at.server.fail('GET', which, { status: 403 });
    await expect(forge.hands(path, id)).rejects.toBeInstanceOf(RefusedError);
    expect((await forge.hands(path, id)).length).toBeGreaterThan(1);
  });

  test('pushes on the second page are read', async () => {
    const { forge, pushBy, user } = await connect();
    const { id, head } = await askFor(at.fixture, 'ada');
    await at.server.pushCommit(path, 'scratch', head, 'grace');
    const other = await pushBy(path, 'ada', 'other', { 'x.yaml': 'x: 1\n' });
    for (let turn = 0; turn < 110; turn += 1) await at.server.pushCommit(path, 'other', other, 'ada');
    expect(await forge.hands(path, id)).toContainEqual({ how: 'pusher', user: { ...user('grace'), bot: false } });
  });
});

describe('merging', () => {
  test.each([
    [
      'nobody but maintainers may',
      () => at.people.protect(path, 'main', { push: 'maintainer', merge: 'maintainer' }),
      /^the token's user may not merge into main \(Settings/,
    ],
    ['it is a draft', (id: number) => at.server.changeMergeRequest(path, id, { title: 'Draft: access' }), /^it is a draft$/],
  ])('is refused where %s', async (_, happens, reason) => {
    const { forge } = await connect();
    const { head, id } = await askFor(at.fixture, 'ada');
    happens(id);
    expect(await forge.merge(path, id, head)).toEqual({ outcome: 'refused', reason: expect.stringMatching(reason) as string });
  });

  test.each([500, 502])('a failure (%d) is tried once more', async (status) => {
    const { forge } = await connect();
    const { head, id } = await askFor(at.fixture, 'ada');
    at.server.fail('PUT', /\/merge\?/, { status });
    expect(await forge.merge(path, id, head)).toEqual({ outcome: 'merged' });
    expect((await forge.gatedRequest(path, id)).state).toBe('merged');
  });

  test('one that happened although nobody said so is seen', async () => {
    const { forge } = await connect();
    const { head, id } = await askFor(at.fixture, 'ada');
    at.server.fail('PUT', /\/merge\?/, { status: 504, after: true });
    expect(await forge.merge(path, id, head)).toEqual({ outcome: 'merged' });
  });
});

describe('people', () => {
  const users = (...names: readonly string[]): readonly ForgeUser[] => names.map((name) => ({ ...at.fixture.user(name), bot: false }));

  test('a GitLab without a licence asks the first who can be asked; with one, all of them, beside those who were asked before', async () => {
    await connect();
    const { id } = await askFor(at.fixture, 'ada');
    await at.fixture.forge.askForReview(path, id, users('grace', 'eve'));
    expect(at.people.reviewers(path, id)).toEqual(['grace']);
    await at.fixture.dispose();
    await connect({ premium: true });
    const other = await askFor(at.fixture, 'ada');
    await at.fixture.forge.askForReview(path, other.id, users('grace'));
    await at.fixture.forge.askForReview(path, other.id, users('eve', 'grace'));
    expect(at.people.reviewers(path, other.id)).toEqual(['grace', 'eve']);
  });

  test('a hundred and twenty members are all there, programs told as such', async () => {
    const many = Array.from({ length: 120 }, (_, index) => ({ username: `member${index}` }));
    const { forge } = await connect({ users: [bot, ada, eve, grace, robot, ...many] });
    at.people.group('platform/many', [robot.username, ...many.map(({ username }) => username)]);
    const members = (await forge.members(path, 'platform/many')) ?? [];
    expect(members).toHaveLength(121);
    expect(members.filter((member) => member.bot).map(({ name }) => name)).toEqual([robot.username]);
  });

  test('a page of members that fails is no smaller group', async () => {
    const { forge } = await connect();
    at.people.group('platform/leads', ['grace']);
    at.server.fail('GET', /\/members\/all\?/, { status: 403 });
    await expect(forge.members(path, 'platform/leads')).rejects.toBeInstanceOf(OutsideError);
  });

  test('a person has their hidden address, and their name in the case that GitLab writes it', async () => {
    const { forge } = await connect();
    const id = at.server.userId('grace');
    expect(await forge.person(path, 'GRACE')).toEqual({
      id: String(id),
      name: 'grace',
      fullName: 'Grace Hopper',
      bot: false,
      active: true,
      emails: [`${id}-grace@users.noreply.127.0.0.1`],
    });
  });

  test('nothing of a person is remembered', async () => {
    const { forge } = await connect();
    expect(await forge.person(path, 'grace')).toMatchObject({ active: true });
    at.people.block('grace');
    expect(await forge.person(path, 'grace')).toMatchObject({ active: false });
  });
});

test('what a merged one changed is told as before its merge, although its target has it all', async () => {
  const { forge, mergeBy } = await connect();
  const { id } = await askFor(at.fixture, 'ada');
  await mergeBy(path, 'ada', id, 'fast-forward');
  expect(await forge.changedPaths(path, id)).toEqual({ paths: [{ path: accessFile, kind: 'added' }], complete: true });
});
