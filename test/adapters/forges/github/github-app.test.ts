import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { RefusedError, UsageError } from '../../../../src/domain/errors.ts';
import { gitText } from '../../../support/git-repository.ts';
import { branch, type Connected, changeOn, connect, path, wanted } from '../../../support/github-server/connected.ts';
import { ada } from '../../../support/github-server/options.ts';

const key = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, // as GitHub gives it
});
const app = { id: 81, publicKey: key.publicKey, installedBy: ['platform', 'payments'] };
const credentials = { appId: 81, privateKey: key.privateKey };

let at: Connected;
afterEach(() => at.close());

test('one token per owner, asked for once and by one list of installations', async () => {
  at = await connect({ app }, credentials);
  await at.server.createRepository('payments/billing', { a: '1' });
  await Promise.all([at.forge.state(path), at.forge.state(path), at.forge.exists('payments/billing')]);
  await at.forge.state(path);
  const asked = at.asked().filter((line) => line.includes('/app/'));
  expect(asked.sort()).toEqual([
    'GET /app/installations',
    'POST /app/installations/5000/access_tokens',
    'POST /app/installations/5001/access_tokens',
  ]);
});

test('a token that ends is replaced', async () => {
  at = await connect({ app }, credentials);
  await at.forge.state(path);
  at.asked();
  const real = Date.now;
  Date.now = () => real() + 59.5 * 60_000;
  try {
    await at.forge.state(path);
  } finally {
    Date.now = real;
  }
  expect(at.asked()).toContain('POST /app/installations/5000/access_tokens');
});

test('commits are signed by GitHub, and ours all the same; one made on the page is a person’s', async () => {
  at = await connect({ app }, credentials);
  const head = await at.forge.commit(path, changeOn((await at.forge.state(path)).commit));
  expect(await gitText(at.server.directory(path), ['show', '-s', '--format=%an|%cn', head])).toBe('lockkeeper-app[bot]|GitHub');
  const store = at.again();
  expect(await store.branchCommits(path, branch, 'main')).toMatchObject([{ byBot: true }]);
  await at.server.push(path, branch, { 'b.yaml': 'v: 2\n' }, 'on the page', ada);
  await at.server.amend(path, branch, { name: 'GitHub', email: 'noreply@github.com' });
  expect(await store.branchCommits(path, branch, 'main')).toMatchObject([{ byBot: false, person: 'Ada Lovelace' }, { byBot: true }]);
});

test('its comments are its own', async () => {
  at = await connect({ app }, credentials);
  await at.forge.commit(path, changeOn((await at.forge.state(path)).commit));
  const { id } = await at.forge.open(path, wanted);
  await at.forge.comment(path, id, 'validate', 'one');
  await at.again().comment(path, id, 'validate', 'two');
  expect(at.server.pull(path, id).comments.map(({ body, author }) => [author.login, body.includes('two')])).toEqual([
    ['lockkeeper-app[bot]', true],
  ]);
});

test('lends its tokens: the owner’s, another owner’s for what anybody may read, none where it is installed nowhere', async () => {
  at = await connect({ app }, credentials);
  const seen = async (owner: string) => {
    const authorization = (await at.forge.reading(owner)) ?? '';
    const reply = await fetch(`${at.server.url}/api/v3/installation/repositories`, {
      headers: { authorization, 'x-github-api-version': '2022-11-28' },
    });
    return ((await reply.json()) as { repositories?: { full_name: string }[] }).repositories?.map((one) => one.full_name);
  };
  await at.server.createRepository('payments/billing', { a: '1' });
  expect(await seen('payments')).toEqual(['payments/billing']);
  expect(await seen('PLATFORM')).toEqual([path]);
  expect(await seen('elsewhere')).toEqual([path]);
  expect(at.asked().filter((line) => line.includes('access_tokens'))).toHaveLength(2);
  await at.close();
  at = await connect({ app: { ...app, installedBy: [] } }, credentials);
  expect(await at.forge.reading('platform')).toBeUndefined();
});

test('discovers what it is installed on, of one owner or of all', async () => {
  at = await connect({ app }, credentials);
  await at.server.createRepository('payments/env', { a: '1' }, { topics: ['lockkeeper'] });
  await at.server.createRepository('platform/prod', { a: '1' }, { topics: ['lockkeeper'] });
  await at.server.createRepository('elsewhere/prod', { a: '1' }, { topics: ['lockkeeper'] });
  expect(await at.forge.discover('platform')).toEqual(['platform/prod', 'platform/staging']);
  expect(await at.forge.discover('*', 'lockkeeper')).toEqual(['payments/env', 'platform/prod']);
  const error: unknown = await at.forge.discover('elsewhere').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RefusedError);
  expect(String(error)).toMatch(/the GitHub App is not installed in elsewhere; install it there/);
});

test.each([
  [
    'a key of another App',
    { appId: 82, privateKey: key.privateKey },
    RefusedError,
    /Bad credentials; put the number and the key of one App/,
  ],
  ['no key at all', { appId: 81, privateKey: '-----BEGIN RSA PRIVATE KEY-----' }, UsageError, /privateKey: not a usable private key/],
])('%s is said, without the key or a token', async (_, given, kind, text) => {
  at = await connect({ app }, given);
  const error: unknown = await at.forge.state(path).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(kind);
  expect(String(error)).toMatch(text);
  const shown = inspect(error, { depth: 20, showHidden: true });
  expect(shown).not.toMatch(/PRIVATE KEY-----\s+\w|Bearer|eyJ/);
});
