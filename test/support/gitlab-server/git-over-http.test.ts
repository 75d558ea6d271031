import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText } from '../git-repository.ts';
import { temporaryFolder } from '../temporary.ts';
import { type GitLabServer, startGitLab } from './gitlab-server.ts';
import { ada, bot } from './options.ts';

const path = 'platform/environments/staging';
const folder = temporaryFolder();

let server: GitLabServer;
beforeEach(async () => {
  const eve = { username: 'eve', roles: { '': 'reporter' } } as const;
  server = await startGitLab({ git: true, users: [bot, ada, eve, { username: 'mallory', roles: {} }] });
  await server.createProject(path, { 'a.yaml': 'v: 1\n' });
});
afterEach(() => server.close());

const urlFor = (token: string, of = path): string => server.url.replace('://', `://oauth2:${token}@`).concat(`/${of}.git`);

/** A clone, with one commit more on the branch. */
async function cloneAndCommit(token: string, branch: string): Promise<string> {
  const clone = join(folder(), 'clone');
  await git(folder(), ['clone', '--quiet', urlFor(token), clone]);
  await git(clone, ['checkout', '--quiet', '-B', branch]);
  appendFileSync(join(clone, 'a.yaml'), 'w: 2\n');
  await git(clone, ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '--all', '--message=More']);
  return clone;
}

test('a push arrives, and moves the merge request of its branch', async () => {
  await server.push(path, 'work', { 'a.yaml': 'v: 1\n\n' }, 'Begin');
  const body = { title: 'x', source_branch: 'work', target_branch: 'main' };
  const headers = { 'private-token': bot.token, 'content-type': 'application/json' };
  await fetch(`${server.url}/api/v4/projects/${encodeURIComponent(path)}/merge_requests`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const clone = await cloneAndCommit(bot.token, 'work');
  const head = await gitText(clone, ['rev-parse', 'HEAD']);
  await git(clone, ['push', '--quiet', '--force', 'origin', 'work']);
  expect(await gitText(server.directory(path), ['rev-parse', 'refs/heads/work'])).toBe(head);
  expect(server.mergeRequest(path, 1)).toMatchObject({ sha: head, state: 'opened' });
  await git(clone, ['push', '--quiet', 'origin', ':work']);
  expect(server.mergeRequest(path, 1).state).toBe('closed');
});

test.each([
  ['with a wrong token', 'glpat-nobodys', path, 'Authentication failed'],
  ['of a project that one may not see', 'glpat-mallory-0123456789', path, 'not found'],
  ['of a project that is not there', bot.token, 'platform/none', 'not found'],
])('no clone %s', async (_, token, of, said) => {
  await expect(git(folder(), ['clone', '--quiet', urlFor(token, of), 'clone'])).rejects.toThrow(said);
  expect(existsSync(join(folder(), 'clone'))).toBe(false);
});

test.each([
  ['a protected branch, for a developer', bot.token, 'main'],
  ['any branch, for a reporter', 'glpat-eve-0123456789', 'work'],
])('no push to %s', async (_, token, branch) => {
  const clone = await cloneAndCommit(token, branch);
  await expect(git(clone, ['push', '--quiet', 'origin', branch])).rejects.toThrow('403');
});
