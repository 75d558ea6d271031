import { Browser } from '../support/cookie-browser.ts';
import { type GitLabScanWorld, gitlabScanWorld } from '../support/gitlab-scan-world.ts';
import { type OidcServer, startOidc } from '../support/oidc-provider.ts';
import { freePorts } from '../support/ports.ts';
import { type Served, serve } from '../support/served.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call } from '../support/terminal.ts';

const folder = temporaryFolder();
const secrets = { LOGIN_SECRET: '0f4c8b6e1d2a9573f08b6c1e4d7a2395', LOGIN_CLIENT_SECRET: '' };

let world: GitLabScanWorld;
let company: OidcServer;
let running: Served[] = [];
let url = '';
let settings = '';

beforeEach(async () => {
  const [port = 0] = await freePorts(1);
  url = `http://127.0.0.1:${port}`;
  world = await gitlabScanWorld(folder(), {
    users: [
      { username: 'lockkeeper' },
      { username: 'ada' },
      { username: 'grace', roles: { 'platform/staging': 'reporter' } },
      { username: 'eve', roles: {} },
    ],
  });
  company = await startOidc({ callbacks: [`${url}/login/company/callback`] });
  secrets.LOGIN_CLIENT_SECRET = company.client.clientSecret;
  for (const name of ['staging', 'production']) await world.createRepository(`platform/${name}`, { 'a.yaml': 'kind: ConfigMap\n' });
  settings = `server:
  port: ${port}
  url: "${url}"
  login:
    secret: "\${LOGIN_SECRET}"
    providers:
      company: { type: oidc, issuer: "${company.issuer}", clientId: lockkeeper, clientSecret: "\${LOGIN_CLIENT_SECRET}", forge: gitlab, username: preferred_username }
environments:
  - { name: staging, repository: "gitlab:platform/staging" }
  - { name: production, repository: "gitlab:platform/production" }
`;
  world.configure(settings);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop('SIGKILL')));
  running = [];
  await Promise.all([company.close(), world.dispose()]);
});

async function start(): Promise<Served> {
  const served = await serve(world.config, { ...secrets, GITLAB_TOKEN: world.server.token });
  running.push(served);
  return served;
}

/** Environments that somebody sees, as the API tells. */
async function seenBy(browser: Browser): Promise<unknown> {
  const { status, text } = await browser.open(`${url}/api/v1/environments`);
  return status === 200 ? (JSON.parse(text) as { environments: { name: string }[] }).environments.map(({ name }) => name) : status;
}

async function loggedIn(preferred_username: string): Promise<{ browser: Browser; status: number; text: string }> {
  company.person = { sub: `employee-${preferred_username}`, preferred_username };
  const browser = new Browser();
  const { status, text } = await browser.open(`${url}/`);
  return { browser, status, text };
}

test('people of the company see what GitLab lets them see, and whom it does not know comes not in', async () => {
  await start();
  const [ada, grace, eve, nobody] = [await loggedIn('ada'), await loggedIn('grace'), await loggedIn('eve'), await loggedIn('nobody')];
  expect([ada.status, grace.status, eve.status, nobody.status]).toEqual([200, 200, 200, 403]);
  expect(await seenBy(ada.browser)).toEqual(['staging', 'production']);
  expect(await seenBy(grace.browser)).toEqual(['staging']);
  expect(await seenBy(eve.browser)).toEqual([]);
  expect(await seenBy(nobody.browser)).toBe(401);
  expect(await seenBy(new Browser())).toBe(401);
  expect(nobody.text).toContain('gitlab knows no person with the user name nobody');
  expect(ada.text).toContain('Log out');
  expect(grace.text).not.toContain('production');
});

test('a session goes on in another process, and with another secret it does not', async () => {
  const first = await start();
  const { browser } = await loggedIn('ada');
  await first.stop();
  const second = await start();
  expect(await seenBy(browser)).toEqual(['staging', 'production']);
  await second.stop();
  secrets.LOGIN_SECRET = '591785b794601e212b260e25925636fd';
  await start();
  expect(await seenBy(browser)).toBe(401);
});

test('no secret of a login is logged', async () => {
  const served = await start();
  await loggedIn('ada');
  await loggedIn('nobody');
  const log = JSON.stringify(served.log());
  expect(log).toContain('gitlab:ada has logged in through company');
  for (const secret of Object.values(secrets)) expect(log).not.toContain(secret);
});

test.each([
  ['on an address that others reach', { host: '0.0.0.0' }, /server\.host: on 0\.0\.0\.0 others reach the pages/],
  [
    'behind a proxy',
    { url: 'https://lockkeeper.example.com' },
    /server\.url: under https:\/\/lockkeeper\.example\.com others reach the pages/,
  ],
])('%s serve starts with a login or without pages, and else says what to write', async (_, server: object, why) => {
  const rest = settings.slice(settings.indexOf('environments:'));
  const write = (more: object): void =>
    world.configure(`server: ${JSON.stringify({ port: Number(new URL(url).port), ...server, ...more })}\n${rest}`);
  write({});
  const { exit, stderr } = await call(['serve', '--config', world.config], { GITLAB_TOKEN: world.server.token });
  expect([exit, stderr]).toEqual([2, expect.stringMatching(why)]);
  expect(stderr).toMatch(/server\.login: \{.*server\.pages: off/s);
  write({ pages: 'off' });
  await start();
  const status = async (path: string) => (await fetch(`${url}${path}`)).status;
  expect([await status('/'), await status('/api/v1/environments'), await status('/healthz'), await status('/metrics')]).toEqual([
    403, 403, 200, 200,
  ]);
});
