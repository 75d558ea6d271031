import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { failure, fine, httpBox, inTurn, status } from '../../support/http-box.ts';
import type { Handler } from '../../support/http-server.ts';

const box = httpBox();
const { connect, serve } = box;

describe('trying again', () => {
  test('429 with Retry-After in seconds is waited for', async () => {
    const server = await serve(inTurn(status(429, { 'retry-after': '3' }), fine));
    const reply = await connect().request({ url: `${server.url}/x` });
    expect(reply.status).toBe(200);
    expect(box.waits).toHaveLength(1);
    expect(box.waits[0]).toBe(3_000);
    expect(box.client.counts.get(server.host)).toBe(2);
  });

  test('503 with Retry-After as a date is waited for', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const server = await serve(inTurn(status(503, { 'retry-after': date }), fine));
    await connect().request({ url: server.url });
    expect(box.waits).toHaveLength(1);
    expect(box.waits[0]).toBeGreaterThan(50_000);
    expect(box.waits[0]).toBeLessThanOrEqual(60_000);
  });

  test('a long Retry-After is reported with its time, and the host left alone', async () => {
    const server = await serve(status(429, { 'retry-after': '3600' }));
    const error = await failure(connect().request({ url: `${server.url}/x?token=secret` }));
    expect(error.scope).toBe(server.host);
    expect(error.status).toBe(429);
    expect(error.message).toMatch(/left alone until 20\d\d-\d\d-\d\dT/);
    expect(error.message).not.toContain('secret');
    await failure(box.client.request({ url: `${server.url}/y` }));
    expect(server.seen).toHaveLength(1);
    expect(box.waits).toEqual([]);
  });

  test('Retry-After makes every request to that host wait, and no other host', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const [busy, free] = [await serve(inTurn(status(429, { 'retry-after': '9' }), fine)), await serve(fine)];
    const paused = Promise.withResolvers<void>();
    connect({
      wait: () => {
        paused.resolve();
        return held;
      },
    });
    const first = box.client.request({ url: `${busy.url}/first` });
    await paused.promise;
    const second = box.client.request({ url: `${busy.url}/second` });
    await box.client.request({ url: free.url });
    expect(busy.seen).toEqual(['GET /first']);
    release();
    await Promise.all([first, second]);
    expect(busy.seen.toSorted()).toEqual(['GET /first', 'GET /first', 'GET /second']);
  });

  test('500 four times is an OutsideError naming host, method and path', async () => {
    const server = await serve(status(500));
    const error = await failure(connect().request({ url: `${server.url}/v2/a?x=1` }));
    expect(error.message).toBe(`GET ${server.url}/v2/a: the server failed with status 500 (4 tries)`);
    expect(error.status).toBe(500);
    expect(box.waits).toHaveLength(3);
    expect(server.seen).toHaveLength(4);
  });

  test('404 and 401 are given back at once', async () => {
    const server = await serve(inTurn(status(404), status(401)));
    expect((await connect().request({ url: server.url })).status).toBe(404);
    expect((await box.client.request({ url: server.url })).status).toBe(401);
    expect(server.seen).toHaveLength(2);
  });

  test('a POST is never repeated by itself', async () => {
    const server = await serve(status(502));
    await failure(connect().request({ method: 'POST', url: server.url, body: '{}' }));
    expect(server.seen).toEqual(['POST /']);
    await failure(box.client.request({ method: 'POST', url: server.url, body: '{}', retry: true }));
    expect(server.seen).toHaveLength(5);
  });

  test('a reset connection is tried again', async () => {
    const reset: Handler = (request) => {
      request.socket.resetAndDestroy();
    };
    const server = await serve(inTurn(reset, reset, fine));
    expect((await connect().request({ url: server.url })).status).toBe(200);
    expect(server.seen).toHaveLength(3);
  });

  test('half a reply is tried again', async () => {
    const half: Handler = (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => request.socket.destroy(), 10);
    };
    const server = await serve(inTurn(half, fine));
    expect(JSON.parse((await connect().request({ url: server.url })).body.toString())).toEqual({ fine: true });
    expect(server.seen).toHaveLength(2);
  });

  test('a chunked reply that breaks off is tried again', async () => {
    const half: Handler = (request, response) => {
      response.write('{"tags":[');
      setTimeout(() => request.socket.destroy(), 10);
    };
    const server = await serve(inTurn(half, fine));
    expect(JSON.parse((await connect().request({ url: server.url })).body.toString())).toEqual({ fine: true });
  });
});

describe('a dead host', () => {
  async function deadHost(): Promise<string> {
    const server = createServer();
    await new Promise<void>((ready) => {
      server.listen(0, '127.0.0.1', ready);
    });
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    return `127.0.0.1:${port}`;
  }

  test('costs three connections in all', async () => {
    const host = await deadHost();
    connect({ hosts: { [host]: { concurrency: 1 } } });
    const errors = await Promise.all(['a', 'b', 'c'].map((path) => failure(box.client.request({ url: `http://${host}/${path}` }))));
    expect(box.client.counts.get(host)).toBe(3);
    expect(errors[0]?.message).toContain('connection refused');
    expect((await failure(box.client.request({ url: `http://${host}/later` }))).message).toContain('given up');
    expect(box.client.counts.get(host)).toBe(3);
  });

  test('a host that answers in between is not given up', async () => {
    const refuse: Handler = (request) => {
      request.socket.pause(); // no answer at all
    };
    const server = await serve(inTurn(refuse, refuse, fine, refuse, refuse, fine));
    connect();
    expect((await box.client.request({ url: server.url, timeoutMs: 400 })).status).toBe(200);
    expect((await box.client.request({ url: server.url, timeoutMs: 400 })).status).toBe(200);
    expect(server.seen).toHaveLength(6);
  });

  test('an unknown name is said', async () => {
    const error = await failure(connect().request({ url: 'http://nobody.invalid/x' }));
    expect(error.message).toMatch(/nobody\.invalid.*(unknown|resolved)/);
  });
});
