import { git } from '../git-repository.ts';
import { type GitLabServer, startGitLab } from './gitlab-server.ts';
import { ada, bot } from './options.ts';

const path = 'platform/environments/staging';
const project = `/projects/${encodeURIComponent(path)}`;
const action = { action: 'update', file_path: 'a.yaml', content: 'v: 2\n' };
const commit = { branch: 'lockkeeper/x', commit_message: 'x', actions: [action] };
const request = { title: 'x', source_branch: 'lockkeeper/x', target_branch: 'main' };

let server: GitLabServer;
let head: string;
beforeEach(async () => {
  server = await startGitLab({
    users: [bot, ada, { username: 'eve', roles: { 'platform/environments': 'reporter' } }, { username: 'mallory', roles: {} }],
  });
  await server.createProject(path, { 'a.yaml': 'v: 1\n', 'dir/b.yaml': 'v: 1\n' });
  head = (await git(server.directory(path), ['rev-parse', 'main'])).toString().trim();
});
afterEach(() => server.close());

async function ask(method: string, at: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}/api/v4${at}`, {
    method,
    headers: { 'private-token': bot.token, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const send = async (...args: Parameters<typeof ask>): Promise<[number, unknown]> => {
  const reply = await ask(...args);
  return [reply.status, await reply.json()];
};

describe('refuses what GitLab refuses', () => {
  // Only here somebody asks on purpose for what is not described.
  afterEach(() => server.violations.splice(0));

  const as = (username: string) => ({ 'private-token': `glpat-${username}-0123456789` });

  test.each<[string, Parameters<typeof ask>, [number, unknown]]>([
    ['no token', ['GET', project, undefined, { 'private-token': '' }], [401, { message: '401 Unauthorized' }]],
    ['a project one may not see', ['GET', project, undefined, as('mallory')], [404, { message: '404 Project Not Found' }]],
    [
      'a role that may not write',
      ['POST', `${project}/repository/commits`, commit, as('eve')],
      [403, { message: '403 Forbidden - You are not allowed to push into this branch' }],
    ],
    ['a role that may not open', ['POST', `${project}/merge_requests`, request, as('eve')], [403, { message: '403 Forbidden' }]],
    [
      'all that is missing',
      ['POST', `${project}/repository/commits`, {}],
      [400, { error: 'branch is missing, commit_message is missing, actions is missing' }],
    ],
    [
      'missing in a merge request',
      ['POST', `${project}/merge_requests`, { title: 'x' }],
      [400, { error: 'source_branch is missing, target_branch is missing' }],
    ],
    [
      'a wrong type',
      ['GET', `${project}/merge_requests?updated_after=yesterday&page=x`],
      [400, { error: 'updated_after is invalid, page is invalid' }],
    ],
    ['a wrong value', ['GET', `${project}/merge_requests?state=open`], [400, { error: 'state does not have a valid value' }]],
    [
      'no branch to start from',
      ['POST', `${project}/repository/commits`, commit],
      [400, { message: 'You can only create or edit files when you are on a branch' }],
    ],
    [
      'half a commit to start from',
      ['POST', `${project}/repository/commits`, { ...commit, start_sha: 'abc' }],
      [400, { message: "Invalid start_sha 'abc'" }],
    ],
    [
      'an unknown commit',
      ['POST', `${project}/repository/commits`, { ...commit, start_sha: '0'.repeat(40) }],
      [400, { message: `Cannot find start_sha '${'0'.repeat(40)}'` }],
    ],
    [
      'two starts',
      ['POST', `${project}/repository/commits`, { ...commit, start_sha: '0'.repeat(40), start_branch: 'main' }],
      [400, { error: 'start_branch, start_sha are mutually exclusive' }],
    ],
    [
      'an odd branch name',
      ['POST', `${project}/repository/commits`, { ...commit, start_branch: 'main', branch: 'a b' }],
      [400, { message: "Something went wrong when we tried to create 'a b' for you: Branch name is invalid" }],
    ],
    [
      'an update of a missing file',
      ['POST', `${project}/repository/commits`, { ...commit, start_branch: 'main', actions: [{ ...action, file_path: 'dir' }] }],
      [400, { message: "A file with this name doesn't exist" }],
    ],
    [
      'a second creation',
      ['POST', `${project}/repository/commits`, { ...commit, start_branch: 'main', actions: [{ ...action, action: 'create' }] }],
      [400, { message: 'A file with this name already exists' }],
    ],
    [
      'a protected branch',
      ['POST', `${project}/repository/commits`, { ...commit, branch: 'main' }],
      [403, { message: '403 Forbidden - You are not allowed to push into this branch' }],
    ],
    [
      'a source branch that is not there',
      ['POST', `${project}/merge_requests`, request],
      [422, { error: ['Source branch "lockkeeper/x" does not exist'] }],
    ],
    ['a merge request that is not there', ['PUT', `${project}/merge_requests/7`, { title: 'x' }], [404, { message: '404 Not found' }]],
    ['a branch that is not there', ['GET', `${project}/repository/branches/lockkeeper%2Fx`], [404, { message: '404 Branch Not Found' }]],
    ['a commit that is not there', ['GET', `${project}/repository/commits/v7`], [404, { message: '404 Commit Not Found' }]],
    ['a file that is not there', ['GET', `${project}/repository/files/c.yaml/raw?ref=main`], [404, { message: '404 File Not Found' }]],
    [
      'a path out of the repository',
      ['GET', `${project}/repository/files/..%2Fa.yaml/raw?ref=main`],
      [400, { error: 'file_path should be a valid file path' }],
    ],
    ['a group that is not there', ['GET', '/groups/nobody/projects'], [404, { message: '404 Group Not Found' }]],
    ['an address it does not know', ['GET', `${project}/nothing`], [404, { error: '404 Not Found' }]],
  ])('%s', async (_, question, answer) => {
    expect(await send(...question)).toEqual(answer);
  });

  test('a branch that exists, unless it is forced; a second open merge request; an archived project', async () => {
    const made = await send('POST', `${project}/repository/commits`, { ...commit, start_sha: head });
    expect(made).toEqual([201, expect.objectContaining({ parent_ids: [head], author_email: bot.email, committer_email: bot.email })]);
    expect(await send('POST', `${project}/repository/commits`, { ...commit, start_sha: head })).toEqual([
      400,
      { message: "A branch called 'lockkeeper/x' already exists. Switch to that branch in order to make changes" },
    ]);
    expect((await ask('POST', `${project}/repository/commits`, { ...commit, start_sha: head, force: true })).status).toBe(201);
    expect((await ask('POST', `${project}/merge_requests`, request)).status).toBe(201);
    const second = [409, { message: ['Another open merge request already exists for this source branch: !1'] }];
    expect(await send('POST', `${project}/merge_requests`, request)).toEqual(second);
    server.project(path).archived = true;
    expect(await send('POST', `${project}/merge_requests`, request)).toEqual([403, { message: '403 Forbidden' }]);
  });
});

test('what is committed really stands there, and git finds nothing wrong with it', async () => {
  const actions = [
    action,
    { action: 'create', file_path: 'dir/é/c.yaml', content: 'YQ==', encoding: 'base64' },
    { action: 'delete', file_path: 'dir/b.yaml' },
  ];
  expect((await ask('POST', `${project}/repository/commits`, { ...commit, start_sha: head, actions })).status).toBe(201);
  const directory = server.directory(path);
  const listed = await git(directory, ['ls-tree', '-r', '-z', '--name-only', 'lockkeeper/x']);
  expect(listed.toString()).toBe('a.yaml\0dir/é/c.yaml\0');
  expect((await git(directory, ['show', 'lockkeeper/x:dir/é/c.yaml'])).toString()).toBe('a');
  await git(directory, ['fsck', '--strict', '--full']);
});

test('pages have GitLab’s headers, the last one no next', async () => {
  for (let number = 0; number < 5; number += 1) await server.tag(path, `v${number}`, head);
  const second = await ask('GET', `${project}/repository/tags?per_page=2&page=2`);
  const headers = Object.fromEntries(
    ['x-page', 'x-next-page', 'x-prev-page', 'x-total', 'x-total-pages'].map((name) => [name, second.headers.get(name)]),
  );
  expect(headers).toEqual({ 'x-page': '2', 'x-next-page': '3', 'x-prev-page': '1', 'x-total': '5', 'x-total-pages': '3' });
  expect(second.headers.get('link')).toContain(`<${server.url}/api/v4${project}/repository/tags?per_page=2&page=3>; rel="next"`);
  const last = await ask('GET', `${project}/repository/tags?per_page=2&page=3`);
  expect([last.headers.get('x-next-page'), ((await last.json()) as unknown[]).length]).toEqual(['', 1]);
});

test('an ETag is answered with 304', async () => {
  const first = await ask('GET', project);
  const again = await ask('GET', project, undefined, { 'if-none-match': first.headers.get('etag') ?? '' });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test('the same list of branches comes from a cache for half a minute, as in the real one', async () => {
  const heads = async (query: string) =>
    ((await (await ask('GET', `${project}/repository/branches${query}`)).json()) as { commit: { id: string } }[])[0]?.commit.id;
  expect(await heads('')).toBe(head);
  const pushed = await server.push(path, 'main', { 'a.yaml': 'v: 9\n' }, 'x');
  expect(await heads('')).toBe(head);
  expect(await heads('?per_page=99')).toBe(pushed);
});

test('failures come as ordered, and every request is logged', async () => {
  server.fail('GET', /tags/, { status: 429, headers: { 'retry-after': '1' } });
  expect((await ask('GET', `${project}/repository/tags`)).status).toBe(429);
  expect((await ask('GET', `${project}/repository/tags?search=v`)).status).toBe(200);
  server.fail('GET', /tags/, { reset: true });
  await expect(ask('GET', `${project}/repository/tags`)).rejects.toThrow('fetch failed');
  expect(server.requests.map(({ path: asked, query, status }) => [asked, query, status])).toEqual([
    [`/projects/${path}/repository/tags`, '', 429],
    [`/projects/${path}/repository/tags`, 'search=v', 200],
    [`/projects/${path}/repository/tags`, '', 0],
  ]);
});

test('a text that would run a quick action is noticed', async () => {
  await send('POST', `${project}/repository/commits`, { ...commit, start_sha: head });
  await send('POST', `${project}/merge_requests`, { ...request, description: 'a\n/merge\n```\n/close\n```' });
  await send('POST', `${project}/merge_requests/1/notes`, { body: 'see /close\n  /label ~x' });
  expect(server.quickActions).toEqual(['/merge', '/label ~x']);
});

test('merging makes a merge commit and removes the branch where that was asked for', async () => {
  await send('POST', `${project}/repository/commits`, { ...commit, start_sha: head });
  await send('POST', `${project}/merge_requests`, { ...request, remove_source_branch: true });
  expect(await send('PUT', `${project}/merge_requests/1/merge`)).toEqual([401, { message: '401 Unauthorized' }]);
  const merged = await send('PUT', `${project}/merge_requests/1/merge`, {}, { 'private-token': ada.token });
  expect(merged).toEqual([
    200,
    expect.objectContaining({ state: 'merged', merged_by: expect.objectContaining({ username: 'ada' }) as unknown }),
  ]);
  expect((await git(server.directory(path), ['show', 'main:a.yaml'])).toString()).toBe('v: 2\n');
  expect((await ask('GET', `${project}/repository/branches/lockkeeper%2Fx`)).status).toBe(404);
});
