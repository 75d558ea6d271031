import { once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Answer, PageRequest } from '../../src/domain/site.ts';
import { noEntrance } from '../../src/http/login/entrance.ts';
import { type HttpServer, startServer } from '../../src/http/server.ts';
import { machine } from '../support/entrances.ts';

let server: HttpServer;
const asked: string[] = [];
const failures: unknown[] = [];

beforeAll(async () => {
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    entrance: machine(),
    site: async ({ path }) => {
      asked.push(path);
      if (path.endsWith('/broken')) throw new Error('a secret place');
      return { status: 200, type: 'text/html; charset=utf-8', body: '<p>→</p>' };
    },
    onError: (error) => failures.push(error),
  });
});
afterAll(() => server.close());

test('a page comes with headers that forbid everything it does not need', async () => {
  const response = await fetch(`${server.url}/page?query=1`);
  expect([response.status, await response.text()]).toEqual([200, '<p>→</p>']);
  expect(asked.at(-1)).toBe('/page');
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

test('HEAD has the headers of GET and no body', async () => {
  const response = await fetch(server.url, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '10', '']);
});

test.each(['PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
  const response = await fetch(server.url, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('what went wrong is told to the log, not to the reader', async () => {
  const response = await fetch(`${server.url}/broken`);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret');
  expect(failures).toHaveLength(1);
});

test('a program is told in JSON that something went wrong, and no more', async () => {
  failures.length = 0;
  const response = await fetch(`${server.url}/api/v1/broken`);
  expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
    500,
    'application/json',
    { error: 'this could not be answered; the log says why' },
  ]);
  expect(failures).toHaveLength(1);
});

test.each([
  ['evil.example', 421],
  ['localhost:1234', 200],
  ['[::1]:80', 200],
])('a request for the host %s is answered with %i', async (host, status) => {
  const found = await new Promise<number | undefined>((resolve) => {
    request(server.url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  expect(found).toBe(status);
});

test('headers have a limit', async () => {
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 431 /);
});

test('without an entrance no page is shown, and what is meant for programs is', async () => {
  const site = async () => ({ status: 200, type: 'text/plain', body: 'a page' });
  const routes = [
    { path: '/below/', answer: async (_: unknown, response: ServerResponse) => void response.end('for programs') },
    { path: '/exact', answer: async (_: unknown, response: ServerResponse) => void response.end('for programs') },
  ];
  const open = (path: string) => path === '/open';
  const reachable = await startServer({ host: '127.0.0.2', port: 0, site, entrance: noEntrance, open, routes, onError: () => undefined });
  const found = async (path: string) => {
    const response = await fetch(`${reachable.url}${path}`, { method: path === '/below/x' ? 'POST' : 'GET' });
    return [path, response.status, (await response.text()).slice(0, 27)];
  };
  try {
    expect(await Promise.all(['/', '/below', '/exact/', '/below/x', '/exact', '/open'].map(found))).toEqual([
      ['/', 403, 'There are no pages here: se'],
      ['/below', 403, 'There are no pages here: se'],
      ['/exact/', 403, 'There are no pages here: se'],
      ['/below/x', 200, 'for programs'],
      ['/exact', 200, 'for programs'],
      ['/open', 200, 'a page'],
    ]);
  } finally {
    await reachable.close();
  }
});

const pressed: string[] = [];
const entrance = machine();
const page = async ({ method, path }: PageRequest): Promise<Answer> => {
  if (method === 'GET') return { status: 200, type: 'text/plain', body: 'a page' };
  if (path !== '/button') return { status: 405, type: 'text/plain', body: '' };
  pressed.push(path);
  return { status: 303, type: 'text/plain', body: '', location: '/page' };
};

/** The status of a POST; the own port in place of PORT. */
async function press(
  of: HttpServer,
  path: string,
  headers: Readonly<Record<string, string>>,
  { method = 'POST', form = 'token=the-token' }: { readonly method?: string; readonly form?: string } = {},
): Promise<number | undefined> {
  const { port } = new URL(of.url);
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)]));
  return await new Promise((resolve) => {
    const type = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(form.length) };
    const sent = request(`${of.url}${path}`, { method, headers: { ...type, ...named } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.end(form);
  });
}

test.each<[string, Record<string, string>, number]>([
  ['our page', { 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:PORT' }, 303],
  ['our page, in a browser that says no more', { origin: 'http://127.0.0.1:PORT' }, 303],
  ["somebody else's page", { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
  ['a neighbour on another port', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }, 403],
  ['a page that hides where it is', { origin: 'null' }, 403],
  ['the address bar', { 'sec-fetch-site': 'none' }, 403],
  ['what contradicts itself', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }, 403],
  ['no browser', {}, 403],
  ['a name that was made to point here', { host: 'evil.example', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' }, 421],
  ['a proxy', { 'sec-fetch-site': 'same-origin', 'x-forwarded-for': '203.0.113.9' }, 403],
])('a button pressed on %s', async (_, headers, status) => {
  pressed.length = 0;
  const own = await startServer({ host: '127.0.0.1', port: 0, site: page, entrance, onError: () => undefined });
  try {
    expect([await press(own, '/button', headers), pressed]).toEqual([status, status === 303 ? ['/button'] : []]);
    expect(await press(own, '/page', { 'sec-fetch-site': 'same-origin' })).toBe(405);
    expect(await press(own, '/button', { 'sec-fetch-site': 'same-origin' }, { method: 'DELETE' })).toBe(405);
  } finally {
    await own.close();
  }
});

test.each([
  ['without the token', 'a=b'],
  ['with another token', 'token=the-tokem'],
  ['with nothing', ''],
  ['with more than any form has', `token=the-token&a=${'a'.repeat(70_000)}`],
])('a button pressed %s does nothing', async (_, form) => {
  pressed.length = 0;
  const own = await startServer({ host: '127.0.0.1', port: 0, site: page, entrance, onError: () => undefined });
  try {
    expect([await press(own, '/button', { 'sec-fetch-site': 'same-origin' }, { form }), pressed]).toEqual([403, []]);
  } finally {
    await own.close();
  }
});

test('without an entrance there are no buttons', async () => {
  pressed.length = 0;
  const open = (path: string) => path === '/style.css';
  const closed = await startServer({ host: '127.0.0.1', port: 0, entrance: noEntrance, site: page, open, onError: () => undefined });
  const { host } = new URL(closed.url);
  try {
    const found = [await press(closed, '/button', { 'sec-fetch-site': 'same-origin', origin: `http://${host}` })];
    found.push((await fetch(`${closed.url}/jobs`)).status, (await fetch(`${closed.url}/api/v1/jobs`)).status);
    expect([found, pressed]).toEqual([[403, 403, 403], []]);
    expect((await fetch(`${closed.url}/style.css`)).status).toBe(200);
    expect((await fetch(`${closed.url}/style.css`, { method: 'POST' })).status).toBe(403);
  } finally {
    await closed.close();
  }
});

test('a route that fails does not say why', async () => {
  const answer = async () => {
    throw new Error('a secret place');
  };
  const options = { host: '127.0.0.1', port: 0, site: async () => ({ status: 200, type: 'text/plain', body: '' }), entrance };
  const told: unknown[] = [];
  const failing = await startServer({
    ...options,
    routes: [{ path: '/x', answer }],
    onError: (error, path) => told.push([String(error), path]),
  });
  const response = await fetch(`${failing.url}/x`);
  expect([response.status, await response.text()]).toEqual([500, 'This page could not be made; the log says why.\n']);
  expect(told).toEqual([['Error: a secret place', '/x']]);
  await failing.close();
});

test('an address of another machine is not listened on', async () => {
  const site = async () => ({ status: 200, type: 'text/plain', body: '' });
  await expect(startServer({ host: '192.0.2.1', port: 0, site, entrance, onError: () => undefined })).rejects.toThrow(
    'cannot be listened on',
  );
});

test('a taken port is named', async () => {
  const port = Number(new URL(server.url).port);
  const site = async () => ({ status: 200, type: 'text/plain', body: '' });
  await expect(startServer({ host: '127.0.0.1', port, site, entrance, onError: () => undefined })).rejects.toThrow(
    `server.port ${port} of 127.0.0.1: another program`,
  );
});

test('a connection that was only opened in advance holds no stop up', async () => {
  const other = await startServer({
    host: '127.0.0.1',
    port: 0,
    site: async () => ({ status: 200, type: 'text/plain', body: '' }),
    entrance,
    onError: () => {},
  });
  const socket = connect(Number(new URL(other.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const ended = new Promise((resolve) =>
    socket
      .on('error', () => undefined)
      .once('close', resolve)
      .resume(),
  );
  await other.close();
  await ended;
});
