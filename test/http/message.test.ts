import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import type { Answer } from '../../src/domain/site.ts';
import { type HttpServer, startServer } from '../../src/http/server.ts';
import { machine } from '../support/entrances.ts';

const long = '<p>→ a line that is said again</p>\n'.repeat(100);
const html = (body: string | Readable, type = 'text/html; charset=utf-8'): Answer => ({ status: 200, type, body });

let stream = new Readable({ read: () => {} });
const failures: unknown[] = [];
let server: HttpServer;
beforeEach(async () => {
  stream = new Readable({ read: () => {} });
  failures.length = 0;
  const pages: Readonly<Record<string, () => Answer>> = {
    '/long': () => html(long),
    '/short': () => html('<p>→</p>'),
    '/picture': () => html(long, 'image/png'),
    '/style.css': () => html(long, 'text/css'),
    '/live': () => html(stream, 'text/event-stream'),
  };
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    entrance: machine(),
    open: (path) => path === '/style.css',
    site: async ({ path }) => pages[path]?.() ?? { ...html('none'), status: 404 },
    onError: (error) => failures.push(error),
  });
});
afterEach(() => server.close());

const get = async (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') => {
  const reply = await request(`${server.url}${path}`, { method, headers });
  return { status: reply.statusCode, headers: reply.headers, body: Buffer.from(await reply.body.arrayBuffer()) };
};

test.each<[string, string, string | undefined]>([
  ['br, gzip', '/long', 'br'],
  ['gzip, deflate, br;q=0.5', '/long', 'br'],
  ['gzip', '/long', 'gzip'],
  ['br;q=0, gzip', '/long', 'gzip'],
  ['br; q=0.000', '/long', undefined],
  ['deflate', '/long', undefined],
  ['', '/long', undefined],
  ['br', '/short', undefined],
  ['br', '/picture', undefined],
])('who accepts %j is sent %s as %s', async (accepted, path, encoding) => {
  const { headers, body } = await get(path, { 'accept-encoding': accepted });
  expect(headers['content-encoding']).toBe(encoding);
  expect(headers['content-length']).toBe(String(body.length));
  expect(headers['vary']).toBe('accept-encoding');
  const text = encoding === 'br' ? brotliDecompressSync(body) : encoding === 'gzip' ? gunzipSync(body) : body;
  expect(text.toString()).toBe(path === '/short' ? '<p>→</p>' : long);
  if (encoding !== undefined) expect(body.length).toBeLessThan(200);
});

test('HEAD has the headers of GET, compressed as it is', async () => {
  const accepts = { 'accept-encoding': 'br' };
  const [head, whole] = [await get('/long', accepts, 'HEAD'), await get('/long', accepts)];
  expect([head.headers['content-length'], head.body.length]).toEqual([String(whole.body.length), 0]);
});

test('what is the same for everybody is kept by browsers, and sent again only when it has changed', async () => {
  const first = await get('/style.css');
  expect(first.headers).toMatchObject({ 'cache-control': 'no-cache', etag: expect.stringMatching(/^W\/"[\w-]{22}"$/) as unknown });
  const etag = String(first.headers['etag']);
  const again = await get('/style.css', { 'if-none-match': `"other", ${etag}` });
  expect([again.status, again.body.length, again.headers['etag']]).toEqual([304, 0, etag]);
  expect(again.headers['content-security-policy']).toBe(first.headers['content-security-policy']);
  expect((await get('/style.css', { 'if-none-match': 'W/"x"' })).status).toBe(200);
});

test('what is of one person is kept by nobody', async () => {
  const { headers } = await get('/long');
  expect(headers).toMatchObject({ 'cache-control': 'no-store' });
  expect(headers).not.toHaveProperty('etag');
});

test('a stream is sent as it comes, uncompressed, and ends with the server at once', async () => {
  const reply = await request(`${server.url}/live`, { headers: { 'accept-encoding': 'br' } });
  expect(reply.headers).not.toHaveProperty('content-encoding');
  expect(reply.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  stream.push('data: 1\n\n');
  const pieces = reply.body[Symbol.asyncIterator]();
  expect(String((await pieces.next()).value)).toBe('data: 1\n\n');
  await server.close();
  expect(stream.destroyed).toBe(true);
  await expect(pieces.next()).rejects.toThrow();
  expect(failures).toEqual([]);
});

test('a reader who leaves ends the stream, and is no failure', async () => {
  const reply = await request(`${server.url}/live`);
  const closed = new Promise((resolve) => stream.on('error', () => {}).once('close', resolve));
  reply.body.on('error', () => {}).destroy();
  await closed;
  expect(failures).toEqual([]);
});

test('a stream that breaks is told to the log', async () => {
  const reply = await request(`${server.url}/live`);
  stream.destroy(new Error('out of words'));
  await expect(reply.body.text()).rejects.toThrow();
  expect(failures.map(String)).toEqual(['Error: out of words']);
});

test('HEAD of a stream ends', async () => {
  expect((await get('/live', {}, 'HEAD')).status).toBe(200);
  expect(stream.destroyed).toBe(true);
});
