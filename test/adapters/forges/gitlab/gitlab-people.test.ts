import { RefusedError } from '../../../../src/domain/errors.ts';
import type { NewStatus } from '../../../../src/domain/forge.ts';
import { commitFiles } from '../../../support/git-repository.ts';
import { branch, type Connected, changeOn, connect, path, wanted } from '../../../support/gitlab-server/connected.ts';
import { ada, bot, eve, type NewProject, type NewUser } from '../../../support/gitlab-server/options.ts';

const status: NewStatus = { name: 'lockkeeper/validate', state: 'failure', description: 'x' };
const project = `/projects/${path}`;

import { readArchive } from '../../../support/read-archive.ts';

let at: Connected;
afterEach(() => at.close());

async function begin(users: readonly NewUser[] = [bot, ada, eve]) {
  at = await connect({ users });
  const { forge, server } = at;
  await server.push(path, 'feature', { 'a.yaml': 'v: 2\n' }, 'x');
  const id = await server.openMergeRequest(path, 'feature', 'Feature');
  at.asked();
  return { forge, server, id };
}

test('one request tells what is open, and one more each hundred', async () => {
  const { forge, server } = await begin();
  await forge.openRequests(path, 'main');
  expect(at.asked()).toEqual([`GET ${project}/merge_requests`]);
  for (let number = 1; number <= 100; number += 1) {
    await server.push(path, `feature-${number}`, { 'a.yaml': `v: ${number}\n` }, 'x');
    await server.openMergeRequest(path, `feature-${number}`, `Number ${number}`);
  }
  at.asked();
  const found = await forge.openRequests(path, 'main');
  expect(found.map(({ id }) => id)).toEqual(Array.from({ length: 101 }, (_, index) => 101 - index));
  expect(at.asked()).toHaveLength(2);
  server.fail('GET', /merge_requests\?.*page=2/, { status: 403 });
  await expect(forge.openRequests(path, 'main')).rejects.toBeInstanceOf(RefusedError);
});

test('of one: itself, and its merge base', async () => {
  const { forge, id } = await begin();
  await forge.request(path, id);
  expect(at.asked()).toEqual([`GET ${project}/merge_requests/${id}`, `GET ${project}/repository/merge_base`]);
});

test('one that has nothing in common with its target has no base', async () => {
  const { forge, server } = await begin();
  const orphan = { branch: 'orphan', files: { 'x.yaml': 'x: 1\n' }, message: 'x', parent: null };
  const commit = await commitFiles(server.directory(path), orphan);
  const id = await server.openMergeRequest(path, 'orphan', 'Orphan');
  const found = await forge.request(path, id);
  expect(found).toMatchObject({ commit, branch: 'orphan' });
  expect(found).not.toHaveProperty('base');
});

describe('the status of a head in a fork', () => {
  async function fromFork(users?: readonly NewUser[]) {
    const { forge, server } = await begin(users);
    const fork = await server.fork(path, 'eve');
    const commit = await server.push(fork, 'main', { 'a.yaml': 'v: 2\n' }, 'x');
    const id = await server.openMergeRequest(fork, 'main', 'From a fork', { into: path, username: 'eve' });
    at.asked();
    return { forge, server, fork, id, target: { commit, branch: 'main', request: id, fork: true } };
  }

  test('goes to the fork, where we may write', async () => {
    const { forge, fork, target, id } = await fromFork();
    await forge.setStatus(path, target, status);
    expect(await forge.statuses(fork, target.commit)).toMatchObject([{ name: status.name, state: 'failure' }]);
    expect(await forge.statuses(path, target.commit)).toEqual([]);
    expect(at.asked()).toContain(`GET ${project}/merge_requests/${id}`);
    await forge.setStatus(path, target, status);
    expect(at.asked().filter((one) => one.startsWith('POST'))).toEqual([]);
  });

  test('is refused where we may not, with what to do, and nothing is written elsewhere', async () => {
    const { forge, target, id } = await fromFork([{ ...bot, roles: { platform: 'developer' } }, ada, eve]);
    const refused: unknown = await forge.setStatus(path, target, status).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RefusedError);
    expect(String(refused)).toContain(`merge request !${id} of ${path}`);
    expect(String(refused)).toContain('Developer of the fork');
    expect(await forge.statuses(path, target.commit)).toEqual([]);
  });

  test('is refused where the fork is gone; the merge request stays what it was', async () => {
    const { forge, server, fork, target, id } = await fromFork();
    server.deleteProject(fork);
    expect(await forge.openRequests(path, 'main')).toMatchObject([{ id, commit: target.commit, fork: true }, {}]);
    expect(await forge.request(path, id)).toMatchObject({ commit: target.commit, fork: true, state: 'open' });
    expect((await readArchive(await forge.archive(path, target.commit)))['a.yaml']?.content.toString()).toBe('v: 2\n');
    const refused: unknown = await forge.setStatus(path, target, status).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RefusedError);
    expect(String(refused)).toContain('its fork is gone');
  });

  test('goes to the pipeline that ran here for this merge request, and to no other', async () => {
    const { forge, server, fork, target, id } = await fromFork([{ ...bot, roles: { platform: 'developer' } }, ada, eve]);
    server.runPipeline(path, target.commit, `refs/merge-requests/${id + 1}/head`, 'build');
    server.runPipeline(path, target.commit, 'main', 'build');
    await expect(forge.setStatus(path, target, status)).rejects.toBeInstanceOf(RefusedError);
    server.runPipeline(path, target.commit, `refs/merge-requests/${id}/head`, 'build');
    await forge.setStatus(path, target, status);
    expect((await forge.statuses(path, target.commit)).map(({ name }) => name)).toContain(status.name);
    expect(server.project(fork).requests).toEqual([]);
  });
});

describe('a comment', () => {
  test('costs one request, and one for each new author', async () => {
    const { forge, server, id } = await begin();
    const [first, second] = [server.comment(path, id, 'a'), server.comment(path, id, 'b')];
    await forge.requestComment(path, id, first);
    expect(at.asked()).toEqual([`GET ${project}/merge_requests/${id}/notes/${first}`, 'GET /user', 'GET /users/2']);
    await forge.requestComment(path, id, second);
    expect(at.asked()).toHaveLength(1);
  });

  test('of our own, or of a token, is of a bot; one of GitLab is none', async () => {
    const { forge, server, id } = await begin([bot, ada, { username: 'project_7_bot_x' }]);
    const text = '/lockkeeper validate';
    const ours = server.comment(path, id, text, 'lockkeeper');
    const token = server.comment(path, id, text, 'project_7_bot_x');
    expect((await forge.requestComment(path, id, ours))?.author).toEqual({ id: '1', name: 'lockkeeper', bot: true });
    expect((await forge.requestComment(path, id, token))?.author.bot).toBe(true);
    await server.push(path, 'feature', { 'a.yaml': 'v: 3\n' }, 'y');
    const system = server.mergeRequest(path, id).notes.find((note) => note.system);
    expect(await forge.requestComment(path, id, system?.id ?? 0)).toBeUndefined();
  });
});

test.each<[string, Omit<NewUser, 'username'>, boolean]>([
  ['a developer of the project', { roles: { [path]: 'developer' } }, true],
  ['a developer of a group above it', { roles: { platform: 'developer' } }, true],
  ['a maintainer', { roles: { [path]: 'maintainer' } }, true],
  ['an owner', { roles: { platform: 'owner' } }, true],
  ['a reporter', { roles: { [path]: 'reporter' } }, false],
  ['a guest', { roles: { platform: 'guest' } }, false],
  ['a developer elsewhere', { roles: { 'platform/other': 'developer' } }, false],
  ['a developer who was blocked', { roles: { [path]: 'developer' }, state: 'blocked' }, false],
])('who may write: %s', async (_, of, expected) => {
  const { forge } = await begin([bot, ada, { username: 'grace', ...of }]);
  expect(await forge.mayWrite(path, { id: '3', name: 'grace' })).toBe(expected);
  expect(at.asked()).toEqual([`GET ${project}/members/all/3`]);
});

const open = 'platform/environments/open';

test.each<[string, string, NewProject, Omit<NewUser, 'username'>, boolean]>([
  ['a reporter of a private project', 'a token', {}, { roles: { [open]: 'reporter' } }, true],
  ['a guest of a private project', 'a token', {}, { roles: { [open]: 'guest' } }, false],
  ['a stranger to a private project', 'a token', {}, { roles: {} }, false],
  ['a stranger to a public project', 'a token', { visibility: 'public' }, { roles: {} }, true],
  ['a guest of a public project', 'a token', { visibility: 'public' }, { roles: { [open]: 'guest' } }, true],
  ['a stranger to a public project with files for members', 'a token', { visibility: 'public', files: 'private' }, { roles: {} }, false],
  ['who is blocked, of a public project', 'a token', { visibility: 'public' }, { roles: {}, state: 'blocked' }, false],
  ['a reporter who is blocked', 'a token', {}, { roles: { [open]: 'reporter' }, state: 'blocked' }, false],
  ['a stranger to an internal project', 'an administrator', { visibility: 'internal' }, { roles: {} }, true],
  ['an external user of an internal project', 'an administrator', { visibility: 'internal' }, { roles: {}, external: true }, false],
  ['whoever may be external, of an internal project', 'a token', { visibility: 'internal' }, { roles: {} }, false],
])('who may read: %s, asked by %s', async (_, by, project, of, expected) => {
  const { forge, server } = await begin([{ ...bot, admin: by === 'an administrator' }, ada, { username: 'grace', ...of }]);
  await server.createProject(open, { 'a.yaml': 'v: 1\n' }, project);
  expect(await forge.mayRead(open, { id: '3', name: 'grace' })).toBe(expected);
});

test('who may read: nobody while GitLab does not answer', async () => {
  const { forge, server } = await begin();
  expect(await forge.mayRead(path, { id: '1/../2', name: 'ada' })).toBe(false);
  server.fail('GET', /members\/all/, { status: 403 });
  await expect(forge.mayRead(path, { id: '2', name: 'ada' })).rejects.toBeInstanceOf(RefusedError);
});

test('who may write: nobody whose number is none, and nobody while GitLab does not answer', async () => {
  const { forge, server } = await begin();
  for (const id of ['', '0', '-1', '1/../2', '1e3']) expect(await forge.mayWrite(path, { id, name: 'ada' })).toBe(false);
  server.fail('GET', /members\/all/, { status: 403 });
  await expect(forge.mayWrite(path, { id: '2', name: 'ada' })).rejects.toBeInstanceOf(RefusedError);
});

test("our own merge request's status goes where it went", async () => {
  const { forge } = await begin();
  const commit = await forge.commit(path, changeOn((await forge.state(path)).commit));
  const { id: request } = await forge.open(path, wanted);
  await forge.setStatus(path, { commit, branch, request }, status);
  expect(await forge.statuses(path, commit)).toMatchObject([{ name: status.name }]);
});
