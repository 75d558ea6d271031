import { createGitLabWebhooks } from '../../../../src/adapters/forges/gitlab/webhooks.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import type { HookPlace, WantedHook } from '../../../../src/domain/webhook-forge.ts';
import { gitlabHookEvents } from '../../../../src/http/webhooks/gitlab-events.ts';
import { type WebhookFixture, webhookForgeContract } from '../../../support/contracts/webhook-forge.ts';
import { type GitLabServer, startGitLab } from '../../../support/gitlab-server/gitlab-server.ts';
import type { GitLabOptions } from '../../../support/gitlab-server/options.ts';

const projects = { 'platform/staging': { 'a.yaml': 'v: 1\n' } };
const users = (role: 'developer' | 'maintainer' | 'owner') => [
  { username: 'lockkeeper', token: 'glpat-bot-0123456789', roles: { '': role } },
];

async function connect(options: GitLabOptions = {}) {
  const server = await startGitLab({ projects, users: users('owner'), ...options });
  const http = createHttpClient({ wait: () => Promise.resolve() });
  const forge = createGitLabWebhooks({ name: 'forge', url: server.url, token: server.token, http });
  const dispose = async (): Promise<void> => {
    await http.close();
    await server.close();
  };
  return { server, forge, dispose };
}

const fixtureAt =
  (place: HookPlace, options: GitLabOptions = {}) =>
  async (): Promise<WebhookFixture> => {
    const { server, forge, dispose } = await connect(options);
    return {
      forge,
      place,
      events: gitlabHookEvents,
      hooks: () => server.hooks.map(({ url, token, on }) => ({ url, secret: token, events: [...on] })),
      labels: () => server.labels.map(({ name }) => name),
      loseAnswer: (method) => server.fail(method, /hooks/, { after: true }),
      dispose,
    };
  };

webhookForgeContract('GitLab, in a project,', fixtureAt({ kind: 'repository', path: 'platform/staging' }));
webhookForgeContract('GitLab, in a group,', fixtureAt({ kind: 'group', path: 'platform' }, { premium: true }));

const project: HookPlace = { kind: 'repository', path: 'platform/staging' };
const group: HookPlace = { kind: 'group', path: 'platform' };
const wanted: WantedHook = {
  url: 'https://lockkeeper.example.com/webhooks/gitlab/gitlab',
  secret: '7f3c5d2a9b8e4f60',
  events: gitlabHookEvents,
};
const signing = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let connected: Awaited<ReturnType<typeof connect>>;
const start = async (options?: GitLabOptions): Promise<{ server: GitLabServer; forge: (typeof connected)['forge'] }> => {
  connected = await connect(options);
  return connected;
};
afterEach(() => connected?.dispose());

test('a secret that begins with whsec_ is set as the signing token, another as the secret token', async () => {
  const { server, forge } = await start();
  await forge.createHook(project, { ...wanted, secret: signing });
  expect(server.hooks[0]).toMatchObject({ signingToken: signing, verifiesTls: true });
  expect(server.hooks[0]?.token).toBeUndefined();
  expect((await forge.hook(project, { ...wanted, secret: signing }))?.differs).toEqual([]);
  const hook = await forge.hook(project, wanted);
  expect(hook?.differs).toEqual(['no secret']);
});

test.each<[string, GitLabOptions, HookPlace, string]>([
  ['a role that is too low', { users: users('developer') }, project, "give the token's user the role Maintainer in platform/staging"],
  ['a group without a licence', {}, group, 'with the role Owner (and GitLab Premium)'],
  [
    'a group of which the user is not the owner',
    { premium: true, users: users('maintainer') },
    group,
    'the role Owner (and GitLab Premium) in platform',
  ],
])('%s is refused with what to do', async (_, options, place, advice) => {
  const { forge } = await start(options);
  await expect(forge.hook(place, wanted)).rejects.toThrow(advice);
});

test('a webhook that GitLab has stopped is seen, and called again after a test that was answered', async () => {
  const { server, forge } = await start();
  await forge.createHook(project, wanted);
  server.stopHooks('2026-11-21T13:00:00Z');
  const hook = await forge.hook(project, wanted);
  expect(hook?.stopped).toEqual({ until: '2026-11-21T13:00:00Z' });
  if (hook === undefined) return;
  server.hooksAreAnswered = false;
  await expect(forge.wake(project, hook)).rejects.toThrow('Hook execution failed');
  expect((await forge.hook(project, wanted))?.stopped).toBeDefined();
  server.hooksAreAnswered = true;
  await forge.wake(project, hook);
  expect((await forge.hook(project, wanted))?.stopped).toBeUndefined();
  server.stopHooks();
  expect((await forge.hook(project, wanted))?.stopped).toEqual({});
});
