import { generateKeyPairSync } from 'node:crypto';
import type { Credentials } from '../../../../src/adapters/forges/github/account.ts';
import { createGitHubWebhooks } from '../../../../src/adapters/forges/github/webhooks.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import type { HookPlace, WantedHook } from '../../../../src/domain/webhook-forge.ts';
import { githubHookEvents } from '../../../../src/http/webhooks/github-events.ts';
import { type WebhookFixture, webhookForgeContract } from '../../../support/contracts/webhook-forge.ts';
import { startGitHub } from '../../../support/github-server/github-server.ts';
import { bot, type GitHubOptions } from '../../../support/github-server/options.ts';

const repositories = { 'platform/staging': { 'a.yaml': 'v: 1\n' } };
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

async function connect(options: GitHubOptions = {}, credentials?: Credentials) {
  const server = await startGitHub({ repositories, users: [{ ...bot, organisations: ['platform'] }], ...options });
  const http = createHttpClient({ wait: () => Promise.resolve() });
  const forge = createGitHubWebhooks({ name: 'forge', url: server.url, credentials: credentials ?? { token: server.token }, http });
  const dispose = async (): Promise<void> => {
    await http.close();
    await server.close();
  };
  return { server, forge, dispose };
}

const fixtureAt = (place: HookPlace) => async (): Promise<WebhookFixture> => {
  const { server, forge, dispose } = await connect();
  return {
    forge,
    place,
    events: githubHookEvents,
    hooks: () => server.hooks.map(({ config, events }) => ({ url: config.url ?? '', secret: config.secret, events })),
    labels: () => server.repository('platform/staging').labels.map(({ name }) => name),
    loseAnswer: (method) => server.fail(method, /hooks/, { after: true }),
    dispose,
  };
};

webhookForgeContract('GitHub, in a repository,', fixtureAt({ kind: 'repository', path: 'platform/staging' }));
webhookForgeContract('GitHub, in an organisation,', fixtureAt({ kind: 'group', path: 'platform' }));

const repository: HookPlace = { kind: 'repository', path: 'platform/staging' };
const organisation: HookPlace = { kind: 'group', path: 'platform' };
const app: HookPlace = { kind: 'app', path: '' };
const wanted: WantedHook = {
  url: 'https://lockkeeper.example.com/webhooks/github/github',
  secret: '7f3c5d2a9b8e4f60',
  events: githubHookEvents,
};

let connected: Awaited<ReturnType<typeof connect>>;
const start = async (...args: Parameters<typeof connect>) => {
  connected = await connect(...args);
  return connected;
};
afterEach(() => connected?.dispose());

test.each<[string, GitHubOptions, HookPlace, string]>([
  ['a token without the right to webhooks', { users: [{ ...bot, hooks: false }] }, repository, 'webhooks: read and write'],
  ['a token that may only read', { users: [{ ...bot, permissions: { '': 'read' } }] }, repository, 'repository_hooks=write'],
  ['an organisation of others', { users: [bot] }, organisation, 'organization webhooks: read and write'],
])('%s is refused with what to do', async (_, options, place, advice) => {
  const { forge } = await start(options);
  await expect(forge.hook(place, wanted)).rejects.toThrow(advice);
});

test('a second webhook with the address, and an event that GitHub does not know, are refused', async () => {
  const { server, forge } = await start();
  await forge.createHook(repository, wanted);
  await expect(forge.createHook(repository, wanted)).rejects.toThrow('Hook already exists on this repository');
  await expect(forge.createHook(repository, { ...wanted, url: `${wanted.url}2`, events: ['installation'] })).rejects.toThrow(
    'Invalid event',
  );
  expect(server.hooks).toHaveLength(1);
});

test("the App's webhook is part of the App: its address and secret are set, its events are its own", async () => {
  const options = { app: { id: 4711, publicKey, installedBy: ['platform'] } };
  const { server, forge } = await start(options, { appId: 4711, privateKey });
  expect(forge.asApp).toBe(true);
  const hook = await forge.hook(app, wanted);
  expect(hook?.differs).toEqual(['another address', 'sends forms', 'no secret']);
  if (hook !== undefined) await forge.changeHook(app, hook, wanted);
  expect(server.appHook.config).toEqual({ url: wanted.url, secret: wanted.secret, content_type: 'json', insecure_ssl: '0' });
  expect((await forge.hook(app, wanted))?.differs).toEqual([]);
});

test.each<[string, HookPlace]>([
  ['a repository', repository],
  ['an organisation', organisation],
  ['the App', app],
])('attempts at the webhook of %s, over pages, newest first; one that is asked for again has the same delivery id', async (_, place) => {
  const options = { app: { id: 4711, publicKey, installedBy: ['platform'] } };
  const { server, forge } = place === app ? await start(options, { appId: 4711, privateKey }) : await start();
  await forge.createHook(place, wanted);
  const stored = place === app ? server.appHook : server.hooks[0];
  const hook = await forge.hook(place, wanted);
  if (stored === undefined || hook === undefined) throw new Error('there is no webhook');
  const first = server.deliver(stored);
  server.hookStatus = 502;
  const deliveries = Array.from({ length: 120 }, () => server.deliver(stored));
  const attempts = await forge.attempts(place, hook, new Date(0));
  expect(attempts.map(({ delivery }) => delivery)).toEqual([first, ...deliveries].toReversed());
  expect(attempts.map(({ succeeded, again }) => succeeded || again).lastIndexOf(false)).toBe(119);
  expect(attempts.at(-1)).toMatchObject({ succeeded: true });
  server.hookStatus = 202;
  await forge.redeliver(place, hook, attempts[0]?.id ?? 0);
  expect((await forge.attempts(place, hook, new Date(0)))[0]).toMatchObject({ delivery: deliveries.at(-1), succeeded: true, again: true });
  server.requests.length = 0;
  expect(await forge.attempts(place, hook, new Date(Date.now() + 60_000))).toEqual([]);
  expect(server.requests).toHaveLength(1);
});
