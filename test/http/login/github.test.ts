import { githubProvider } from '../../../src/http/login/github.ts';
import type { Fetch } from '../../../src/http/login/provider.ts';
import { Browser } from '../../support/cookie-browser.ts';
import { type GitHubServer, startGitHub } from '../../support/github-server/github-server.ts';
import { type LoginSite, startLoginSite } from '../../support/login-site.ts';
import { freePorts } from '../../support/ports.ts';

const app = { clientId: 'Iv1.0123456789abcdef', clientSecret: 'a0b1c2d3e4f5a6b7c8d9' };
const reach: Fetch = (url, init) => fetch(url, { ...init, redirect: 'manual' });

let github: GitHubServer;
let site: LoginSite;
let browser: Browser;
afterEach(async () => {
  await site.server.close();
  await github.close();
});

/** With an OAuth App that may send people back to `callback`. */
async function begin(change: Partial<typeof app> = {}, callback?: string): Promise<string> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  github = await startGitHub();
  github.oauth.apps.push({ ...app, callback: callback ?? `${url}/login/github/callback` });
  github.oauth.login = 'ada';
  const settings = { name: 'github', forge: 'github', url: github.url, api: `${github.url}/api/v3`, ...app, ...change };
  site = await startLoginSite(port, [githubProvider(settings, reach)], { url });
  browser = new Browser();
  return url;
}

test('somebody logs in with their account at GitHub, under its number', async () => {
  const url = await begin();
  expect((await browser.open(`${url}/access`)).text).toMatch(/^GET \/access\? github:ada 2 /);
});

test('PKCE and state go along, and no permission is asked for', async () => {
  const url = await begin();
  const asked = new URL((await browser.open(`${url}/login/github`, 0)).headers.get('location') ?? '');
  expect(`${asked.origin}${asked.pathname}`).toBe(`${github.url}/login/oauth/authorize`);
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    client_id: app.clientId,
    redirect_uri: `${url}/login/github/callback`,
    state: expect.stringMatching(/^[\w-]{43}$/) as unknown,
    allow_signup: 'false',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/) as unknown,
    code_challenge_method: 'S256',
  });
});

const isOut = async (): Promise<boolean> => !browser.cookies.has('lockkeeper');

test('who does not agree is told so', async () => {
  const url = await begin();
  github.oauth.login = undefined;
  const shown = await browser.open(url);
  expect([shown.status, shown.text, await isOut()]).toEqual([403, expect.stringContaining('You did not agree there'), true]);
});

test('a wrong secret is told to the log, as GitHub names it', async () => {
  const url = await begin({ clientSecret: 'another' });
  const shown = await browser.open(url);
  expect([shown.status, shown.text, await isOut()]).toEqual([403, expect.stringContaining('the log says why'), true]);
  expect(site.told).toEqual(['logging in through github: GitHub gave no token: incorrect_client_credentials']);
});

test('an address that GitHub does not send people back to is told to the log', async () => {
  const url = await begin({}, 'https://lockkeeper.example.com/login/github/callback');
  const { headers } = await browser.open(`${url}/login/github`, 0);
  const { headers: back } = await browser.open(headers.get('location') ?? '', 0);
  const { search } = new URL(back.get('location') ?? '');
  expect((await browser.open(`${url}/login/github/callback${search}`)).status).toBe(403);
  expect(site.told).toEqual(['logging in through github: GitHub sent no code: redirect_uri_mismatch']);
});

/** The address that GitHub sends the browser back to. */
async function callback(url: string, by = browser): Promise<string> {
  const { headers } = await by.open(`${url}/login/github`, 0);
  return (await by.open(headers.get('location') ?? '', 0)).headers.get('location') ?? '';
}

test('login CSRF: what another browser began is not taken, nor another state', async () => {
  const url = await begin();
  const address = await callback(url, new Browser());
  expect([(await browser.open(address)).status, await isOut()]).toEqual([400, true]);
  await browser.open(`${url}/login/github`, 0);
  expect([(await browser.open(address)).status, await isOut()]).toEqual([403, true]);
  expect(site.told.at(-1)).toContain('its state differs');
});

test('a code injected by another is worth nothing, as it was not asked for with our verifier', async () => {
  const url = await begin();
  const stolen = new URL(await callback(url, new Browser())).searchParams.get('code') ?? '';
  const own = new URL(await callback(url));
  own.searchParams.set('code', stolen);
  expect([(await browser.open(own.href)).status, await isOut()]).toEqual([403, true]);
  expect(site.told.at(-1)).toContain('bad_verification_code');
});

test('what an answer says of itself does not come into the log', async () => {
  const url = await begin();
  const address = new URL(await callback(url));
  address.searchParams.delete('code');
  address.searchParams.set('error', 'x\n{"level":60}');
  await browser.open(address.href);
  expect(site.told).toEqual(['logging in through github: GitHub sent no code: without a reason']);
});
