import { localEntrance } from '../../../src/http/login/local.ts';
import { type HttpServer, startServer } from '../../../src/http/server.ts';
import { Browser } from '../../support/cookie-browser.ts';
import { aViewer } from '../../support/site-visitor.ts';

let server: HttpServer;
let browser: Browser;

beforeEach(async () => {
  browser = new Browser();
  const machine = { ...aViewer(), name: 'root', actor: 'root' };
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    site: async ({ method, path, viewer }) => ({
      status: 200,
      type: 'text/html; charset=utf-8',
      body: `${method} ${path} ${viewer.actor} token=${viewer.token} `,
    }),
    entrance: localEntrance({
      machine,
      as: async (name) => (/^\w+$/.test(name) ? { ...machine, name, actor: `local:${name}` } : undefined),
      now: () => new Date(),
    }),
    onError: (error) => {
      throw error;
    },
  });
});
afterEach(() => server.close());

const read = async (path = '/'): Promise<{ who: string; token: string }> => {
  const [, , who = '', token = ''] = (await browser.open(`${server.url}${path}`)).text.split(' ');
  return { who, token: token.replace('token=', '') };
};

test('who works on the machine needs no login, and acts as a person of the local forge where they say so', async () => {
  const { who, token } = await read();
  expect(who).toBe('root');
  const shown = await browser.press(`${server.url}/act-as`, { token, name: ' ada ' }, { referer: `${server.url}/requests?state=open` });
  expect([shown.url, shown.text.split(' ')[2]]).toEqual([`${server.url}/requests?state=open`, 'local:ada']);
  expect(browser.set.get('lockkeeper-person')).toMatchObject({ httpOnly: true, sameSite: 'lax' });
  expect((await read()).who).toBe('local:ada');
  await browser.press(`${server.url}/act-as`, { token: (await read()).token, name: '' });
  expect((await read()).who).toBe('root');
});

test('a name that nobody can have is refused', async () => {
  const { token } = await read();
  expect((await browser.press(`${server.url}/act-as`, { token, name: '<script>' })).status).toBe(400);
  expect((await read()).who).toBe('root');
});

test('no other page can say who acts', async () => {
  const { token } = await read();
  const status = async (fields: Record<string, string>, headers = {}) =>
    (await browser.press(`${server.url}/act-as`, { name: 'eve', ...fields }, headers)).status;
  expect(await status({})).toBe(403);
  expect(await status({ token }, { origin: 'https://evil.example' })).toBe(403);
  expect(await status({ token }, { 'sec-fetch-site': 'cross-site' })).toBe(403);
  browser.cookies.set('lockkeeper-person', 'eve');
  expect((await read()).who).toBe('root');
});

test('after it one goes on to a page of ours, wherever one came from', async () => {
  const { token } = await read();
  const shown = await browser.press(`${server.url}/act-as`, { token, name: 'ada' }, { referer: 'https://evil.example//evil.example/x' });
  expect(new URL(shown.url).origin).toBe(server.url);
});
