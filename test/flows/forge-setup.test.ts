import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/adapters/store/sqlite.ts';
import { placesOf } from '../../src/webhooks/places.ts';
import { type GitHubServer, startGitHub } from '../support/github-server/github-server.ts';
import { type GitLabServer, startGitLab } from '../support/gitlab-server/gitlab-server.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call } from '../support/terminal.ts';

const folder = temporaryFolder();
const files = { 'a.yaml': 'v: 1\n' };
const secret = '4b3c2f18d6a79e05b1946ac92492d234';

describe('lockkeeper forge setup', () => {
  let gitlab: GitLabServer;
  let github: GitHubServer;
  let place = '';
  const configure = (url = 'https://lockkeeper.example.com', webhookSecret = '"${HOOK_SECRET}"') => {
    const text = `server: { url: "${url}" }
store: { url: "file:./data" }
forges:
  gitlab: { type: gitlab, url: "${gitlab.url}", token: "${gitlab.token}", webhookSecret: ${webhookSecret} }
  github: { type: github, url: "${github.url}", token: "${github.token}", webhookSecret: "\${HOOK_SECRET}" }
  quiet: { type: gitlab, url: "${gitlab.url}/quiet", token: "${gitlab.token}" }
  local: { type: local, path: ./repositories }
environments:
  - { discover: "gitlab:platform/environments/*" }
  - { name: acme, repository: "github:acme/staging" }
packages:
  - { match: "r.example.com/payments/**", source: "gitlab:payments/{name}" }
`;
    writeFileSync(join(place, 'app.yml'), text);
  };
  const setup = async (...args: string[]) => {
    const done = await call(['forge', 'setup', '--config', join(place, 'app.yml'), ...args], { HOOK_SECRET: secret });
    expect(done.stdout + done.stderr).not.toContain(secret);
    return done;
  };
  const rows = async (...args: string[]) => {
    const { exit, stdout } = await setup('--json', ...args);
    const { done } = JSON.parse(stdout) as { done: { forge: string; project: string; what: string; done: string }[] };
    return { exit, rows: done.map(({ forge, project, what, done: was }) => `${forge}:${project} ${what} ${was}`) };
  };

  beforeEach(async () => {
    place = folder();
    mkdirSync(join(place, 'repositories'));
    [gitlab, github] = await Promise.all([
      startGitLab({
        projects: { 'platform/environments/staging': files, 'platform/environments/prod': files, 'payments/billing': files },
        users: [{ username: 'lockkeeper', token: 'glpat-bot-0123456789', roles: { '': 'maintainer' } }],
      }),
      startGitHub({ repositories: { 'acme/staging': files } }),
    ]);
    configure();
  });
  afterEach(() => Promise.all([gitlab.close(), github.close()]));

  const firstRun = (done: string, label: string) => [
    'gitlab:platform/environments webhook skipped',
    `gitlab:platform/environments/prod webhook ${done}`,
    `gitlab:platform/environments/staging webhook ${done}`,
    `gitlab:payments/billing webhook ${done}`,
    `gitlab:platform/environments/prod label ${label}`,
    `gitlab:platform/environments/staging label ${label}`,
    `github:acme/staging webhook ${done}`,
    `github:acme/staging label ${label}`,
    'quiet: webhook skipped',
    'local: webhook skipped',
  ];

  test('webhooks and labels are made once: dry, for real, and again', async () => {
    expect(await rows('--dry-run')).toEqual({ exit: 0, rows: firstRun('created', 'created') });
    expect([gitlab.hooks, github.hooks, gitlab.labels]).toEqual([[], [], []]);
    expect(await rows()).toEqual({ exit: 0, rows: firstRun('created', 'created') });
    expect(gitlab.hooks.map(({ place: of, url, token }) => [of, url, token])).toEqual(
      ['platform/environments/prod', 'platform/environments/staging', 'payments/billing'].map((of) => [
        of,
        'https://lockkeeper.example.com/webhooks/gitlab/gitlab',
        secret,
      ]),
    );
    expect(github.hooks.map(({ config }) => [config.url, config.secret])).toEqual([
      ['https://lockkeeper.example.com/webhooks/github/github', secret],
    ]);
    expect(await rows()).toEqual({ exit: 0, rows: firstRun('kept', 'kept') });
    expect(await rows('--renew')).toEqual({ exit: 0, rows: firstRun('updated', 'kept') });
    expect([gitlab.hooks.length, github.hooks.length, gitlab.labels.length]).toEqual([3, 1, 2]);
    const store = openStore(join(place, 'data'));
    expect((await placesOf(store, 'gitlab')).map(({ path }) => path)).toEqual(gitlab.hooks.map(({ place: of }) => of));
    store.close();
  });

  test('the table says who, where, what, and whose right is missing; what can be done is done', async () => {
    gitlab.fail('GET', /payments\/billing\/hooks/, { status: 403, body: '{"message":"403 Forbidden"}' });
    const { exit, stdout } = await setup('--forge', 'gitlab');
    expect(exit).toBe(3);
    expect(stdout).toMatch(
      /^gitlab {2}payments\/billing +webhook {2}failed .*give the token's user the role Maintainer in payments\/billing/m,
    );
    expect(stdout).toMatch(/^gitlab {2}platform\/environments\/prod +webhook {2}created$/m);
    expect(github.hooks).toEqual([]);
  });

  test.each<[string, RegExp]>([
    ['http://localhost:3000', /no forge reaches it there/],
    ['http://lockkeeper.example.com', /without https/],
  ])('%s is warned of', async (url, warning) => {
    configure(url);
    expect((await setup('--dry-run')).stderr).toMatch(warning);
    configure();
    expect((await setup('--dry-run')).stderr).not.toMatch(warning);
  });

  test.each<[string[], RegExp]>([
    [['--forge', 'gitlba'], /no such forge; did you mean "gitlab"\?/],
    [['--forge', 'quiet'], /forges\.quiet\.webhookSecret: is missing/],
  ])('%j is wrong use', async (args, message) => {
    const { exit, stderr } = await setup(...args);
    expect([exit, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(gitlab.hooks).toEqual([]);
  });

  test('of two secrets the new one is set', async () => {
    configure(undefined, '["${HOOK_SECRET}", "0123456789abcdef-old"]');
    expect((await rows('--forge', 'gitlab')).exit).toBe(0);
    expect(new Set(gitlab.hooks.map(({ token }) => token))).toEqual(new Set([secret]));
  });
});
