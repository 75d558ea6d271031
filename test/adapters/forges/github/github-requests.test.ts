import { branch, type Connected, changeOn, connect, path, wanted } from '../../../support/github-server/connected.ts';
import { ada } from '../../../support/github-server/options.ts';

let at: Connected;
afterEach(() => at.close());

const repo = `/repos/${path}`;

test('a proposal costs seven requests the first time, of which the next on the same commit saves two', async () => {
  at = await connect();
  const { commit } = await at.forge.state(path);
  expect(at.asked().sort()).toEqual([`GET ${repo}`, `GET ${repo}/git/matching-refs/heads`]);
  await at.forge.commit(path, changeOn(commit));
  await at.forge.open(path, wanted);
  const writing = [`POST ${repo}/git/trees`, `POST ${repo}/git/commits`, `POST ${repo}/git/refs`, `POST ${repo}/pulls`];
  const looking = at.asked();
  expect(looking.slice(0, 1)).toEqual([`GET ${repo}/git/commits/${commit}`]);
  expect(looking[1]).toMatch(/^GET .*\/git\/trees\/[0-9a-f]{40}$/);
  expect(looking.slice(2)).toEqual([...writing, `POST ${repo}/issues/1/labels`]);
  await at.forge.commit(path, changeOn(commit, { branch: 'lockkeeper/web', files: [{ path: 'b.yaml', content: Buffer.from('v: 2\n') }] }));
  await at.forge.open(path, { ...wanted, branch: 'lockkeeper/web' });
  expect(at.asked()).toEqual([...writing, `POST ${repo}/issues/2/labels`]);
});

test('nothing new: three requests, which GitHub answers with 304', async () => {
  at = await connect();
  await at.forge.commit(path, changeOn((await at.forge.state(path)).commit));
  await at.forge.open(path, wanted);
  const look = async () => {
    const forge = at.again();
    await forge.state(path);
    return forge.mergeRequests(path);
  };
  await look(); // reads the list and asks for the conflicts
  await look(); // learns of them
  const settled = await look();
  at.asked();
  expect(await look()).toEqual(settled);
  expect(at.server.requests.map(({ path: asked, status }) => `${asked} ${status}`).sort()).toEqual([
    `${repo} 304`,
    `${repo}/git/matching-refs/heads 304`,
    `${repo}/pulls 304`,
  ]);
});

test('conflicts are asked for only when a branch has moved', async () => {
  at = await connect();
  await at.forge.commit(path, changeOn((await at.forge.state(path)).commit));
  await at.forge.open(path, wanted);
  const look = async () => {
    await at.forge.state(path);
    at.asked();
    const [request] = await at.forge.mergeRequests(path);
    return { conflicts: request?.conflicts, requests: at.asked().length };
  };
  expect(await look()).toEqual({ conflicts: false, requests: 1 });
  await at.server.push(path, 'main', { 'a.yaml': 'v: 3\n' }, 'the same line');
  expect(await look()).toEqual({ conflicts: false, requests: 2 });
  expect(await look()).toEqual({ conflicts: true, requests: 2 });
  expect(await look()).toEqual({ conflicts: true, requests: 1 });
  await at.server.push(path, 'main', { 'a.yaml': 'v: 1\n' }, 'taken back');
  expect(await look()).toEqual({ conflicts: false, requests: 2 });
  expect(await look()).toEqual({ conflicts: false, requests: 2 });
  expect(await look()).toEqual({ conflicts: false, requests: 1 });
});

test('every page of pull requests is read once, and one that fails fails the list', async () => {
  at = await connect();
  const { commit } = await at.forge.state(path);
  const numbers = Array.from({ length: 130 }, (_, index) => index);
  for (const number of numbers) {
    await at.forge.commit(path, changeOn(commit, { branch: `lockkeeper/app-${number}` }));
    await at.forge.open(path, { ...wanted, branch: `lockkeeper/app-${number}` });
  }
  for (const pull of at.server.repository(path).pulls) pull.updatedAt = new Date(Date.now() - 86_400_000 + pull.number * 60_000);
  at.server.fail('GET', /pulls\?.*page=2/, { times: 4 });
  await expect(at.forge.mergeRequests(path)).rejects.toThrow('the server failed with status 500');
  at.asked();
  expect(await at.forge.mergeRequests(path)).toHaveLength(130);
  expect(at.asked()).toEqual([`GET ${repo}/pulls`, `GET ${repo}/pulls`]);
  at.server.closePull(path, 7);
  const later = await at.again().mergeRequests(path);
  expect(later.filter(({ state }) => state === 'closed').map(({ id }) => id)).toEqual([7]);
  expect(at.asked()).toHaveLength(1); // what follows the first page is older than what is known
});

test('a pull request from a fork with the same branch name is not ours', async () => {
  at = await connect();
  const fork = await at.server.fork(path, ada.login);
  await at.server.push(fork, branch, { 'a.yaml': 'v: 10\n' }, 'evil');
  await at.server.openPull(path, `${ada.login}:${branch}`, 'x');
  expect(await at.forge.mergeRequests(path)).toEqual([]);
  await at.forge.commit(path, changeOn((await at.forge.state(path)).commit));
  expect((await at.forge.open(path, wanted)).id).toBe(2);
  expect((await at.forge.mergeRequests(path)).map(({ id }) => id)).toEqual([2]);
});

test('more than 250 commits are all told, newest first; of very many the newest', async () => {
  at = await connect();
  const from = (await at.forge.state(path)).commit;
  const push = async (count: number) => {
    for (let number = 0; number < count; number += 1) await at.server.push(path, 'main', { n: String(number) }, `commit ${number}`);
  };
  await push(260);
  const history = await at.forge.history(path, from, 'main');
  expect(history?.truncated).toBe(false);
  expect(history?.commits.map(({ message }) => message)).toEqual(Array.from({ length: 260 }, (_, index) => `commit ${259 - index}`));
  await push(250);
  const longer = await at.forge.history(path, from, 'main');
  expect([longer?.truncated, longer?.commits[0]?.message]).toEqual([true, 'commit 249']);
  expect(longer?.commits.length).toBeGreaterThan(400);
});

test('a repository too large to list keeps the modes of its files', async () => {
  const deep = 'a/b/run.sh';
  at = await connect({ repositories: { [path]: { [deep]: { mode: '100755', content: 'v1' }, 'a/c': '1', 'a.yaml': '1' } } });
  at.server.fail('GET', /git\/trees\/.*recursive/, { status: 200, body: JSON.stringify({ sha: 'x', tree: [], truncated: true }) });
  const { commit } = await at.forge.state(path);
  await at.forge.commit(path, changeOn(commit, { files: [{ path: deep, content: Buffer.from('v2') }] }));
  const mode = await at.server.repository(path).objects.modeOf((await at.forge.branchHead(path, branch)) ?? '', deep);
  expect(mode).toBe('100755');
});
