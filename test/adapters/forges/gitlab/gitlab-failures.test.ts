import { inspect } from 'node:util';
import { createGitLab } from '../../../../src/adapters/forges/gitlab/gitlab.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import { ConflictError, RefusedError, UsageError } from '../../../../src/domain/errors.ts';
import type { Forge } from '../../../../src/domain/forge.ts';
import type { Failure } from '../../../support/faults.ts';
import { branchHead, gitText } from '../../../support/git-repository.ts';
import { branch, type Connected, changeOn, connect, path, wanted } from '../../../support/gitlab-server/connected.ts';
import type { GitLabServer } from '../../../support/gitlab-server/gitlab-server.ts';
import { ada, bot } from '../../../support/gitlab-server/options.ts';
import { failure } from '../../../support/http-box.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

async function start(...options: Parameters<typeof connect>): Promise<Connected> {
  const at = await connect(...options);
  closing.push({ close: () => at.close() });
  return at;
}

describe('a write that may have happened', () => {
  interface Write {
    readonly method: string;
    readonly path: RegExp;
    readonly prepare: (forge: Forge) => Promise<void>;
    readonly write: (forge: Forge) => Promise<unknown>;
    /** How often it happened. */
    readonly count: (server: GitLabServer) => Promise<number>;
  }
  const commit = async (forge: Forge) => forge.commit(path, changeOn((await forge.state(path)).commit));
  const open = (forge: Forge) => forge.open(path, wanted);
  const writes: Record<string, Write> = {
    commit: {
      method: 'POST',
      path: /repository\/commits/,
      prepare: async () => {},
      write: commit,
      count: async (server) => {
        if ((await branchHead(server.directory(path), branch)) === undefined) return 0;
        return Number(await gitText(server.directory(path), ['rev-list', '--count', `main..${branch}`]));
      },
    },
    'merge request': {
      method: 'POST',
      path: /merge_requests\?$/,
      prepare: async (forge) => void (await commit(forge)),
      write: open,
      count: async (server) => server.project(path).requests.length,
    },
    comment: {
      method: 'POST',
      path: /notes/,
      prepare: async (forge) => {
        await commit(forge);
        await open(forge);
      },
      write: (forge) => forge.comment(path, 1, 'validate', 'fine'),
      count: async (server) => server.mergeRequest(path, 1).notes.filter(({ body }) => body.includes('fine')).length,
    },
    edit: {
      method: 'PUT',
      path: /merge_requests\/1/,
      prepare: async (forge) => {
        await commit(forge);
        await open(forge);
      },
      write: (forge) => forge.edit(path, 1, { title: 'new title' }),
      count: async (server) => (server.mergeRequest(path, 1).title === 'new title' ? 1 : 0),
    },
    close: {
      method: 'PUT',
      path: /merge_requests\/1/,
      prepare: async (forge) => {
        await commit(forge);
        await open(forge);
      },
      write: async (forge) => {
        const head = (await forge.branchHead(path, branch)) ?? '';
        await forge.close(path, 1, { description: 'gone', branch, commit: head });
      },
      count: async (server) => (server.mergeRequest(path, 1).state === 'closed' ? 1 : 0),
    },
  };
  const failures: Record<string, Failure> = {
    '502 after it took effect': { status: 502, after: true },
    '504 after it took effect': { status: 504, after: true },
    'reset after it took effect': { reset: true, after: true },
    'an HTML page after it took effect': { status: 200, after: true },
    'bad JSON after it took effect': { status: 201, body: '{"id": 1', after: true },
    'half a reply after it took effect': { cut: 'length', after: true },
    'a reply without its last chunk after it took effect': { cut: 'chunks', after: true },
    '429 with a pause': { status: 429, headers: { 'retry-after': '3' } },
    '429 without': { status: 429, body: '{"message":"Retry later"}' },
    '500 instead of it': { status: 500, body: '{"message":"500 Internal Server Error"}' },
    '503 instead of it': { status: 503 },
  };

  test.each(Object.keys(writes).flatMap((what) => Object.keys(failures).map((how) => [what, how] as const)))(
    '%s, %s: once',
    async (what, how) => {
      const { forge, server } = await start();
      const { method, path: matching, prepare, write, count } = writes[what] as Write;
      await prepare(forge);
      server.fail(method, matching, failures[how]);
      await write(forge);
      expect(await count(server)).toBe(1);
    },
  );

  test.each(Object.keys(writes))('%s, no reply and no effect that can be seen: not repeated, and said', async (what) => {
    const { forge, server } = await start();
    const { method, path: matching, prepare, write, count } = writes[what] as Write;
    await prepare(forge);
    server.fail(method, matching, { reset: true });
    expect((await failure(write(forge))).message).toMatch(/broke off/);
    expect(await count(server)).toBe(0);
    await write(forge);
    expect(await count(server)).toBe(1);
  });

  test.each(Object.keys(writes))('%s, when nobody can look either: not repeated, and the first failure is said', async (what) => {
    const { forge, server } = await start();
    const { method, path: matching, prepare, write, count } = writes[what] as Write;
    await prepare(forge);
    server.fail(method, matching, { status: 502 });
    const begun = server.requests.length;
    const writesSeen = () =>
      server.requests.slice(begun).filter((request) => request.method === method && matching.test(`${request.path}?`));
    server.fail('GET', () => writesSeen().length > 0, { status: 500, times: 100 });
    expect((await failure(write(forge))).message).toMatch(/502/);
    expect(writesSeen()).toHaveLength(1);
    expect(await count(server)).toBe(0);
  });

  test('a replaced branch is not taken for the new commit', async () => {
    const { forge, server } = await start();
    const first = await commit(forge);
    const next = changeOn((await forge.state(path)).commit, {
      expected: first,
      files: [{ path: 'a.yaml', content: Buffer.from('v: 3\n') }],
    });
    server.fail('POST', /repository\/commits/, { status: 502 });
    const second = await forge.commit(path, next);
    expect(second).not.toBe(first);
    expect(await gitText(server.directory(path), ['show', `${branch}:a.yaml`])).toBe('v: 3');
  });

  test('a second merge request that somebody else opened meanwhile is found by GitLab’s 409', async () => {
    const { forge, again, server } = await start();
    await commit(forge);
    const [one, other] = await Promise.all([forge.open(path, wanted), again().open(path, wanted)]);
    expect(one.id).toBe(other.id);
    expect(server.project(path).requests).toHaveLength(1);
  });
});

describe('refusals name who has to do what', () => {
  const tokenOf = (error: unknown): boolean => inspect(error, { depth: 20, showHidden: true }).includes('glpat-');

  test.each([
    [
      'a wrong token',
      'glpat-wrong-0123456789',
      401,
      /listing the branches of platform\/environments\/staging at 127\.0\.0\.1:\d+: 401 Unauthorized; put a valid token into forges\.gitlab\.token/,
    ],
    ['a token that sees nothing', 'glpat-eve-0123456789', 404, /staging.*404 Project Not Found; check the path.*Developer/],
  ])('%s', async (_, token, status, text) => {
    const { again } = await start({ users: [bot, ada, { username: 'eve', roles: { other: 'developer' } }] });
    const error = await failure(again(token).state(path));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error.message).toMatch(text as RegExp);
    expect([error.status, error.scope]).toEqual([status, 'gitlab:platform/environments/staging']);
    expect(tokenOf(error)).toBe(false);
  });

  test.each([
    ['a token that may only read', { users: [{ ...bot, scopes: ['read_api'] }, ada] }, /insufficient_scope.*needs the scope "api"/],
    [
      'a role that is too low',
      { users: [{ ...bot, roles: { '': 'reporter' as const } }, ada] },
      /403 Forbidden - You are not allowed to push.*; give the token's user the role Developer/,
    ],
  ])('%s', async (_, options, text) => {
    const { forge } = await start(options);
    const { commit } = await forge.state(path);
    const error = await failure(forge.commit(path, changeOn(commit)));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error.message).toMatch(text);
    expect(tokenOf(error)).toBe(false);
  });

  test('a protected branch that we may push to but not replace', async () => {
    const { forge, server } = await start({ users: [{ ...bot, roles: { '': 'maintainer' } }, ada] });
    const { commit: base } = await forge.state(path);
    const expected = await forge.commit(path, changeOn(base));
    server.project(path).protectedBranches.push('lockkeeper/*');
    const error = await failure(forge.commit(path, changeOn(base, { expected, message: 'other' })));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error.message).toMatch(
      /You are not allowed to push into this branch; give .* the role Developer .*allow them to push and force-push/,
    );
  });

  test('a project archived meanwhile, a file that is gone, a title that is too long', async () => {
    const { forge, server } = await start();
    const { commit } = await forge.state(path);
    const gone = changeOn(commit, { files: [{ path: 'gone.yaml', content: Buffer.from('') }] });
    expect((await failure(forge.commit(path, gone))).message).toMatch(/A file with this name doesn't exist/);
    await forge.commit(path, changeOn(commit));
    expect((await failure(forge.open(path, { ...wanted, title: 'x'.repeat(256) }))).message).toMatch(/title.*is too long \(maximum is 255/);
    server.project(path).archived = true;
    expect((await failure(forge.open(path, wanted))).message).toMatch(/403 Forbidden/);
    expect((await failure(forge.state(path))).message).toMatch(/staging at .*: the project is archived; unarchive it/);
  });

  test('a branch that appeared meanwhile is a conflict, not a refusal', async () => {
    const { forge, server } = await start();
    const { commit } = await forge.state(path);
    await server.push(path, branch, { 'a.yaml': 'v: 7\n' }, 'mine', ada);
    expect(await failure(forge.commit(path, changeOn(commit)))).toBeInstanceOf(ConflictError);
  });

  test.each(['gitlab.example.com', 'ftp://gitlab.example.com', ''])('%p is no address', (url) => {
    const http = createHttpClient();
    closing.push(http);
    expect(() => createGitLab({ name: 'gitlab', url, token: 'x', http, store: new MemoryStore() })).toThrow(UsageError);
  });
});
