import { inspect } from 'node:util';
import { createGitHub } from '../../../../src/adapters/forges/github/github.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import { OutsideError, RefusedError, UsageError } from '../../../../src/domain/errors.ts';
import type { Forge } from '../../../../src/domain/forge.ts';
import { branch, type Connected, changeOn, connect, path, wanted } from '../../../support/github-server/connected.ts';
import { ada, bot } from '../../../support/github-server/options.ts';
import { type Handler, json, type ScriptedServer, startServer } from '../../../support/http-server.ts';
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

async function failure(work: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await work.then(
    () => 'no error at all',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutsideError);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/ghp_/);
  return error as OutsideError;
}

const now = () => Math.floor(Date.now() / 1000);

describe('rate limits', () => {
  test('one that ends soon is waited for, by everybody who asks that host', async () => {
    const { server, forge, waits } = await start();
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now() + 90) };
    server.fail('GET', /platform\/staging\?$/, { status: 403, headers, body: '{"message":"API rate limit exceeded"}' });
    expect((await forge.state(path)).defaultBranch).toBe('main');
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(80_000);
    expect(waits[0]).toBeLessThanOrEqual(90_000);
  });

  test.each([403, 429])(
    'one that lasts longer, told by %i, is an error that says until when, and nothing more is asked',
    async (status) => {
      const { server, forge, waits } = await start();
      const reset = now() + 1800;
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) };
      server.fail('GET', /./, { status, headers, body: '{"message":"API rate limit exceeded"}', times: 100 });
      const error = await failure(forge.exists(path));
      expect(error).not.toBeInstanceOf(RefusedError);
      expect(error.message).toMatch(new RegExp(`too many requests \\(${status}\\); 127.0.0.1:\\d+ asks to be left alone until`));
      expect(Math.abs(Date.parse(/until (\S+)/.exec(error.message)?.[1] ?? '') / 1000 - reset)).toBeLessThan(3);
      const asked = server.requests.length;
      await failure(forge.state(path));
      expect(server.requests).toHaveLength(asked);
      expect(waits).toEqual([]);
    },
  );

  const secondary = { status: 403, body: '{"message":"You have exceeded a secondary rate limit"}' };

  test.each([
    ['a question', (forge: Forge) => forge.state(path)],
    ['an archive', (forge: Forge) => forge.archive(path, 'main')],
  ])('a secondary limit that does not say how long, at %s: a minute, then two', async (_, ask) => {
    const { server, forge, waits } = await start();
    server.fail('GET', /./, { ...secondary, times: 2 });
    await ask(forge);
    expect(waits.slice(0, 1)).toEqual([60_000]);
    expect(waits.length).toBeLessThanOrEqual(2);
  });

  test('one that goes on is given up after three minutes, said with its time, and nothing more is asked', async () => {
    const { server, forge, waits } = await start();
    server.fail('GET', /./, { ...secondary, times: 100 });
    const error = await failure(forge.exists(path));
    expect(error).not.toBeInstanceOf(RefusedError);
    expect(error.message).toMatch(/too many requests \(403\); 127.0.0.1:\d+ does not say for how long, and is left alone until 20\d\d-/);
    expect(waits).toEqual([60_000, 120_000]);
    expect(server.requests).toHaveLength(3);
    await failure(forge.state(path));
    expect(server.requests).toHaveLength(3);
  });

  test('requests that are refused together are one limit', async () => {
    const { server, forge, waits } = await start({ delayMs: 100 });
    server.fail('GET', /./, { ...secondary, times: 3 });
    await Promise.all([forge.exists(path), forge.exists(path), forge.exists(path)]);
    expect(waits).toEqual([60_000]);
  });

  test('a 429 that says nothing is waited for as long', async () => {
    const { server, forge, waits } = await start();
    server.fail('GET', /./, { status: 429 });
    await forge.exists(path);
    expect(waits).toEqual([60_000]);
  });
});

describe('refusals name who has to do what', () => {
  test.each([
    [
      'a wrong token',
      'ghp_wrong0123456789',
      401,
      /looking at platform\/staging at 127.*401 Bad credentials; put a valid token into forges\.github\.token/,
    ],
    [
      'a token that sees nothing',
      'ghp_eve0123456789',
      404,
      /staging.*404 Not Found; check the path in app.yml, and that the token has access/,
    ],
  ])('%s', async (_, token, status, text) => {
    const { again } = await start({ users: [bot, ada, { login: 'eve', permissions: {} }] });
    const error = await failure(again({ token }).state(path));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error.message).toMatch(text);
    expect([error.status, error.scope]).toEqual([status, 'github:platform/staging']);
  });

  test('a token that may only read is told which permission it takes', async () => {
    const { forge } = await start({ users: [{ ...bot, permissions: { '': 'read' } }, ada] });
    const { commit } = await forge.state(path);
    const error = await failure(forge.commit(path, changeOn(commit)));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error.message).toMatch(
      /Resource not accessible by personal access token \(it takes the permission contents=write\); give the token that permission for platform\/staging/,
    );
  });

  test('a protected branch, a title too long, a repository archived meanwhile', async () => {
    const { forge, server } = await start();
    const { commit: base } = await forge.state(path);
    const expected = await forge.commit(path, changeOn(base));
    server.repository(path).protectedPrefixes.push('lockkeeper/');
    const error = await failure(forge.commit(path, changeOn(base, { expected, message: 'other' })));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error.message).toMatch(/Cannot force-push to this branch.*let the token's user create, update and delete branches lockkeeper/);
    expect((await failure(forge.open(path, { ...wanted, title: 'x'.repeat(257) }))).message).toMatch(/title is too long \(maximum is 256/);
    server.repository(path).archived = true;
    expect((await failure(forge.open(path, wanted))).message).toMatch(/archived so is read-only.*unarchive the repository/);
  });

  test('a path that is none of GitHub’s, a group within an organisation', async () => {
    const { forge, asked } = await start();
    expect((await failure(forge.state('platform/environments/staging'))).message).toMatch(/is called owner\/name/);
    expect((await failure(forge.discover('platform/environments'))).message).toMatch(/write the organisation alone/);
    expect((await failure(forge.discover('*'))).message).toMatch(/only a GitHub App/);
    expect(asked()).toEqual([]);
  });

  test('a user’s repositories are discovered too', async () => {
    const { forge, server } = await start();
    await server.createRepository('ada/env', { a: '1' });
    await server.createRepository('lockkeeper/env', { a: '1' });
    expect(await forge.discover('ada')).toEqual(['ada/env']);
    expect(await forge.discover('lockkeeper')).toEqual(['lockkeeper/env']);
  });

  test.each(['github.com', 'ftp://github.com', ''])('%p is no address', (url) => {
    const http = createHttpClient();
    closing.push(http);
    expect(() => createGitHub({ name: 'github', url, credentials: { token: 'x' }, http, store: new MemoryStore() })).toThrow(UsageError);
  });
});

describe('something else answers', () => {
  async function scripted(handler: Handler): Promise<{ forge: Forge; server: ScriptedServer }> {
    const server = await startServer(handler);
    const http = createHttpClient({ wait: () => Promise.resolve() });
    closing.push(server, http);
    const credentials = { token: 'ghp_secret0123456789' };
    return { server, forge: createGitHub({ name: 'github', url: server.url, credentials, http, store: new MemoryStore() }) };
  }

  test.each<[string, Handler, RegExp]>([
    ['an HTML page', (_, response) => void response.writeHead(200).end('<html>Sign in</html>'), /an HTML page; is this GitHub's address/],
    ['half a reply', (_, response) => void response.writeHead(200).end('[{"name":'), /not JSON/],
    ['a number', (_, response) => json(response, 7), /not JSON/],
    ['an object instead of a list', (_, response) => json(response, { pulls: [] }), /something else than a list/],
    ['an HTML page with 403', (_, response) => void response.writeHead(403).end('<html>Blocked</html>'), /403 an HTML page/],
  ])('%s is said, with the host', async (_, handler, text) => {
    const { forge, server } = await scripted(handler);
    const error = await failure(forge.mergeRequests(path));
    expect(error.message).toMatch(text);
    expect(error.message).toContain(server.host);
  });

  test('a repository that was renamed is said; the redirect is not followed', async () => {
    const elsewhere = await scripted((_, response) => json(response, []));
    const location = `${elsewhere.server.url}/api/v3/repositories/81?x=y`;
    const { forge } = await scripted((_, response) => json(response, { message: 'Moved Permanently' }, { location }, 301));
    const error = await failure(forge.state(path));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error.message).toContain(`301 moved to ${elsewhere.server.url}/api/v3/repositories/81; it was renamed or transferred`);
    expect(elsewhere.server.seen).toEqual([]);
  });

  test('an endless chain of pages is not followed for ever, and never to another host', async () => {
    const elsewhere = await scripted((_, response) => json(response, []));
    const { forge, server } = await scripted((_, response) =>
      json(response, [], { link: `<${elsewhere.server.url}/x?page=2>; rel="next"` }),
    );
    expect(await forge.releaseNotes('payments/billing')).toEqual([]);
    expect(server.seen).toHaveLength(3);
    expect(elsewhere.server.seen).toEqual([]);
  });

  test('a body of forty megabytes where a page of pull requests should be', async () => {
    const { forge } = await scripted((_, response) => json(response, 'x'.repeat(40 * 2 ** 20)));
    expect((await failure(forge.mergeRequests(path))).message).toMatch(/longer than \d+ bytes/);
  });
});

test('a comment whose text is the same is not written again', async () => {
  const at = await start();
  await at.forge.commit(path, changeOn((await at.forge.state(path)).commit, { branch }));
  const { id } = await at.forge.open(path, wanted);
  await at.forge.comment(path, id, 'validate', 'a\r\nb\n');
  at.asked();
  await at.forge.comment(path, id, 'validate', 'a\r\nb\n');
  await at.again().comment(path, id, 'validate', 'a\nb');
  expect(at.asked().filter((line) => !line.startsWith('GET'))).toEqual([]);
});
