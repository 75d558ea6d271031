import { ConflictError, OutsideError } from '../../../../src/domain/errors.ts';
import type { Forge } from '../../../../src/domain/forge.ts';
import { writeMarker } from '../../../../src/domain/identifiers.ts';
import type { Failure } from '../../../support/faults.ts';
import { branchHead, gitText } from '../../../support/git-repository.ts';
import { branch, type Connected, changeOn, connect, path, wanted } from '../../../support/github-server/connected.ts';
import type { GitHubServer } from '../../../support/github-server/github-server.ts';
import { MemoryStore } from '../../../support/memory-store.ts';

let at: Connected;
afterEach(() => at.close());

interface Write {
  readonly method: string;
  readonly path: RegExp;
  readonly prepare: (forge: Forge) => Promise<unknown>;
  readonly write: (forge: Forge) => Promise<unknown>;
  /** How often it happened. */
  readonly count: (server: GitHubServer) => Promise<number>;
  /** Repeated without looking: twice is as good as once. */
  readonly harmless?: true;
}

const commit = async (forge: Forge) => forge.commit(path, changeOn((await forge.state(path)).commit));
const open = (forge: Forge) => forge.open(path, wanted);
const propose = async (forge: Forge) => {
  await commit(forge);
  await open(forge);
};
const commits = async (server: GitHubServer) => {
  if ((await branchHead(server.directory(path), branch)) === undefined) return 0;
  return Number(await gitText(server.directory(path), ['rev-list', '--count', `main..${branch}`]));
};

const writes: Record<string, Write> = {
  tree: { method: 'POST', path: /git\/trees/, prepare: async () => {}, write: commit, count: commits, harmless: true },
  'commit object': { method: 'POST', path: /git\/commits/, prepare: async () => {}, write: commit, count: commits, harmless: true },
  branch: { method: 'POST', path: /git\/refs/, prepare: async () => {}, write: commit, count: commits },
  'replaced branch': {
    method: 'PATCH',
    path: /git\/refs/,
    prepare: commit,
    write: async (forge) => {
      const { commit: base, branches } = await forge.state(path);
      const files = [{ path: 'a.yaml', content: Buffer.from('v: 3\n') }];
      await forge.commit(path, changeOn(base, { expected: branches[branch], files }));
    },
    count: async (server) => ((await gitText(server.directory(path), ['show', `${branch}:a.yaml`])) === 'v: 3' ? 1 : 0),
  },
  'pull request': {
    method: 'POST',
    path: /pulls\?$/,
    prepare: commit,
    write: open,
    count: async (server) => server.repository(path).pulls.length,
  },
  label: {
    method: 'POST',
    path: /labels/,
    prepare: commit,
    write: open,
    count: async (server) => server.pull(path, 1).labels.length,
    harmless: true,
  },
  comment: {
    method: 'POST',
    path: /comments/,
    prepare: propose,
    write: (forge) => forge.comment(path, 1, 'validate', 'fine'),
    count: async (server) => server.pull(path, 1).comments.filter(({ body }) => body.includes('fine')).length,
  },
  edit: {
    method: 'PATCH',
    path: /pulls\/1/,
    prepare: propose,
    write: (forge) => forge.edit(path, 1, { title: 'new title' }),
    count: async (server) => (server.pull(path, 1).title === 'new title' ? 1 : 0),
  },
  close: {
    method: 'PATCH',
    path: /pulls\/1/,
    prepare: propose,
    write: async (forge) => {
      const head = (await forge.branchHead(path, branch)) ?? '';
      await forge.close(path, 1, { description: 'gone', branch, commit: head });
    },
    count: async (server) => (server.pull(path, 1).state === 'closed' ? 1 : 0),
  },
};

const now = () => Math.floor(Date.now() / 1000);
const failures: Record<string, Failure> = {
  '502 after it took effect': { status: 502, after: true },
  '504 after it took effect': { status: 504, after: true },
  'reset after it took effect': { reset: true, after: true },
  'an HTML page after it took effect': { status: 200, after: true },
  'bad JSON after it took effect': { status: 201, body: '{"id": 1', after: true },
  'half a reply after it took effect': { cut: 'length', after: true },
  'a reply without its last chunk after it took effect': { cut: 'chunks', after: true },
  '429 with a pause': { status: 429, headers: { 'retry-after': '3' } },
  'a secondary rate limit': {
    status: 403,
    headers: { 'retry-after': '60' },
    body: '{"message":"You have exceeded a secondary rate limit."}',
  },
  'a secondary rate limit that does not say how long': {
    status: 403,
    body: '{"message":"You have exceeded a secondary rate limit."}',
  },
  'a rate limit that ends soon': {
    status: 403,
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now() + 60) },
    body: '{"message":"API rate limit exceeded for user ID 1."}',
  },
  '500 instead of it': { status: 500, body: '{"message":"Server Error"}' },
  '503 instead of it': { status: 503 },
};

test.each(Object.keys(writes).flatMap((what) => Object.keys(failures).map((how) => [what, how] as const)))(
  '%s, %s: once',
  async (what, how) => {
    at = await connect();
    const { method, path: matching, prepare, write, count, harmless } = writes[what] as Write;
    await prepare(at.forge);
    at.server.fail(method, matching, failures[how]);
    const outcome = await write(at.forge).catch((error: unknown) => error);
    const unreadable = harmless === true && /HTML|JSON/.test(how);
    if (unreadable) {
      expect(outcome).toBeInstanceOf(OutsideError);
      await write(at.again());
    } else expect(outcome).not.toBeInstanceOf(OutsideError);
    expect(await count(at.server)).toBe(1);
  },
);

const careful = Object.keys(writes).filter((what) => writes[what]?.harmless !== true);

test.each(careful)('%s, no reply and no effect that can be seen: not repeated, and said', async (what) => {
  at = await connect();
  const { method, path: matching, prepare, write, count } = writes[what] as Write;
  await prepare(at.forge);
  at.server.fail(method, matching, { reset: true });
  await expect(write(at.forge)).rejects.toThrow(/broke off/);
  expect(await count(at.server)).toBe(0);
  await write(at.forge);
  expect(await count(at.server)).toBe(1);
});

test.each([
  ['kept', () => at.store],
  ['lost', () => new MemoryStore()],
])('a process that dies between opening and labelling is made up for by the next, the memory %s', async (_, memory) => {
  at = await connect();
  await commit(at.forge);
  at.server.fail('POST', /labels/, { status: 500, times: 4 });
  const description = writeMarker({ app: 'billing', environment: 'staging', content: 'c', title: wanted.title });
  await expect(at.forge.open(path, { ...wanted, description })).rejects.toThrow(/500/);
  const later = at.again(undefined, memory());
  expect(await later.mergeRequests(path)).toMatchObject([{ id: 1, labels: [], unfinished: true }]);
  expect(at.server.pull(path, 1).labels).toEqual([]);
  await later.finish(path, 1, { labels: ['lockkeeper'], owner: 'ada' });
  expect(at.server.pull(path, 1)).toMatchObject({ labels: ['lockkeeper'], assignees: [{ login: 'ada' }] });
  at.server.changePull(path, 1, { labels: [] });
  for (const forge of [later, at.again(undefined, memory()), at.again(undefined, new MemoryStore())])
    expect((await forge.mergeRequests(path)).map(({ labels, unfinished }) => ({ labels, unfinished }))).toEqual([{ labels: [] }]);
});

test('two that open at once get the same pull request', async () => {
  at = await connect();
  await commit(at.forge);
  const [one, other] = await Promise.all([open(at.forge), open(at.again())]);
  expect(one.id).toBe(other.id);
  expect(at.server.repository(path).pulls).toHaveLength(1);
});

test('a branch that appeared meanwhile is a conflict, not a refusal', async () => {
  at = await connect();
  const { commit: base } = await at.forge.state(path);
  await at.server.push(path, branch, { 'a.yaml': 'v: 7\n' }, 'mine');
  await expect(at.forge.commit(path, changeOn(base))).rejects.toBeInstanceOf(ConflictError);
});

test('the first twenty writes go at once, all others a second apart; what only reads does not wait', async () => {
  at = await connect();
  const { commit } = await at.forge.state(path);
  const set = (name: string) => at.forge.setStatus(path, { commit, branch, request: 1 }, { name, state: 'success', description: '' });
  const [real, now] = [Date.now, Date.now()];
  Date.now = () => now;
  try {
    for (let count = 0; count < 23; count += 1) await set(`check ${count}`);
    await at.forge.statuses(path, commit);
  } finally {
    Date.now = real;
  }
  expect(at.waits).toEqual([1_000, 2_000, 3_000]);
});
