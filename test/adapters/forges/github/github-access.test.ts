import { ConflictError, OutsideError, RefusedError } from '../../../../src/domain/errors.ts';
import { branchHead, gitText } from '../../../support/git-repository.ts';
import { accessUsers } from '../../../support/github-server/access-fixture.ts';
import { type Connected, connect, path } from '../../../support/github-server/connected.ts';
import type { Repository } from '../../../support/github-server/world.ts';

let at: Connected;
beforeEach(async () => {
  at = await connect({ users: accessUsers });
});
afterEach(() => at.close());

const repo = `/repos/${path}`;
const file = 'access/billing/ada.yml';

/** Ada opens a pull request with one commit. */
async function opened(branch = 'ask'): Promise<{ id: number; head: string }> {
  const head = await at.server.push(path, branch, { [`access/billing/${branch}.yml`]: 'user: ada\n' }, 'Ask');
  return { id: await at.server.openPull(path, branch, 'Ask'), head };
}

const person = (login: string) => ({ id: String(at.server.userId(login)), name: login, bot: false });
const main = async (): Promise<string> => (await branchHead(at.server.directory(path), 'main')) ?? '';
const parents = async (): Promise<number> =>
  (await gitText(at.server.directory(path), ['show', '-s', '--format=%P', 'main'])).split(' ').length;

describe('merging', () => {
  test.each<[string, Repository['forbiddenMerges'], number]>([
    ['by a merge commit', [], 2],
    ['squashed, where no merge commits are allowed', ['merge'], 1],
    ['rebased, where nothing else is allowed', ['merge', 'squash'], 1],
  ])('%s', async (_, forbidden, count) => {
    const { id, head } = await opened();
    at.server.repository(path).forbiddenMerges.push(...forbidden);
    expect(await at.forge.merge(path, id, head)).toEqual({ outcome: 'merged' });
    expect(await parents()).toBe(count);
    expect((await at.forge.gatedRequest(path, id)).merged).toMatchObject({ commit: await main(), by: { name: 'lockkeeper' } });
    expect(await at.forge.mergedWith(path, await main())).toEqual([id]);
  });

  test('is refused in the words of GitHub, once each', async () => {
    const { id, head } = await opened();
    at.server.repository(path).rules.push({ type: 'pull_request', parameters: pullRules });
    at.asked();
    expect(await at.forge.merge(path, id, head)).toEqual({
      outcome: 'refused',
      reason: 'Repository rule violations found At least 2 approving reviews are required by reviewers with write access.',
    });
    expect(at.asked()).toEqual([`PUT ${repo}/pulls/${id}/merge`, `GET ${repo}/pulls/${id}`]);
    at.server.repository(path).forbiddenMerges.push('merge', 'squash', 'rebase');
    expect(await at.forge.merge(path, id, head)).toEqual({
      outcome: 'refused',
      reason: 'Rebase merges are not allowed on this repository.',
    });
  });

  test.each([
    ['a draft', { status: 405, body: '{"message": "Pull Request is still a draft"}' }, 'Pull Request is still a draft'],
    ['without a right', { status: 403, body: '{"message": "You are not authorized to push to this branch."}' }, 'You are not authorized'],
  ])('%s is refused', async (_, how, reason) => {
    const { id, head } = await opened();
    at.server.fail('PUT', /merge/, { ...how, headers: { 'content-type': 'application/json' } });
    expect(await at.forge.merge(path, id, head)).toEqual({ outcome: 'refused', reason: expect.stringContaining(reason) as string });
  });

  test('that GitHub did without a word is not done again', async () => {
    const { id, head } = await opened();
    at.server.fail('PUT', /merge/, { status: 502, after: true });
    expect(await at.forge.merge(path, id, head)).toEqual({ outcome: 'merged' });
    expect(at.asked().filter((one) => one.startsWith('PUT'))).toHaveLength(1);
  });

  test('one that was merged at another head is no success', async () => {
    const { id, head } = await opened();
    await at.server.push(path, 'ask', { [file]: 'user: bob\n' }, 'More');
    await at.server.merge(path, id);
    await expect(at.forge.merge(path, id, head)).rejects.toBeInstanceOf(ConflictError);
  });
});

const pullRules = {
  required_approving_review_count: 2,
  dismiss_stale_reviews_on_push: true,
  require_last_push_approval: true,
  require_code_owner_review: false,
  required_review_thread_resolution: false,
};

describe('protections', () => {
  const enforced = async () => (await at.forge.protections(path, 'main')).filter((one) => one.enforced).map(({ rule }) => rule);
  const check = (more: object) => ({
    type: 'required_status_checks',
    parameters: { strict_required_status_checks_policy: false, required_status_checks: [{ context: 'lockkeeper/access', ...more }] },
  });
  const older = (more: object, admins = true) => ({ enabled: true, enforce_admins: { url: 'https://x/', enabled: admins }, ...more });
  const reviews = { dismiss_stale_reviews: true, require_code_owner_reviews: false, required_approving_review_count: 1 };
  const restrictions = { users: [], teams: [], apps: [] };

  test.each<[string, readonly Readonly<Record<string, unknown>>[], Repository['protection'], readonly string[]]>([
    ['nothing', [], undefined, []],
    ['a ruleset', [{ type: 'pull_request', parameters: pullRules }], undefined, ['push', 'self-approval', 'reset-on-push']],
    [
      'a pull request without approvals',
      [{ type: 'pull_request', parameters: { ...pullRules, required_approving_review_count: 0 } }],
      undefined,
      ['push'],
    ],
    ["the gate's check, of one App", [check({ integration_id: 7 })], undefined, ['who-merges']],
    ["the gate's check, of anybody", [check({})], undefined, []],
    [
      'who may bring anything',
      [{ type: 'update', parameters: { update_allows_fetch_and_merge: false } }],
      undefined,
      ['push', 'who-merges'],
    ],
    ['the older protection', [], older({ required_pull_request_reviews: reviews }), ['push', 'reset-on-push']],
    [
      'the older protection, the most recent push included',
      [],
      older({ required_pull_request_reviews: { ...reviews, require_last_push_approval: true }, restrictions }),
      ['push', 'self-approval', 'reset-on-push', 'who-merges'],
    ],
    ['the older protection, not for administrators', [], older({ required_pull_request_reviews: reviews, restrictions }, false), []],
    ['one that is not shown to us', [], 'hidden', []],
  ])('%s', async (_, rules, protection, wanted) => {
    const repository = at.server.repository(path);
    repository.rules.push(...rules);
    repository.protection = protection;
    expect(await enforced()).toEqual(wanted);
  });

  test('what is not shown is said', async () => {
    at.server.repository(path).protection = 'hidden';
    const [push] = await at.forge.protections(path, 'main');
    expect(push?.detail).toMatch(/may push to main; demand .* \(Settings › Rules\) \(.*administration: read\)$/);
  });

  test('a plan without rulesets has none', async () => {
    at.server.fail('GET', /\/rules\//, {
      status: 403,
      body: '{"message": "Upgrade to GitHub Pro"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(await enforced()).toEqual([]);
  });

  test('what cannot be asked is no answer', async () => {
    at.server.fail('GET', /\/rules\//, { status: 500, times: 9 });
    await expect(at.forge.protections(path, 'main')).rejects.toBeInstanceOf(OutsideError);
  });
});

describe('people', () => {
  test('all pages of a team', async () => {
    at.server.team('acme/leads', Array.from({ length: 130 }, () => ['ada', 'grace']).flat());
    expect((await at.forge.members(path, 'acme/leads'))?.length).toBe(260);
    expect(at.asked().filter((one) => one.includes('/teams/'))).toHaveLength(3);
  });

  test('a team that we may not see is no empty one', async () => {
    const body = '{"message": "Resource not accessible by integration"}';
    at.server.fail('GET', /\/teams\//, { status: 403, body, headers: { 'content-type': 'application/json' } });
    const refused = at.forge.members(path, 'acme/leads');
    await expect(refused).rejects.toBeInstanceOf(RefusedError);
    await expect(refused).rejects.toThrow('members: read');
  });

  test('an address only where the profile shows it', async () => {
    expect((await at.forge.person(path, 'ada'))?.emails).toEqual([]);
    expect((await at.forge.person(path, 'ADA'))?.name).toBe('ada');
    await at.close();
    at = await connect({ users: [...accessUsers, { login: 'lin', name: 'Lin Chen', email: 'lin@example.com', shown: true }] });
    expect(await at.forge.person(path, 'lin')).toMatchObject({ emails: ['lin@example.com'], fullName: 'Lin Chen', active: true });
  });

  test('an organisation is no person', async () => {
    expect(await at.forge.person(path, 'acme')).toMatchObject({ bot: true });
  });
});

describe('asking for review', () => {
  const asked = (id: number) => at.server.pull(path, id).requested.map(({ login }) => login);
  const posts = () => at.asked().filter((one) => one.startsWith('POST'));

  test('neither the author, nor programs, nor who reviewed this very head', async () => {
    const { id } = await opened();
    at.server.review(path, id, 'COMMENTED', 'grace');
    at.asked();
    await at.forge.askForReview(path, id, [person('ada'), person('grace'), { ...person('renovate[bot]'), bot: true }]);
    expect([asked(id), posts()]).toEqual([[], []]);
    await at.server.push(path, 'ask', { [file]: 'user: bob\n' }, 'More');
    await at.forge.askForReview(path, id, [person('grace'), person('eve')]);
    await at.forge.askForReview(path, id, [person('grace'), person('eve')]);
    expect([asked(id), posts()]).toEqual([['grace', 'eve'], [`POST ${repo}/pulls/${id}/requested_reviewers`]]);
  });

  test('one by one, where one of them cannot be asked', async () => {
    const { id } = await opened();
    await at.forge.askForReview(path, id, [{ id: '0', name: 'gone', bot: false }, person('eve'), person('grace')]);
    expect(asked(id)).toEqual(['eve', 'grace']);
  });
});

describe('what is read', () => {
  test('a commit that came with two pull requests is told as of both', async () => {
    const first = await opened();
    const second = await at.server.openPull(path, 'ask', 'Ask again', { target: await side() });
    at.server.changePull(path, second, { target: 'main' });
    await at.server.moveBranch(path, 'ada', 'main', first.head);
    expect(new Set(await at.forge.mergedWith(path, first.head))).toEqual(new Set([first.id, second]));
  });

  async function side(): Promise<string> {
    await at.server.moveBranch(path, 'ada', 'side', await main());
    return 'side';
  }

  test('a tree that GitHub cuts off is no tree', async () => {
    const commit = await at.server.push(path, 'main', { [file]: 'x\n' }, 'More');
    const reply = JSON.stringify({ sha: '1'.repeat(40), url: 'https://x/', tree: [], truncated: true });
    at.server.fail('GET', /\/git\/trees\//, { status: 200, body: reply, headers: { 'content-type': 'application/json' } });
    await expect(at.forge.entries(path, commit, 'access')).rejects.toThrow('it is larger than GitHub lists');
    expect(await at.forge.entries(path, commit, 'access/billing')).toEqual([expect.objectContaining({ path: file, mode: '100644' })]);
  });

  test('the base of a merged one is where it left its target', async () => {
    const base = await main();
    const { id } = await opened();
    await at.server.push(path, 'main', { 'a.yaml': 'v: 9\n' }, 'Meanwhile');
    await at.server.merge(path, id);
    expect((await at.forge.gatedRequest(path, id)).base).toBe(base);
  });

  test('a whole look at a request costs as many requests as docs/github.md says', async () => {
    const { id, head } = await opened();
    at.asked();
    await at.forge.hands(path, id);
    expect(at.asked().toSorted()).toEqual([
      `GET ${repo}/activity`,
      `GET ${repo}/issues/${id}/timeline`,
      `GET ${repo}/pulls/${id}`,
      `GET ${repo}/pulls/${id}/commits`,
    ]);
    await at.forge.changedPaths(path, id);
    await at.forge.entries(path, head, 'access');
    expect(at.asked()).toHaveLength(5);
  });

  test.each([
    ['commands', 'GET', /\/comments/, (id: number) => at.forge.commandComments(path, id)],
    ['files', 'GET', /\/files/, (id: number) => at.forge.changedPaths(path, id)],
    ['members', 'GET', /\/members/, () => at.forge.members(path, 'acme/leads')],
    ['a person', 'GET', /\/users\/ada/, () => at.forge.person(path, 'ada')],
    ['pull requests of a commit', 'GET', /\/commits\/.*\/pulls/, async () => at.forge.mergedWith(path, await main())],
  ] as const)('%s that cannot be read are an error', async (_, method, which, ask) => {
    const { id } = await opened();
    at.server.team('acme/leads', ['ada']);
    at.server.fail(method, which, { status: 500, times: 9 });
    await expect(ask(id)).rejects.toBeInstanceOf(OutsideError);
  });
});
