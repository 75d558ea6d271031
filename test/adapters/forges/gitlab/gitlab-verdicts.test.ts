import { RefusedError } from '../../../../src/domain/errors.ts';
import type { NewStatus } from '../../../../src/domain/forge.ts';
import { branch, type Connected, changeOn, connect, path, wanted } from '../../../support/gitlab-server/connected.ts';
import { ada, bot } from '../../../support/gitlab-server/options.ts';

const status = (more: Partial<NewStatus> = {}): NewStatus => ({ name: 'lockkeeper/validate', state: 'failure', description: 'x', ...more });

let at: Connected;
afterEach(() => at.close());

async function propose(options: Parameters<typeof connect>[0] = {}) {
  at = await connect(options);
  const commit = await at.forge.commit(path, changeOn((await at.forge.state(path)).commit));
  const { id } = await at.forge.open(path, wanted);
  at.asked();
  return { id, target: { commit, branch, request: id } };
}

/** Every status as GitLab has it, of all pipelines. */
async function listed(commit: string): Promise<readonly Record<string, unknown>[]> {
  const url = `${at.server.url}/api/v4/projects/${encodeURIComponent(path)}/repository/commits/${commit}/statuses?all=true`;
  return (await (await fetch(url, { headers: { 'private-token': at.server.token } })).json()) as Record<string, unknown>[];
}

test('two requests while the same stands there, three for another', async () => {
  const { id, target } = await propose();
  const [pipelines, list, write] = [
    `GET /projects/${path}/merge_requests/${id}/pipelines`,
    `GET /projects/${path}/repository/commits/${target.commit}/statuses`,
    `POST /projects/${path}/statuses/${target.commit}`,
  ];
  const [same, other] = [
    [pipelines, list],
    [pipelines, list, write],
  ];
  for (const state of ['pending', 'pending', 'running', 'running', 'failure', 'failure'] as const)
    await at.forge.setStatus(path, target, status({ state }));
  expect(at.asked()).toEqual([...other, ...same, ...other, ...same, ...other, ...same]);
  expect(await listed(target.commit)).toMatchObject([{ status: 'failed', ref: branch }]);
});

test('what runs is not begun again, whatever is said of it', async () => {
  const { target } = await propose();
  await at.forge.setStatus(path, target, status({ state: 'running', description: 'first' }));
  await at.forge.setStatus(path, target, status({ state: 'running', description: 'second' }));
  await at.forge.setStatus(path, target, status({ state: 'pending', description: 'third' }));
  expect(await at.forge.statuses(path, target.commit)).toMatchObject([{ state: 'running', description: 'first' }]);
});

test('the pipeline that the merge request shows gets it, and never that of another branch', async () => {
  const { id, target } = await propose();
  at.server.runPipeline(path, target.commit, 'feature/same-commit', 'build');
  await at.forge.setStatus(path, target, status());
  expect((await listed(target.commit)).map(({ ref, name }) => [ref, name])).toEqual([
    ['feature/same-commit', 'build'],
    [branch, 'lockkeeper/validate'],
  ]);
  at.server.runPipeline(path, target.commit, `refs/merge-requests/${id}/head`, 'build');
  await at.forge.setStatus(path, target, status());
  expect((await listed(target.commit)).at(-1)).toMatchObject({ ref: `refs/merge-requests/${id}/head`, name: 'lockkeeper/validate' });
});

test.each(['web', 'schedule', 'push'] as const)('a pipeline that begins later (%s) gets it too, once', async (source) => {
  const { target } = await propose();
  await at.forge.setStatus(path, target, status());
  at.server.runPipeline(path, target.commit, branch, 'build', { source, status: 'pending' });
  for (let times = 0; times < 3; times += 1) await at.forge.setStatus(path, target, status());
  const all = await listed(target.commit);
  expect(all.map(({ name }) => name)).toEqual(['lockkeeper/validate', 'build', 'lockkeeper/validate']);
  expect(all[2]?.['pipeline_id']).toBe(all[1]?.['pipeline_id']);
});

test("a merge request's own pipeline is shown before a newer one of its branch", async () => {
  const { id, target } = await propose();
  at.server.runPipeline(path, target.commit, `refs/merge-requests/${id}/head`, 'build');
  at.server.runPipeline(path, target.commit, branch, 'nightly', { source: 'schedule' });
  await at.forge.setStatus(path, target, status());
  expect((await listed(target.commit)).at(-1)).toMatchObject({ ref: `refs/merge-requests/${id}/head`, name: 'lockkeeper/validate' });
});

describe('a pipeline of merged results, which is of a commit of its own', () => {
  test('gets it there', async () => {
    const { id, target } = await propose();
    await at.forge.setStatus(path, target, status());
    const merged = await at.server.mergedResult(path, id);
    at.server.runPipeline(path, merged, `refs/merge-requests/${id}/merge`, 'build', { status: 'running' });
    at.asked();
    for (let times = 0; times < 2; times += 1) await at.forge.setStatus(path, target, status());
    expect(await listed(merged)).toMatchObject([{ name: 'build' }, { name: 'lockkeeper/validate', status: 'failed' }]);
    expect(await listed(target.commit)).toHaveLength(1);
    expect(at.asked()).toContain(`GET /projects/${path}/repository/commits/${merged}`);
  });

  test('is passed over where it is of the head before', async () => {
    const { id, target } = await propose();
    const merged = await at.server.mergedResult(path, id);
    at.server.runPipeline(path, merged, `refs/merge-requests/${id}/merge`, 'build');
    const commit = await at.server.push(path, branch, { 'b.yaml': 'v: 3\n' }, 'more');
    await at.forge.setStatus(path, { ...target, commit }, status());
    expect(await listed(merged)).toMatchObject([{ name: 'build' }]);
    expect(await listed(commit)).toMatchObject([{ ref: branch, name: 'lockkeeper/validate' }]);
  });
});

test('of a head that has no pipeline, none of the head before gets it', async () => {
  const { id, target } = await propose();
  at.server.runPipeline(path, target.commit, `refs/merge-requests/${id}/head`, 'build');
  const commit = await at.server.push(path, branch, { 'b.yaml': 'v: 3\n' }, 'more');
  await at.forge.setStatus(path, { ...target, commit }, status());
  expect(await listed(target.commit)).toMatchObject([{ name: 'build' }]);
  expect(await listed(commit)).toMatchObject([{ ref: branch, name: 'lockkeeper/validate' }]);
});

test('statuses tell the jobs of pipelines too', async () => {
  const { target } = await propose();
  at.server.runPipeline(path, target.commit, branch, 'build');
  await at.forge.setStatus(path, target, status());
  expect((await at.forge.statuses(path, target.commit)).map(({ name, state }) => [name, state])).toEqual([
    ['build', 'success'],
    ['lockkeeper/validate', 'failure'],
  ]);
});

test('a role too low is told', async () => {
  const { target } = await propose({ users: [bot, ada, { username: 'eve', roles: { '': 'reporter' } }] });
  const refused = await at
    .again('glpat-eve-0123456789')
    .setStatus(path, target, status())
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RefusedError);
  expect(String(refused)).toContain("give the token's user the role Developer");
});

test('one whose outcome is not known is not written twice', async () => {
  const { target } = await propose();
  at.server.fail('POST', /\/statuses\//, { status: 502, after: true });
  await at.forge.setStatus(path, target, status());
  expect(await listed(target.commit)).toHaveLength(1);
});

describe.each([
  ['says when', false],
  ['as an older version', true],
])('approvals, %s', (_, older) => {
  test('later than the head, until it moves; one taken back is gone', async () => {
    const { id } = await propose({ users: [bot, ada, { username: 'grace' }] });
    if (older) at.server.forgetApprovalTimes();
    at.server.approve(path, id);
    at.server.approve(path, id, 'grace');
    at.server.unapprove(path, id);
    at.server.approve(path, id);
    const before = await at.forge.reviews(path, id);
    expect(before.reviews.map(({ user, submittedAt = '' }) => [user.name, submittedAt > (before.since ?? '9')])).toEqual([
      ['grace', true],
      ['ada', true],
    ]);
    await at.server.push(path, branch, { 'b.yaml': 'v: 3\n' }, 'sneaked in');
    at.server.unapprove(path, id, 'grace');
    const after = await at.forge.reviews(path, id);
    expect(after.reviews.map(({ user, submittedAt = '9' }) => [user.name, submittedAt > (after.since ?? '')])).toEqual([['ada', false]]);
  });
});

test('a comment that says so is no approval', async () => {
  const { id } = await propose();
  at.server.forgetApprovalTimes();
  at.server.comment(path, id, 'approved this merge request');
  expect((await at.forge.reviews(path, id)).reviews).toEqual([]);
});

test('tokens of projects and groups are no persons', async () => {
  const { id } = await propose({ users: [bot, ada, { username: 'project_7_bot_x' }] });
  at.server.approve(path, id, 'project_7_bot_x');
  expect((await at.forge.reviews(path, id)).reviews).toMatchObject([{ user: { id: '3', name: 'project_7_bot_x', bot: true } }]);
});
