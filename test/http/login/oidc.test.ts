import { once } from 'node:events';
import { OutsideError } from '../../../src/domain/errors.ts';
import type { LoginOptions } from '../../../src/http/login/login.ts';
import { oidcProvider } from '../../../src/http/login/oidc.ts';
import type { Fetch } from '../../../src/http/login/provider.ts';
import { Browser } from '../../support/cookie-browser.ts';
import { type LoginSite, secret, startLoginSite } from '../../support/login-site.ts';
import { type OidcOptions, type OidcServer, startOidc } from '../../support/oidc-provider.ts';
import { freePorts } from '../../support/ports.ts';

/** As our client does: who does not answer is an OutsideError. */
const reach: Fetch = async (url, init) => {
  try {
    return await fetch(url, { ...init, redirect: 'manual' });
  } catch (error) {
    throw new OutsideError(new URL(url).host, `asking ${url}`, { cause: error });
  }
};

interface World extends LoginSite {
  readonly providers: readonly OidcServer[];
  readonly browser: Browser;
}

interface Wishes {
  /** Of providers that are not the forge itself. */
  readonly username?: string;
  readonly names?: readonly string[];
  readonly options?: Partial<LoginOptions>;
  readonly provider?: Partial<OidcOptions>;
  readonly fetch?: Fetch;
}

let opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** A site behind real providers; ada is number 7 of the forge. */
async function begin({ username, names = ['gitlab'], options = {}, provider = {}, fetch = reach }: Wishes = {}): Promise<World> {
  const [port = 0] = await freePorts(1);
  const url = options.url ?? `http://127.0.0.1:${port}`;
  const providers: OidcServer[] = [];
  for (const name of names)
    providers.push(await startOidc({ callbacks: [`${url}/login/${name}/callback`], clientId: `at-${name}`, ...provider }));
  for (const one of providers) one.person = { sub: '7', nickname: 'ada', preferred_username: 'ada' };
  const offered = providers.map(({ issuer, client }, at) =>
    oidcProvider({ name: names[at] ?? '', issuer, ...client, forge: 'gitlab', ...(username !== undefined && { username }) }, fetch),
  );
  const site = await startLoginSite(port, offered, { url, ...options });
  opened = [...providers, site.server];
  return { ...site, url, providers, browser: new Browser() };
}

const tokenOf = (page: string): string => /token=(\S+)/.exec(page)?.[1] ?? '';

test('who comes without a session is sent to the provider, and comes back to the page', async () => {
  const { url, browser, told } = await begin();
  const shown = await browser.open(`${url}/app/billing?since=1`);
  expect(shown.text).toMatch(/^GET \/app\/billing\?since=1 gitlab:ada 7 /);
  expect(shown.url).toBe(`${url}/app/billing?since=1`);
  expect(told).toEqual(['gitlab:ada has logged in through gitlab']);
  expect([...browser.cookies.keys()].filter((name) => name.startsWith('lockkeeper'))).toEqual(['lockkeeper']);
  expect(browser.set.get('lockkeeper')).toMatchObject({ httpOnly: true, sameSite: 'lax', path: '/', maxAge: 3600 });
});

test('PKCE, state and nonce go along, and no permission is asked for', async () => {
  const { url, browser, providers } = await begin();
  const { headers } = await browser.open(`${url}/login/gitlab`, 0);
  const asked = new URL(headers.get('location') ?? '');
  expect(asked.origin).toBe(providers[0]?.issuer);
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    client_id: 'at-gitlab',
    redirect_uri: `${url}/login/gitlab/callback`,
    response_type: 'code',
    scope: 'openid',
    state: expect.stringMatching(/^[\w-]{43}$/) as unknown,
    nonce: expect.stringMatching(/^[\w-]{43}$/) as unknown,
    code_challenge: expect.stringMatching(/^[\w-]{43}$/) as unknown,
    code_challenge_method: 'S256',
  });
});

test.each(['client_secret_basic', 'client_secret_post'] as const)(
  'the secret is told as the provider wants it: %s',
  async (authentication) => {
    const { url, browser } = await begin({ provider: { authentication } });
    expect((await browser.open(url)).text).toContain('gitlab:ada');
  },
);

test('with another provider a claim says who that is at the forge', async () => {
  const { url, browser, providers } = await begin({ username: 'preferred_username', names: ['company'] });
  const [company] = providers;
  if (company !== undefined) company.person = { sub: 'f2a1', preferred_username: 'ada' };
  expect((await browser.open(url)).text).toContain('gitlab:ada 7');
});

test.each([
  ['without the claim', { sub: 'f2a1' }, 'its answer has no claim &quot;preferred_username&quot;'],
  ['whom the forge does not know', { sub: 'f2a1', preferred_username: 'eve' }, 'gitlab knows no eve'],
])('nobody comes in %s, and is told why', async (_, person, why) => {
  const { url, browser, providers } = await begin({ username: 'preferred_username' });
  const [provider] = providers;
  if (provider !== undefined) provider.person = person;
  const shown = await browser.open(url);
  expect([shown.status, shown.text.replaceAll('"', '&quot;')]).toEqual([403, expect.stringContaining(why)]);
  expect(browser.cookies.has('lockkeeper')).toBe(false);
});

test('who does not agree is told so', async () => {
  const { url, browser, providers } = await begin();
  const [provider] = providers;
  if (provider !== undefined) provider.person = undefined;
  const shown = await browser.open(url);
  expect([shown.status, shown.text]).toEqual([403, expect.stringContaining('You did not agree there')]);
});

test('of several providers one chooses, and comes back to the page all the same', async () => {
  const { url, browser } = await begin({ names: ['one', 'two'] });
  const shown = await browser.open(`${url}/access`);
  expect([shown.url, shown.text]).toEqual([`${url}/login?to=%2Faccess`, 'choose one two /access false']);
  expect((await browser.open(`${url}/login/two?to=/access`)).text).toMatch(/^GET \/access\? gitlab:ada/);
});

test('who has logged out is not logged in again at once', async () => {
  const { url, browser } = await begin();
  const { text } = await browser.open(url);
  const shown = await browser.press(`${url}/logout`, { token: tokenOf(text) });
  expect([shown.status, shown.text]).toEqual([200, 'choose gitlab / true']);
  expect(browser.cookies.has('lockkeeper')).toBe(false);
});

test('a program is told, and not sent anywhere', async () => {
  const { url } = await begin();
  const api = await fetch(`${url}/api/v1/environments`, { redirect: 'manual' });
  expect([api.status, api.headers.get('content-type'), await api.json()]).toEqual([
    401,
    'application/json',
    { error: 'nobody is logged in: see /login' },
  ]);
  const script = await fetch(`${url}/`, { redirect: 'manual' });
  expect(script.status).toBe(401);
});

describe('attacks', () => {
  test('an open redirect: only paths of ours are gone on to', async () => {
    for (const to of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/%09/evil.example/..//x',
      'javascript:alert(1)',
      '/\t/evil.example',
    ]) {
      const { url, browser } = await begin();
      const shown = await browser.open(`${url}/login/gitlab?${new URLSearchParams({ to }).toString()}`);
      expect(new URL(shown.url).origin).toBe(url);
      for (const one of opened.splice(0)) await one.close();
    }
  });

  test('login CSRF: an answer that began in another browser is not taken', async () => {
    const { url, browser } = await begin();
    const attacker = await browserAtCallback(browser, url);
    const victim = new Browser();
    const shown = await victim.open(attacker);
    expect([shown.status, shown.text]).toEqual([400, expect.stringContaining('did not begin in this browser')]);
    expect(victim.cookies.size).toBe(0);
  });

  test('login CSRF: an answer to another question of the same browser is not taken', async () => {
    const { url, browser, told } = await begin();
    const first = await browserAtCallback(browser, url);
    await browser.open(`${url}/login/gitlab`, 0); // another state from now on
    expect((await browser.open(first)).status).toBe(403);
    expect(browser.cookies.has('lockkeeper')).toBe(false);
    expect(told).toHaveLength(1);
  });

  test('replay: an answer is taken once', async () => {
    const { url, browser } = await begin();
    await browser.open(url);
    const callback = browser.way.find((one) => one.includes('/callback')) ?? '';
    browser.cookies.delete('lockkeeper');
    expect((await browser.open(callback)).status).toBe(400);
    expect(browser.cookies.has('lockkeeper')).toBe(false);
  });

  test('replay: a code is worth nothing with the cookie of its login, once it was used', async () => {
    const { url, browser, told } = await begin();
    const callback = await browserAtCallback(browser, url);
    const kept = new Map(browser.cookies);
    await browser.open(callback);
    const thief = new Browser();
    for (const [name, value] of kept) thief.cookies.set(name, value);
    expect((await thief.open(callback)).status).toBe(403);
    expect(told.at(-1)).toMatch(/^logging in through gitlab: /);
    expect(thief.cookies.has('lockkeeper')).toBe(false);
  });

  test('mix-up: what one provider answers is not taken at the place of another', async () => {
    const { url, browser } = await begin({ names: ['one', 'two'] });
    const callback = await browserAtCallback(browser, url, 'one');
    const shown = await browser.open(callback.replace('/login/one/', '/login/two/'));
    expect([shown.status, browser.cookies.has('lockkeeper')]).toEqual([400, false]);
  });

  test('mix-up: an answer that names another issuer is not taken', async () => {
    const { url, browser } = await begin();
    const callback = new URL(await browserAtCallback(browser, url));
    callback.searchParams.set('iss', 'https://evil.example');
    expect((await browser.open(callback.href)).status).toBe(403);
    expect(browser.cookies.has('lockkeeper')).toBe(false);
  });

  test.each(['two', 'nobody'])('a token of another provider is not taken (%s)', async (which) => {
    // What provider two signed is handed to us as the answer of one, as somebody between us could.
    let stolen = '';
    const swap: Fetch = async (address, init) => {
      const response = await reach(address, init);
      if (!address.endsWith('/token')) return response;
      const body = (await response.json()) as { id_token: string };
      const [head, claims] = body.id_token.split('.');
      const given = which === 'nobody' ? `${head}.${claims}.${'A'.repeat(342)}` : stolen;
      if (stolen === '') stolen = body.id_token;
      return Response.json(given === '' ? body : { ...body, id_token: given });
    };
    const { url, browser, told } = await begin({ names: ['two', 'one'], fetch: swap });
    if (which === 'two') await browser.open(`${url}/login/two`);
    browser.cookies.delete('lockkeeper');
    expect((await browser.open(`${url}/login/one`)).status).toBe(403);
    expect(browser.cookies.has('lockkeeper')).toBe(false);
    expect(told.at(-1)).toMatch(/^logging in through one: /);
  });

  test('session fixation: a session is a new one after each login, and nobody can prepare it', async () => {
    const { url, browser } = await begin();
    await browser.open(url);
    const first = browser.cookies.get('lockkeeper') ?? '';
    await browser.open(`${url}/login/gitlab`);
    expect(browser.cookies.get('lockkeeper')).not.toBe(first);
    const victim = new Browser();
    victim.cookies.set('lockkeeper', 'prepared');
    await victim.open(url);
    expect(victim.cookies.get('lockkeeper')).not.toBe('prepared');
  });

  test.each<[string, (cookie: string) => string]>([
    [
      'changed in its content',
      (cookie) => cookie.replace(/\.([^.]{4})([^.])/, (_, head: string, one: string) => `.${head}${one === 'A' ? 'B' : 'A'}`),
    ],
    ['changed at its end', (cookie) => `${cookie.slice(0, -2)}${cookie.endsWith('AA') ? 'BB' : 'AA'}`],
    ['cut', (cookie) => cookie.slice(0, -10)],
    [
      'no longer sealed',
      () =>
        `eyJhbGciOiJub25lIn0.${Buffer.from('{"forge":"gitlab","id":"7","name":"ada","session":"x","exp":9999999999}').toString('base64url')}.`,
    ],
    ['empty', () => ''],
  ])('a tampered cookie is no session: %s', async (_, change) => {
    const { url, browser } = await begin();
    await browser.open(url);
    const cookie = change(browser.cookies.get('lockkeeper') ?? '');
    const { status } = await fetch(`${url}/api/v1/x`, { headers: { cookie: `lockkeeper=${cookie}` } });
    expect(status).toBe(401);
  });

  test('the cookie of a login is no session', async () => {
    const { url, browser } = await begin();
    await browser.open(`${url}/login/gitlab`, 0);
    const cookie = browser.cookies.get('lockkeeper-login') ?? '';
    expect((await fetch(`${url}/api/v1/x`, { headers: { cookie: `lockkeeper=${cookie}` } })).status).toBe(401);
  });

  test('a session that was sealed with another key is none', async () => {
    const one = await begin();
    await one.browser.open(one.url);
    const cookie = one.browser.cookies.get('lockkeeper') ?? '';
    const first = opened;
    const other = await begin({ options: { secret: `${secret}x` } });
    opened = [...first, ...opened];
    expect((await fetch(`${one.url}/api/v1/x`, { headers: { cookie: `lockkeeper=${cookie}` } })).status).toBe(200);
    expect((await fetch(`${other.url}/api/v1/x`, { headers: { cookie: `lockkeeper=${cookie}` } })).status).toBe(401);
  });

  test('a session ends, and so does a login that takes too long', async () => {
    let now = Date.now();
    const { url, browser } = await begin({ options: { now: () => new Date(now) } });
    await browser.open(url);
    const headers = { cookie: `lockkeeper=${browser.cookies.get('lockkeeper')}` };
    const status = async () => (await fetch(`${url}/api/v1/x`, { headers })).status;
    now += 3_599_000;
    expect(await status()).toBe(200);
    now += 2_000;
    expect(await status()).toBe(401);
    const callback = await browserAtCallback(browser, url);
    now += 601_000;
    expect((await browser.open(callback)).status).toBe(400);
  });

  test('a form of another session presses nothing, nor does one without a session', async () => {
    const { url, browser } = await begin();
    const mine = tokenOf((await browser.open(url)).text);
    const other = new Browser();
    const theirs = tokenOf((await other.open(url)).text);
    const press = async (token: string) => (await browser.press(`${url}/button`, { token })).text.slice(0, 12);
    expect(await press(mine)).toBe('POST /button');
    expect(await press(theirs)).toBe('Only a butto');
    expect(await press(`${mine}x`)).toBe('Only a butto');
    expect(await press('')).toBe('Only a butto');
    expect((await new Browser().press(`${url}/button`, { token: mine })).status).toBe(401);
    expect((await browser.press(`${url}/button`, { token: mine }, { origin: 'https://evil.example' })).status).toBe(403);
  });

  test('what a proxy says of who asks is not believed', async () => {
    const { url } = await begin();
    const headers = {
      'x-forwarded-user': 'ada',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'evil.example',
      'x-remote-user': 'ada',
    };
    expect((await fetch(`${url}/api/v1/x`, { headers })).status).toBe(401);
    const begun = await fetch(`${url}/login/gitlab`, { headers, redirect: 'manual' });
    expect(begun.headers.get('location')).toContain(encodeURIComponent(`${url}/login/gitlab/callback`));
  });
});

test('a page carries another token each time, each of which works', async () => {
  const { url, browser } = await begin();
  const [one, other] = [tokenOf((await browser.open(url)).text), tokenOf((await browser.open(url)).text)];
  expect(one).not.toBe(other);
  for (const token of [one, other]) expect((await browser.press(`${url}/button`, { token })).text).toContain('POST /button');
});

test('a provider that does not answer is named, and asked again by the next who comes', async () => {
  let isDown = true;
  const flapping: Fetch = (address, init) => {
    if (isDown) return Promise.reject(new OutsideError('gitlab.example.com', 'connect ECONNREFUSED'));
    return reach(address, init);
  };
  const { url, browser, told } = await begin({ fetch: flapping });
  const shown = await browser.open(url);
  expect([shown.status, shown.text]).toEqual([
    502,
    expect.stringMatching(/^502 gitlab does not answer: .*try again in a minute.*\(\/login\/gitlab\)$/),
  ]);
  expect(told.join()).toContain('ECONNREFUSED');
  isDown = false;
  expect((await browser.open(url)).text).toContain('gitlab:ada');
});

test('the description of a provider is asked for once', async () => {
  const { url, providers } = await begin();
  for (const browser of [new Browser(), new Browser()]) await browser.open(url);
  expect(providers[0]?.seen.filter((one) => one.includes('openid-configuration'))).toHaveLength(1);
});

describe('behind a proxy on this machine', () => {
  const url = 'https://lockkeeper.example.com';
  const asked = async (headers: Readonly<Record<string, string>>, path = '/') => {
    const { server } = await begin({ options: { url } });
    const { port } = new URL(server.url);
    const request = (await import('node:http')).request({ host: '127.0.0.1', port, path, headers });
    request.end();
    const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
    response.resume();
    return response;
  };

  test('pages are there under the name of server.url, kept to https, and cookies are of this host alone', async () => {
    const response = await asked({ host: 'Lockkeeper.example.com:443', 'x-forwarded-for': '203.0.113.9' }, '/login/gitlab');
    expect([response.statusCode, response.headers['strict-transport-security']]).toEqual([303, 'max-age=31536000']);
    expect(response.headers['set-cookie']?.[0]).toMatch(
      /^__Host-lockkeeper-login=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(response.headers['cache-control']).toBe('no-store');
  });

  test.each(['evil.example', 'lockkeeper.example.com.evil.example', 'lockkeeper.example.com:444'])(
    'under the name %j there is nothing',
    async (host) => {
      expect((await asked({ host })).statusCode).toBe(421);
    },
  );

  test('under the own name of the machine one is sent on to server.url to log in', async () => {
    const response = await asked({ host: 'localhost' }, '/login?to=/access');
    expect([response.statusCode, response.headers.location]).toEqual([303, `${url}/login?to=%2Faccess`]);
  });
});

/** Goes to the provider, and stops before the address that leads back. */
async function browserAtCallback(browser: Browser, url: string, provider = 'gitlab'): Promise<string> {
  let { headers } = await browser.open(`${url}/login/${provider}`, 0);
  let at = headers.get('location') ?? '';
  while (!at.includes('/callback')) {
    const from = at;
    ({ headers } = await browser.open(from, 0));
    at = new URL(headers.get('location') ?? '', from).href;
  }
  return at;
}
