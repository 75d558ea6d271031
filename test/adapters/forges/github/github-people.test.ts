import { generateKeyPairSync } from 'node:crypto';
import { RefusedError } from '../../../../src/domain/errors.ts';
import type { NewStatus } from '../../../../src/domain/forge.ts';
import { commitFiles } from '../../../support/git-repository.ts';
import { type Connected, connect, path } from '../../../support/github-server/connected.ts';
import { ada, bot, eve, type GitHubOptions, type NewUser } from '../../../support/github-server/options.ts';

const key = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const app = { id: 81, publicKey: key.publicKey, installedBy: ['platform'] };
const credentials = { appId: 81, privateKey: key.privateKey };
const status: NewStatus = {
  name: 'lockkeeper/validate',
  state: 'failure',
  description: 'x',
  annotations: [{ file: 'a.yaml', line: 1, severity: 'error', message: 'no' }],
};
const repo = `/repos/${path}`;

let at: Connected;
afterEach(() => at.close());

async function begin(options: GitHubOptions = {}, as?: Parameters<typeof connect>[1]) {
  at = await connect({ users: [bot, ada, eve], ...options }, as);
  const { forge, server } = at;
  await server.push(path, 'feature', { 'a.yaml': 'v: 2\n' }, 'x');
  const id = await server.openPull(path, 'feature', 'Feature');
  at.asked();
  return { forge, server, id };
}

test('one request tells what is open, free of charge while nothing has changed, and one more each hundred', async () => {
  const { forge, server } = await begin();
  const first = await forge.openRequests(path, 'main');
  at.asked();
  expect(await at.again().openRequests(path, 'main')).toEqual(first);
  expect(server.requests.map(({ path: asked, status: answered }) => `${asked} ${answered}`)).toEqual([`${repo}/pulls 304`]);
  for (let number = 1; number <= 100; number += 1) {
    await server.push(path, `feature-${number}`, { 'a.yaml': `v: ${number}\n` }, 'x');
    await server.openPull(path, `feature-${number}`, `Number ${number}`);
  }
  at.asked();
  const found = await forge.openRequests(path, 'main');
  expect(found.map(({ id }) => id)).toEqual(Array.from({ length: 101 }, (_, index) => 101 - index));
  expect(at.asked()).toHaveLength(2);
  server.fail('GET', /pulls\?.*page=2/, { status: 404 });
  await expect(forge.openRequests(path, 'main')).rejects.toBeInstanceOf(RefusedError);
});

test('of one: itself, and the comparison with its base', async () => {
  const { forge, server, id } = await begin();
  await forge.request(path, id);
  const { sha } = server.pull(path, id);
  expect(at.asked()).toEqual([`GET ${repo}/pulls/${id}`, `GET ${repo}/compare/main...${sha}`]);
});

test('one that has nothing in common with its base has none', async () => {
  const { forge, server } = await begin();
  const commit = await commitFiles(server.directory(path), {
    branch: 'orphan',
    files: { 'x.yaml': 'x: 1\n' },
    message: 'x',
    parent: null,
  });
  const found = await forge.request(path, await server.openPull(path, 'orphan', 'Orphan'));
  expect(found).toMatchObject({ commit, branch: 'orphan' });
  expect(found).not.toHaveProperty('base');
});

test('a head in a fork is read, and gets its check run, in the repository alone', async () => {
  const { forge, server } = await begin({ app }, credentials);
  const fork = await server.fork(path, 'eve');
  const commit = await server.push(fork, 'main', { 'a.yaml': 'v: 2\n' }, 'x');
  const id = await server.openPull(path, 'eve:main', 'From a fork', { login: 'eve' });
  at.asked();
  (await forge.archive(path, commit)).resume();
  await forge.setStatus(path, { commit, branch: 'main', request: id, fork: true }, status);
  expect(server.repository(path).checkRuns).toMatchObject([{ sha: commit, name: status.name, conclusion: 'failure' }]);
  expect(server.repository(fork).checkRuns).toEqual([]);
  expect(at.asked().filter((one) => one.includes('/repos/eve/'))).toEqual([]);
});

describe('a comment', () => {
  test('costs one request', async () => {
    const { forge, server, id } = await begin();
    const [first, second] = [server.comment(path, id, 'a'), server.comment(path, id, 'b')];
    await forge.requestComment(path, id, first);
    expect(at.asked().sort()).toEqual([`GET ${repo}/issues/comments/${first}`, 'GET /user'].sort());
    await forge.requestComment(path, id, second);
    expect(at.asked()).toHaveLength(1);
  });

  test.each<[string, GitHubOptions, Parameters<typeof connect>[1]]>([
    ["of the token's user", {}, undefined],
    ['of the App', { app }, credentials],
  ])('of our own is of a bot: %s', async (_, options, as) => {
    const { forge, server, id } = await begin(options, as);
    await forge.comment(path, id, 'validate', '/lockkeeper validate');
    const [ours] = server.pull(path, id).comments;
    expect((await forge.requestComment(path, id, ours?.id ?? 0))?.author.bot).toBe(true);
  });
});

test.each<[string, Omit<NewUser, 'login'>, boolean]>([
  ['who may write', { permissions: { '': 'write' } }, true],
  ['an administrator', { role: 'admin' }, true],
  ['a maintainer', { role: 'maintain' }, true],
  ['a triager', { role: 'triage' }, false],
  ['who may read', { permissions: { '': 'read' } }, false],
  ['nobody of ours', { permissions: {} }, false],
])('who may write: %s', async (_, of, expected) => {
  const { forge } = await begin({ users: [bot, ada, { login: 'grace', ...of }] });
  expect(await forge.mayWrite(path, { id: '3', name: 'grace' })).toBe(expected);
  expect(at.asked()).toEqual([`GET ${repo}/collaborators/grace/permission`]);
});

test.each<[string, Omit<NewUser, 'login'>, boolean]>([
  ['who may write', { permissions: { '': 'write' } }, true],
  ['a triager', { role: 'triage' }, true],
  ['who may read', { permissions: { '': 'read' } }, true],
  ['nobody of ours', { permissions: {} }, false],
])('who may read: %s', async (_, of, expected) => {
  const { forge } = await begin({ users: [bot, ada, { login: 'grace', ...of }] });
  expect(await forge.mayRead(path, { id: '3', name: 'grace' })).toBe(expected);
  expect(await forge.mayRead(path, { id: '4', name: 'grace' })).toBe(false);
});

test('who may write: nobody who took the login of another, and nobody while GitHub does not answer', async () => {
  const { forge, server } = await begin();
  expect(await forge.mayWrite(path, { id: '77', name: 'ada' })).toBe(false);
  server.fail('GET', /collaborators/, { status: 403 });
  await expect(forge.mayWrite(path, { id: '2', name: 'ada' })).rejects.toBeInstanceOf(RefusedError);
});
