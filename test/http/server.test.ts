import { once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type HttpServer, startServer } from '../../src/http/server.ts';

let server: HttpServer;
const asked: string[] = [];
const failures: unknown[] = [];

beforeAll(async () => {
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    site: async (path) => {
      asked.push(path);
      if (path === '/broken') throw new Error('a secret place');
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
  expect(policy).not.toMatch(/unsafe|\*|script-src/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

test('HEAD has the headers of GET and no body', async () => {
  const response = await fetch(server.url, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '10', '']);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
  const response = await fetch(server.url, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('what went wrong is told to the log, not to the reader', async () => {
  const response = await fetch(`${server.url}/broken`);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret');
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

test('where others can reach it, the pages are not shown, as there is no login, and what is meant for programs is', async () => {
  const site = async () => ({ status: 200, type: 'text/plain', body: 'a page' });
  const routes = [
    { path: '/below/', answer: async (_: unknown, response: ServerResponse) => void response.end('for programs') },
    { path: '/exact', answer: async (_: unknown, response: ServerResponse) => void response.end('for programs') },
  ];
  const open = (path: string) => path === '/open';
  const reachable = await startServer({ host: '127.0.0.2', port: 0, site, open, routes, onError: () => undefined });
  const found = async (path: string) => {
    const response = await fetch(`${reachable.url}${path}`, { method: path === '/below/x' ? 'POST' : 'GET' });
    return [path, response.status, (await response.text()).slice(0, 27)];
  };
  try {
    expect(await Promise.all(['/', '/below', '/exact/', '/below/x', '/exact', '/open'].map(found))).toEqual([
      ['/', 403, 'The pages have no login yet'],
      ['/below', 403, 'The pages have no login yet'],
      ['/exact/', 403, 'The pages have no login yet'],
      ['/below/x', 200, 'for programs'],
      ['/exact', 200, 'for programs'],
      ['/open', 200, 'a page'],
    ]);
  } finally {
    await reachable.close();
  }
});

test('a route that fails does not say why', async () => {
  const answer = async () => {
    throw new Error('a secret place');
  };
  const options = { host: '127.0.0.1', port: 0, site: async () => ({ status: 200, type: 'text/plain', body: '' }) };
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
  await expect(startServer({ host: '192.0.2.1', port: 0, site, onError: () => undefined })).rejects.toThrow('cannot be listened on');
});

test('a taken port is named', async () => {
  const port = Number(new URL(server.url).port);
  const site = async () => ({ status: 200, type: 'text/plain', body: '' });
  await expect(startServer({ host: '127.0.0.1', port, site, onError: () => undefined })).rejects.toThrow(
    `server.port ${port} of 127.0.0.1: another program`,
  );
});

test('a connection that was only opened in advance holds no stop up', async () => {
  const other = await startServer({
    host: '127.0.0.1',
    port: 0,
    site: async () => ({ status: 200, type: 'text/plain', body: '' }),
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
