import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type GitHubAppOptions, githubAppRoutes, type StartPage } from '../../src/http/github-app.ts';
import { type HttpServer, startServer } from '../../src/http/server.ts';
import { machine } from '../support/entrances.ts';

const code = 'a-code-that-the-log-shows';
const path = '/setup/github/github';

let server: HttpServer;
let shown: StartPage[];
let finished: string[];
let warned: string[];
let now: Date;
let finish: GitHubAppOptions['finish'];

async function start(trustLoopback: boolean): Promise<void> {
  const routes = githubAppRoutes({
    forge: 'github',
    url: 'https://github.example.com/sub',
    manifest: { name: 'Lockkeeper' },
    code,
    trustLoopback,
    finish: async (given) => {
      finished.push(given);
      return await finish(given);
    },
    pages: {
      start: (page) => {
        shown.push(page);
        return 'the form';
      },
      problem: (what) => what,
    },
    log: { info: () => {}, warn: (what) => void warned.push(what) },
    now: () => now,
  });
  const site = async () => ({ status: 404, type: 'text/plain', body: '' });
  server = await startServer({ host: '127.0.0.1', port: 0, site, entrance: machine(), routes, onError: () => {} });
}
beforeEach(() => {
  [shown, finished, warned, now] = [[], [], [], new Date()];
  finish = async () => 'the App is made';
});
afterEach(() => server.close());

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const get = (target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(`${server.url}${target}`, { headers, method }, (response) => {
      const { statusCode: status = 0, headers: given } = response;
      text(response).then((body) => resolve({ status, body, headers: given }), reject);
    })
      .on('error', reject)
      .end();
  });

const stateOf = ({ action }: StartPage): string => new URL(action).searchParams.get('state') ?? '';
const begin = async (): Promise<string> => {
  await get(`${path}?code=${code}`);
  return stateOf(shown.at(-1) as StartPage);
};
const comeBack = (state: string, given = 'github-code-1') => get(`${path}/callback?code=${given}&state=${state}`);

test.each<[string, boolean, string, Record<string, string>, number]>([
  ['this machine itself', true, '', {}, 200],
  ['this machine, by a name that somebody made point here', true, '', { host: 'evil.example' }, 403],
  ['somebody through a proxy on this machine', true, '', { 'x-forwarded-for': '203.0.113.7' }, 403],
  ['this machine, where a proxy may stand before it', false, '', {}, 403],
  ['somebody with the code', false, `?code=${code}`, { host: 'lockkeeper.example.com', 'x-forwarded-for': '203.0.113.7' }, 200],
  ['somebody with another code', false, '?code=a-code-that-the-log-showz', {}, 403],
  ['somebody with an empty code', false, '?code=', {}, 403],
])('%s', async (_, trustLoopback, query, headers, status) => {
  await start(trustLoopback);
  const { status: found, body } = await get(`${path}${query}`, headers);
  expect([found, body === 'the form', shown.length]).toEqual([status, status === 200, status === 200 ? 1 : 0]);
});

test('the page may send its form to that GitHub and to itself, loads nothing, and tells nobody its address', async () => {
  await start(true);
  const { headers } = await get(path);
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self' https://github.example.com; frame-ancestors 'none'",
  );
  expect([headers['referrer-policy'], headers['cache-control']]).toEqual(['no-referrer', 'no-store']);
});

test.each<[string, string, number, string | undefined]>([
  ['none', '', 200, 'https://github.example.com/sub/settings/apps/new'],
  ['one', '?organisation=acme', 200, 'https://github.example.com/sub/organizations/acme/settings/apps/new'],
  ['no name', '?organisation=acme/../..', 400, undefined],
  ['markup', '?organisation=%22%3E%3Cscript%3E', 400, undefined],
])('the App belongs to an organisation: %s', async (_, query, status, action) => {
  await start(true);
  expect((await get(`${path}${query}`)).status).toBe(status);
  expect(shown.map((page) => page.action.split('?')[0])).toEqual(action === undefined ? [] : [action]);
});

test('who was sent there by us, comes back once', async () => {
  await start(false);
  const state = await begin();
  expect(await comeBack(state)).toMatchObject({ status: 200, body: 'the App is made' });
  expect((await comeBack(state)).status).toBe(403);
  expect((await get(`${path}?code=${code}`)).status).toBe(410);
  expect(finished).toEqual(['github-code-1']);
});

test.each<[string, (state: string) => string]>([
  ['none', () => ''],
  ['a forged one', () => 'x'.repeat(32)],
  ['nearly the right one', (state) => `${state.slice(0, -1)}${state.endsWith('A') ? 'B' : 'A'}`],
])('with a state that is not ours, nothing is done: %s', async (_, change) => {
  await start(true);
  const state = await begin();
  expect((await comeBack(change(state))).status).toBe(403);
  expect([finished, warned.length]).toEqual([[], 1]);
});

test('a state ends after an hour', async () => {
  await start(true);
  const state = await begin();
  now = new Date(now.getTime() + 3_600_000);
  expect((await comeBack(state)).status).toBe(403);
  expect(finished).toEqual([]);
});

test('a code that GitHub does not take: the reason, and another try from the beginning', async () => {
  await start(true);
  finish = async () => {
    throw new Error('GitHub did not give out the App');
  };
  const state = await begin();
  expect(await comeBack(state)).toMatchObject({ status: 502, body: 'GitHub did not give out the App' });
  expect((await comeBack(state)).status).toBe(403); // its state was used
  finish = async () => 'the App is made';
  expect((await comeBack(await begin())).status).toBe(200);
});

test.each(['', 'a/b', 'x'.repeat(101), '%0d%0aHost:'])('a code that is none is not handed on: %j', async (given) => {
  await start(true);
  expect((await comeBack(await begin(), given)).status).toBe(400);
  expect(finished).toEqual([]);
});

test('two who come back at once make one App', async () => {
  await start(true);
  let end: (page: string) => void = () => {};
  finish = () =>
    new Promise((resolve) => {
      end = resolve;
    });
  const [first, second] = [await begin(), await begin()];
  const slow = comeBack(first);
  await expect(comeBack(second, 'github-code-2').then(({ status }) => status)).resolves.toBe(410);
  end('the App is made');
  expect((await slow).status).toBe(200);
  expect(finished).toEqual(['github-code-1']);
});

test('these pages are only read', async () => {
  await start(true);
  const state = await begin();
  expect((await get(path, {}, 'POST')).status).toBe(405);
  expect((await get(`${path}/callback?code=x&state=${state}`, {}, 'HEAD')).status).toBe(405);
  expect((await comeBack(state)).status).toBe(200);
});
