import { branchHead } from '../git-repository.ts';
import { type GitLabServer, startGitLab } from './gitlab-server.ts';

const path = 'platform/staging';
let server: GitLabServer;
afterEach(() => server.close());

async function set(body: Readonly<Record<string, unknown>>, sha?: string): Promise<{ status: number; text: string }> {
  const commit = sha ?? (await branchHead(server.directory(path), 'main'));
  const reply = await fetch(`${server.url}/api/v4/projects/${encodeURIComponent(path)}/statuses/${commit}`, {
    method: 'POST',
    headers: { 'private-token': server.token, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: reply.status, text: await reply.text() };
}

test.each([
  ['running again', ['running', 'running'], 400, 'Cannot transition status via :run from :running'],
  ['waiting again', ['pending', 'pending'], 400, 'Cannot transition status via :enqueue from :pending'],
  ['waiting after running', ['running', 'pending'], 400, 'Cannot transition status via :enqueue from :running'],
  ['running after waiting', ['pending', 'running'], 201, '"status":"running"'],
  ['a new verdict after one', ['success', 'failed'], 201, '"status":"failed"'],
])('%s', async (_, states, status, text) => {
  server = await startGitLab({ projects: { [path]: { a: '1' } } });
  let reply = { status: 0, text: '' };
  for (const state of states) reply = await set({ state, name: 'x' });
  expect(reply.status).toBe(status);
  expect(reply.text).toContain(text);
});

test('an unknown commit, an unknown pipeline and a long text are refused', async () => {
  server = await startGitLab({ projects: { [path]: { a: '1' } } });
  expect((await set({ state: 'success' }, '0'.repeat(40))).status).toBe(404);
  expect((await set({ state: 'success', pipeline_id: 7 })).status).toBe(404);
  expect((await set({ state: 'success', description: 'x'.repeat(256) })).status).toBe(400);
});
