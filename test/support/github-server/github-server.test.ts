import { type GitHubServer, startGitHub } from './github-server.ts';
import { describedOperation } from './openapi.ts';

const path = 'platform/staging';

async function ask(server: GitHubServer, method: string, url: string, body?: unknown): Promise<{ status: number; text: string }> {
  const reply = await fetch(`${server.url}/api/v3${url}`, {
    method,
    headers: { authorization: `Bearer ${server.token}`, 'x-github-api-version': '2022-11-28', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, text: await reply.text() };
}

/** What the stand-in finds fault with, told when it is closed. */
async function faults(method: string, url: string, body?: unknown): Promise<string> {
  const server = await startGitHub({ repositories: { [path]: { 'a.yaml': 'v: 1\n' } } });
  await ask(server, method, url, body);
  return server.close().then(
    () => '',
    (error: unknown) => String(error),
  );
}

test.each([
  [
    'a key that is not described',
    'POST',
    `/repos/${path}/pulls`,
    { title: 'x', head: 'a', base: 'main', labels: ['x'] },
    /body.labels is not described/,
  ],
  ['a key that is missing', 'POST', `/repos/${path}/git/refs`, { ref: 'refs/heads/x' }, /must have required property 'sha'/],
  ['a value of another type', 'POST', `/repos/${path}/git/trees`, { tree: [{ path: 'a', mode: '100666' }] }, /must be equal to one of/],
  [
    'a query that is not described',
    'GET',
    `/repos/${path}/git/matching-refs/heads?per_page=100`,
    undefined,
    /query per_page is not described/,
  ],
  ['a query of another type', 'GET', `/repos/${path}/pulls?per_page=all`, undefined, /query per_page must be integer/],
  ['nothing', 'GET', `/repos/${path}/pulls?per_page=100`, undefined, /^$/],
])('%s is found', async (_, method, url, body, fault) => {
  expect(await faults(method, url, body)).toMatch(fault);
});

test('a reply that is not as described is found, and what is not modelled is filled in', () => {
  const operation = describedOperation('GET /repos/{owner}/{repo}/git/ref/{ref}');
  const object = { type: 'commit', sha: '0'.repeat(40), url: 'x' };
  expect(operation.reply(200, { ref: 'refs/heads/x', object })).toEqual({
    body: { ref: 'refs/heads/x', object, node_id: 'not modelled', url: expect.any(String) as string },
    problems: [],
  });
  expect(operation.reply(200, { ref: 7, object }).problems).toEqual(['reply/ref must be string']);
  expect(operation.reply(201, {}).problems).toEqual(['status 201 is not described']);
});

test('an operation that GitHub does not have cannot be made up', () => {
  expect(() => describedOperation('GET /repos/{owner}/{repo}/merge_requests')).toThrow('GitHub describes no GET');
});

test.each([
  ['a check run of a token', `/repos/${path}/check-runs`, { name: 'x', head_sha: 'HEAD' }, 403, 'You must authenticate via a GitHub App.'],
  ['a status on an unknown commit', `/repos/${path}/statuses/${'0'.repeat(40)}`, { state: 'success' }, 422, 'No commit found for SHA'],
  ['a state that GitHub does not have', `/repos/${path}/statuses/${'0'.repeat(40)}`, { state: 'running' }, 422, 'must be equal to one of'],
])('%s is refused', async (_, url, body, status, text) => {
  const server = await startGitHub({ repositories: { [path]: { 'a.yaml': 'v: 1\n' } } });
  const reply = await ask(server, 'POST', url, body);
  await server.close().catch(() => undefined);
  expect(reply.status).toBe(status);
  expect(reply.text).toContain(text);
});

test('more than 50 annotations at once are found', async () => {
  const annotation = { path: 'a.yaml', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'x' };
  const output = { title: 'x', summary: 'x', annotations: Array.from({ length: 51 }, () => annotation) };
  expect(await faults('POST', `/repos/${path}/check-runs`, { name: 'x', head_sha: 'x', output })).toMatch(
    /must NOT have more than 50 items/,
  );
});
