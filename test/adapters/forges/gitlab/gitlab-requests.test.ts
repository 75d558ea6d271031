import { jest } from '@jest/globals';
import { branchHead } from '../../../support/git-repository.ts';
import { branch, type Connected, changeOn, connect, path, wanted } from '../../../support/gitlab-server/connected.ts';
import { ada, bot } from '../../../support/gitlab-server/options.ts';

let at: Connected;
afterEach(() => at.close());

const environments = Array.from({ length: 5 }, (_, index) => `platform/environments/env-${index}`);
const inGroup = Object.fromEntries(environments.map((name) => [name, { 'a.yaml': 'v: 1\n' }]));

describe('requests', () => {
  test('one each for the state, the archive, a new branch with its commit, and a merge request', async () => {
    at = await connect();
    const { forge, asked } = at;
    const { commit } = await forge.state(path);
    asked();
    await forge.state(path);
    expect(asked()).toEqual([`GET /projects/${path}/repository/branches`]);
    (await forge.archive(path, commit)).resume();
    await forge.commit(path, changeOn(commit));
    await forge.open(path, wanted);
    expect(asked()).toEqual([
      `GET /projects/${path}/repository/archive.tar.gz`,
      `POST /projects/${path}/repository/commits`,
      `POST /projects/${path}/merge_requests`,
    ]);
  });

  test('one tells the merge requests of all projects of a group, and of a later run what has changed since', async () => {
    at = await connect({ projects: inGroup });
    const { forge, again, asked, server } = at;
    for (const name of environments) {
      await forge.commit(name, changeOn((await forge.state(name)).commit));
      await forge.open(name, wanted);
    }
    asked();
    const scan = forge.forScan();
    const listed = await Promise.all(environments.map((name) => scan.mergeRequests(name)));
    expect(listed.map((requests) => requests.map(({ id }) => id))).toEqual(environments.map(() => [1]));
    expect(asked()).toEqual(['GET /groups/platform/environments/merge_requests']);

    const nextDay = again().forScan();
    for (const name of environments) await nextDay.state(name);
    asked();
    server.closeMergeRequest('platform/environments/env-3', 1);
    const after = await Promise.all(environments.map((name) => nextDay.mergeRequests(name)));
    expect(after.map(([first]) => first?.state)).toEqual(['open', 'open', 'open', 'closed', 'open']);
    expect(server.requests.map(({ query }) => query)).toEqual([expect.stringContaining('updated_after=')]);
  });

  test('a scan reads a group once however long it takes; the next one, and who asks directly, hear what is new', async () => {
    at = await connect({ projects: inGroup });
    const { forge, asked, server } = at;
    const [first = '', ...others] = environments;
    await forge.commit(first, changeOn((await forge.state(first)).commit));
    await forge.open(first, wanted);
    const scan = forge.forScan();
    await scan.mergeRequests(first);
    asked();
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    for (const name of others) await scan.mergeRequests(name);
    jest.restoreAllMocks();
    expect(asked()).toEqual([]);
    server.closeMergeRequest(first, 1);
    expect(await scan.mergeRequests(first)).toMatchObject([{ state: 'open' }]);
    expect(await forge.mergeRequests(first)).toMatchObject([{ state: 'closed' }]);
    expect(await forge.forScan().mergeRequests(first)).toMatchObject([{ state: 'closed' }]);
    expect(asked()).toHaveLength(2);
  });

  test('a reading that failed is not shared', async () => {
    at = await connect({ projects: inGroup });
    const { forge, server } = at;
    const scan = forge.forScan();
    server.fail('GET', /merge_requests/, { status: 500, times: 4 });
    await expect(scan.mergeRequests(environments[0] ?? '')).rejects.toThrow(/500/);
    expect(await scan.mergeRequests(environments[1] ?? '')).toEqual([]);
  });

  test('what has not changed since long ago is known from the store', async () => {
    at = await connect();
    const { forge, again, server, asked } = at;
    await forge.commit(path, changeOn((await forge.state(path)).commit));
    const { id } = await forge.open(path, wanted);
    await forge.mergeRequests(path);
    const old = server.mergeRequest(path, id);
    old.updatedAt = new Date(Date.now() - 86_400_000);
    await server.createProject('platform/environments/other', { a: '1' });
    await server.push('platform/environments/other', 'x', { a: '2' }, 'x');
    await forge.open('platform/environments/other', { ...wanted, branch: 'x' });
    asked();
    const later = again();
    expect((await later.mergeRequests(path)).map((request) => request.id)).toEqual([id]);
    expect(asked()).toEqual(['GET /groups/platform/environments/merge_requests']);
  });

  test('the head of a busy project is always the one of now, though GitLab keeps its answer for half a minute', async () => {
    at = await connect();
    const { forge, server } = at;
    const begun = Date.now();
    const seen: boolean[] = [];
    for (let read = 0; read < 50; read += 1) {
      jest.spyOn(Date, 'now').mockReturnValue(begun + read * 800);
      await server.push(path, 'main', { 'news.txt': String(read) }, 'News');
      seen.push((await forge.state(path)).commit === (await branchHead(server.directory(path), 'main')));
    }
    jest.restoreAllMocks();
    expect(seen.filter((isNow) => !isNow)).toEqual([]);
  });

  test('of what ended long ago, only what still decides something is kept: what is open, what a person closed, the newest of a branch', async () => {
    at = await connect();
    const { forge, again, server } = at;
    const long = new Date(Date.now() - 91 * 86_400_000);
    for (const branch of ['lockkeeper/a', 'lockkeeper/b']) {
      for (let round = 0; round < 3; round += 1) {
        await server.push(path, branch, { [`${branch}-${round}`]: 'x' }, 'x');
        const { id } = await forge.open(path, { ...wanted, branch });
        if (round === 2) continue;
        if (branch === 'lockkeeper/a') await server.merge(path, id);
        else server.closeMergeRequest(path, id);
        const stored = server.mergeRequest(path, id);
        stored.updatedAt = long;
        if (stored.mergedAt !== undefined) stored.mergedAt = long;
      }
    }
    const listed = async (): Promise<string[]> =>
      (await again().mergeRequests(path)).map(({ branch, state }) => `${branch} ${state}`).sort();
    const closed = ['lockkeeper/b closed', 'lockkeeper/b closed', 'lockkeeper/b open'];
    expect(await listed()).toEqual(['lockkeeper/a merged', 'lockkeeper/a merged', 'lockkeeper/a open', ...closed]);
    server.comment(path, 6, 'Something is new, so that the list is written.');
    server.mergeRequest(path, 6).updatedAt = new Date();
    expect(await listed()).toEqual(['lockkeeper/a open', ...closed]);
  });

  test('every page is read, and one that fails fails the list and is read again later', async () => {
    at = await connect();
    const { forge, server, again } = at;
    const { commit } = await forge.state(path);
    for (let number = 0; number < 230; number += 1) {
      const name = `lockkeeper/app-${number}`;
      await forge.commit(path, changeOn(commit, { branch: name }));
      await forge.open(path, { ...wanted, branch: name });
    }
    server.fail('GET', /page=2/, { times: 4 });
    await expect(forge.mergeRequests(path)).rejects.toThrow('the server failed with status 500');
    expect(await again().mergeRequests(path)).toHaveLength(230);
    expect(await again().mergeRequests(path)).toHaveLength(230);
    expect(server.requests.filter(({ path: asked }) => asked === '/groups/platform/environments/merge_requests')).toHaveLength(
      1 + 4 + 3 + 3,
    );
  });

  test('a group that may not be read is left, and its projects are asked one by one', async () => {
    const roles = Object.fromEntries(environments.map((name) => [name, 'developer' as const]));
    at = await connect({ projects: inGroup, users: [{ ...bot, roles }, ada] });
    const { forge, asked } = at;
    await forge.commit('platform/environments/env-2', changeOn((await forge.state('platform/environments/env-2')).commit));
    await forge.open('platform/environments/env-2', wanted);
    asked();
    const scan = forge.forScan();
    const listed = await Promise.all(environments.map((name) => scan.mergeRequests(name)));
    expect(listed.map((requests) => requests.length)).toEqual([0, 0, 1, 0, 0]);
    expect(asked().sort()).toEqual([
      'GET /groups/platform/environments/merge_requests',
      ...environments.map((name) => `GET /projects/${name}/merge_requests`),
    ]);
  });

  test('a group with thousands of other people’s merge requests is not read through', async () => {
    at = await connect();
    const { forge, asked, server } = at;
    const headers = { 'x-per-page': '100', 'x-next-page': '2', 'x-total-pages': '21' };
    server.fail('GET', /groups\/.*merge_requests/, { status: 200, body: '[]', headers });
    await forge.mergeRequests(path);
    await forge.mergeRequests(path);
    expect(asked()).toEqual([
      'GET /groups/platform/environments/merge_requests',
      `GET /projects/${path}/merge_requests`,
      `GET /projects/${path}/merge_requests`,
    ]);
  });

  test('an owner is looked up once; a user is assigned, a group is not asked for', async () => {
    at = await connect();
    const { forge, asked, server } = at;
    const { commit } = await forge.state(path);
    const owners = ['@ada', 'Ada', 'platform/leads', 'team-payments', 'team-payments'];
    asked();
    for (const [index, owner] of owners.entries()) {
      await forge.commit(path, changeOn(commit, { branch: `lockkeeper/${index}` }));
      await forge.open(path, { ...wanted, branch: `lockkeeper/${index}`, owner });
    }
    expect(asked().filter((line) => line.startsWith('GET'))).toEqual(['GET /users', 'GET /users']);
    expect(server.project(path).requests.map(({ assignees }) => assignees[0]?.username)).toEqual([
      'ada',
      'ada',
      undefined,
      undefined,
      undefined,
    ]);
    expect(server.mergeRequest(path, 1).removeSourceBranch).toBe(true);
  });

  test('a comment whose text is the same is not written again', async () => {
    at = await connect();
    const { forge, asked, again } = at;
    await forge.commit(path, changeOn((await forge.state(path)).commit));
    const { id } = await forge.open(path, wanted);
    const text = 'a\r\nb\n';
    await forge.comment(path, id, 'validate', text);
    asked();
    await forge.comment(path, id, 'validate', text);
    await again().comment(path, id, 'validate', 'a\nb');
    expect(asked().filter((line) => !line.startsWith('GET'))).toEqual([]);
  });

  test('conflicts are asked for again only when the target has moved', async () => {
    at = await connect();
    const { forge, asked, server } = at;
    await forge.commit(path, changeOn((await forge.state(path)).commit));
    await forge.open(path, wanted);
    await forge.mergeRequests(path);
    const look = async () => {
      await forge.state(path);
      asked();
      const [request] = await forge.mergeRequests(path);
      return { conflicts: request?.conflicts, requests: asked().length };
    };
    // As if it had been opened long ago: no reading of what is new tells of it any more.
    server.mergeRequest(path, 1).updatedAt = new Date(Date.now() - 86_400_000);
    expect(await look()).toEqual({ conflicts: false, requests: 1 });
    await server.push(path, 'main', { 'a.yaml': 'v: 3\n' }, 'the same line');
    expect((await look()).requests).toBe(2);
    await look();
    expect(await look()).toEqual({ conflicts: true, requests: 1 });
    await server.push(path, 'main', { 'a.yaml': 'v: 1\n' }, 'taken back');
    expect((await look()).requests).toBe(2);
    await look();
    expect(await look()).toEqual({ conflicts: false, requests: 1 });
  });

  test('whether a project is archived is asked at most once a day, where nothing else tells', async () => {
    at = await connect();
    const { forge, asked, again } = at;
    await forge.state(path);
    expect(asked()).toEqual([`GET /projects/${path}/repository/branches`, `GET /projects/${path}`]);
    await again().state(path);
    expect(asked()).toEqual([`GET /projects/${path}/repository/branches`]);
  });
});

describe('whose is it', () => {
  test('a merge request from a fork with the same branch name is not ours', async () => {
    at = await connect();
    const { forge, server } = at;
    const fork = await server.fork(path, 'ada');
    await server.push(fork, branch, { 'a.yaml': 'v: 10\n' }, 'evil');
    await server.openMergeRequest(fork, branch, 'x', { into: path });
    expect(await forge.mergeRequests(path)).toEqual([]);
    await forge.commit(path, changeOn((await forge.state(path)).commit));
    expect((await forge.open(path, wanted)).id).toBe(2);
    expect((await forge.mergeRequests(path)).map(({ id }) => id)).toEqual([2]);
  });

  test.each([
    ['signed by GitLab under its own name', { signingCommitter: { name: 'GitLab', email: 'noreply@127.0.0.1' } }],
    ['signed by GitLab under some name', { signingCommitter: { name: 'Signer', email: 'Signer@corp.example' } }],
    ['made with a private commit address', { users: [{ ...bot, commitEmail: '7-lockkeeper@users.noreply.gitlab.example.com' }, ada] }],
  ])('a commit of ours %s is ours, a person’s is not', async (_, options) => {
    at = await connect(options);
    const { forge, again, server } = at;
    await forge.commit(path, changeOn((await forge.state(path)).commit));
    expect((await again().branchCommits(path, branch, 'main')).map(({ byBot }) => byBot)).toEqual([true]);
    await server.push(path, branch, { 'b.yaml': 'v: 2\n' }, 'mine', ada);
    await server.amend(path, branch, { name: 'GitLab', email: 'noreply@127.0.0.1' });
    expect((await again().branchCommits(path, branch, 'main')).map(({ byBot, person }) => [byBot, person])).toEqual([
      [false, 'Ada Lovelace'],
      [true, 'Lockkeeper'],
    ]);
  });
});
