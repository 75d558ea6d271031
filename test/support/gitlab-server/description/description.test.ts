import { git } from '../../git-repository.ts';
import { type Call, page } from '../call.ts';
import { startGitLab } from '../gitlab-server.ts';
import { bot } from '../options.ts';
import { describedOperation } from './described.ts';
import { replyProblems } from './operation.ts';

const path = 'platform/staging';
const project = `/projects/${encodeURIComponent(path)}`;

const withToken = { 'private-token': bot.token, 'content-type': 'application/json' };

/** What the stand-in finds fault with, told when it is closed. */
async function faults(method: string, url: string, body?: unknown): Promise<string> {
  const server = await startGitLab({ projects: { [path]: { 'a.yaml': 'v: 1\n' } } });
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  await (await fetch(`${server.url}/api/v4${url}`, { method, headers: withToken, ...sent })).text();
  return server.close().then(
    () => '',
    (error: unknown) => String(error),
  );
}

const action = { action: 'update', file_path: 'a.yaml', content: 'v: 2\n' };
const commit = { branch: 'lockkeeper/x', start_branch: 'main', commit_message: 'x' };

test.each([
  ['a query that is not described', 'GET', `${project}/repository/tags?searching=v`, undefined, /searching is not described/],
  ['a query that is described but does nothing here', 'GET', `${project}/repository/tags?sort=asc`, undefined, /sort is not modelled here/],
  ['a query of another type', 'GET', `${project}/repository/tags?per_page=all`, undefined, /per_page is invalid/],
  ['a value that is not one of those', 'GET', `${project}/merge_requests?state=open`, undefined, /state does not have a valid value/],
  ['a state that is none', 'POST', `${project}/statuses/main`, { state: 'error' }, /state does not have a valid value/],
  ['a key that is missing', 'POST', `${project}/merge_requests`, { title: 'x', source_branch: 'a' }, /target_branch is missing/],
  ['a key that is not described', 'PUT', `${project}/merge_requests/1`, { titel: 'x' }, /titel is not described/],
  ['a key of another type', 'POST', `${project}/merge_requests/1/notes`, { body: ['x'] }, /body is invalid/],
  ['a body where the query is read', 'DELETE', `${project}/repository/branches/x`, { search: 'x' }, /search belongs into the query/],
  ['a query where the body is read', 'POST', `${project}/merge_requests/1/notes?body=x`, undefined, /body belongs into the body/],
  ['a part of the path of another type', 'GET', `${project}/merge_requests/!1`, undefined, /merge_request_iid is invalid/],
  [
    'a key that is not described, of one of several',
    'POST',
    `${project}/repository/commits`,
    { ...commit, actions: [action, { ...action, mode: '755' }] },
    /actions\[1\]\[mode\] is not described/,
  ],
  [
    'a key that is missing, of one of several',
    'POST',
    `${project}/repository/commits`,
    { ...commit, actions: [{ content: 'x' }] },
    /actions\[0\]\[action\] is missing/,
  ],
  ['nothing, where GitLab refuses what is described', 'PUT', `${project}/merge_requests/1`, { title: 'x' }, /^$/],
  ['nothing', 'POST', `${project}/repository/commits`, { ...commit, actions: [action] }, /^$/],
])('%s is found', async (_, method, url, body, fault) => {
  expect(await faults(method, url, body)).toMatch(fault);
});

const approvals = { user_has_approved: false, user_can_approve: true, approved: false, approved_by: [] };

test.each<[string, string, number, unknown, readonly string[]]>([
  ['as described', 'approvals', 200, approvals, []],
  ['a field of another type', 'approvals', 200, { ...approvals, approved: 1 }, ['reply/approved must be boolean']],
  [
    'a field that is missing',
    'approvals',
    200,
    { user_has_approved: false, user_can_approve: true, approved: false },
    ["reply must have required property 'approved_by'"],
  ],
  [
    'a field that is not described',
    'approvals',
    200,
    { ...approvals, approvers_left: 1 },
    ['reply must NOT have additional properties (approvers_left)'],
  ],
  ['another status', 'approvals', 201, approvals, ['status 201 is not described']],
  ['a refusal that is not described', 'approvals', 409, { message: 'x' }, ['status 409 is not described']],
  ['a refusal', 'approvals', 404, { message: '404 Not found' }, []],
  ['a refusal that says nothing', 'approvals', 404, {}, ['a refusal has a message or an error']],
])('a reply: %s', (_, what, status, body, problems) => {
  const operation = describedOperation(`GET /projects/:id/merge_requests/:merge_request_iid/${what}`);
  expect(replyProblems(operation, status, body)).toEqual(problems);
});

test('a time is a time', () => {
  const version = {
    id: 1,
    head_commit_sha: 'a'.repeat(40),
    base_commit_sha: 'b'.repeat(40),
    start_commit_sha: 'b'.repeat(40),
    created_at: 'yesterday',
    merge_request_id: 1,
    state: 'collected',
    real_size: '1',
    patch_id_sha: null,
  };
  const operation = describedOperation('GET /projects/:id/merge_requests/:merge_request_iid/versions');
  expect(replyProblems(operation, 200, [version])).toEqual(['reply/0/created_at must match format "date-time"']);
  expect(replyProblems(operation, 200, [{ ...version, created_at: '2026-03-02T12:00:00.000+01:00' }])).toEqual([]);
});

test('an operation that GitLab does not have cannot be made up', () => {
  expect(() => describedOperation('GET /projects/:id/pulls')).toThrow('GitLab describes no GET /projects/:id/pulls');
});

describe('pages, as GitLab counts them', () => {
  const names = ['x-next-page', 'x-total', 'x-total-pages'];

  test.each([
    ['the first of branches names a second one that is not there', 'branches?per_page=10', 1, ['2', '1', '1']],
    ['the second is empty', 'branches?per_page=10&page=2', 0, ['', '1', '1']],
    ['a search gives everything it found on the first, and counts everything', 'tags?per_page=2&search=v1', 3, ['2', '5', '3']],
    ['and from the second on what would stand there', 'tags?per_page=2&search=v1&page=2', 1, ['', '3', '2']],
    ['without a search the first is no longer than asked for', 'tags?per_page=2', 2, ['2', '5', '3']],
    ['a full one of commits names a next one, and nothing is counted', 'commits?per_page=1', 1, ['2', null, null]],
    ['one of commits that is not full names none', 'commits?per_page=1&page=2', 0, ['', null, null]],
  ])('%s', async (_, query, size, headers) => {
    const server = await startGitLab({ projects: { [path]: { 'a.yaml': 'v: 1\n' } } });
    const head = (await git(server.directory(path), ['rev-parse', 'main'])).toString().trim();
    for (const name of ['v1.0', 'v1.1', 'v1.2', 'v2.0', 'v2.1']) await server.tag(path, name, head);
    const reply = await fetch(`${server.url}/api/v4${project}/repository/${query}`, { headers: withToken });
    expect((await reply.json()) as unknown[]).toHaveLength(size);
    expect(names.map((name) => reply.headers.get(name))).toEqual(headers);
    await server.close();
  });

  test('more than ten thousand are not counted', () => {
    const call = { given: { per_page: 100 }, query: new URLSearchParams('scope=all'), path: '/x', world: { url: 'https://gitlab' } };
    const link = (page: number, rel: string) => `<https://gitlab/api/v4/x?scope=all&page=${page}&per_page=100>; rel="${rel}"`;
    const listed = (length: number) => page(call as unknown as Call, Array.from({ length })).headers;
    const first = { 'x-page': '1', 'x-per-page': '100', 'x-prev-page': '', 'x-next-page': '2' };
    expect(listed(10_001)).toEqual({ ...first, link: `${link(2, 'next')}, ${link(1, 'first')}` });
    const counted = { 'x-total': '10000', 'x-total-pages': '100' };
    expect(listed(10_000)).toEqual({ ...first, ...counted, link: `${link(2, 'next')}, ${link(1, 'first')}, ${link(100, 'last')}` });
  });
});
