import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../../src/adapters/http/client.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { redactor } from '../../../src/domain/redact.ts';
import { type Handler, json, routes, type ScriptedServer, startServer } from '../../support/http-server.ts';
import { MemoryStore } from '../../support/memory-store.ts';

let waits: number[];
let client: HttpClient;
const opened: { close(): Promise<void> }[] = [];

function connect(options: HttpClientOptions = {}): HttpClient {
  waits = [];
  client = createHttpClient({
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    ...options,
  });
  opened.push(client);
  return client;
}

async function serve(handler: Handler): Promise<ScriptedServer> {
  const server = await startServer(handler);
  opened.push(server);
  return server;
}

/** Answers the nth request with the nth handler, the last one for ever. */
function inTurn(...handlers: readonly Handler[]): Handler {
  let turn = 0;
  return (request, response) => {
    const handler = handlers[Math.min(turn, handlers.length - 1)];
    turn += 1;
    return handler?.(request, response);
  };
}

const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(code, headers).end('x');
  };
const fine: Handler = (_request, response) => json(response, { fine: true });

async function failure(promise: Promise<unknown>): Promise<OutsideError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutsideError);
  return error as OutsideError;
}

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

describe('trying again', () => {
  test('429 with Retry-After in seconds is waited for', async () => {
    const server = await serve(inTurn(status(429, { 'retry-after': '3' }), fine));
    const reply = await connect().request({ url: `${server.url}/x` });
    expect(reply.status).toBe(200);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBe(3_000);
    expect(client.counts.get(server.host)).toBe(2);
  });

  test('503 with Retry-After as a date is waited for', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    const server = await serve(inTurn(status(503, { 'retry-after': date }), fine));
    await connect().request({ url: server.url });
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(50_000);
    expect(waits[0]).toBeLessThanOrEqual(60_000);
  });

  test('a long Retry-After is reported with its time, and the host left alone', async () => {
    const server = await serve(status(429, { 'retry-after': '3600' }));
    const error = await failure(connect().request({ url: `${server.url}/x?token=secret` }));
    expect(error.scope).toBe(server.host);
    expect(error.status).toBe(429);
    expect(error.message).toMatch(/left alone until 20\d\d-\d\d-\d\dT/);
    expect(error.message).not.toContain('secret');
    await failure(client.request({ url: `${server.url}/y` }));
    expect(server.seen).toHaveLength(1);
    expect(waits).toEqual([]);
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
    const first = client.request({ url: `${busy.url}/first` });
    await paused.promise;
    const second = client.request({ url: `${busy.url}/second` });
    await client.request({ url: free.url });
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
    expect(waits).toHaveLength(3);
    expect(server.seen).toHaveLength(4);
  });

  test('404 and 401 are given back at once', async () => {
    const server = await serve(inTurn(status(404), status(401)));
    expect((await connect().request({ url: server.url })).status).toBe(404);
    expect((await client.request({ url: server.url })).status).toBe(401);
    expect(server.seen).toHaveLength(2);
  });

  test('a POST is never repeated by itself', async () => {
    const server = await serve(status(502));
    await failure(connect().request({ method: 'POST', url: server.url, body: '{}' }));
    expect(server.seen).toEqual(['POST /']);
    await failure(client.request({ method: 'POST', url: server.url, body: '{}', retry: true }));
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

describe('bounds', () => {
  test('an endless body is cut off and not asked for again', async () => {
    let closed = false;
    const server = await serve((request, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(10_000)), 1);
      request.socket.once('close', () => {
        clearInterval(timer);
        closed = true;
      });
    });
    const error = await failure(connect().request({ url: server.url, maxBytes: 50_000 }));
    expect(error.message).toContain('longer than 50000 bytes');
    expect(server.seen).toHaveLength(1);
    while (!closed) await new Promise(setImmediate);
  });

  test('a body that says it is too long is not read', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).flushHeaders();
    });
    expect((await failure(connect().request({ url: server.url, maxBytes: 999 }))).message).toContain('longer than 999');
  });

  test('HEAD has no body however long it says it is', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000', 'docker-content-digest': 'sha256:x' }).end();
    });
    const reply = await connect().request({ method: 'HEAD', url: server.url, maxBytes: 10 });
    expect(reply.headers['docker-content-digest']).toBe('sha256:x');
    expect(reply.body).toHaveLength(0);
  });

  test('a reply that dribbles is a time-out; three in a row give the host up', async () => {
    const server = await serve((request, response) => {
      const timer = setInterval(() => response.write('x'), 5);
      request.socket.once('close', () => clearInterval(timer));
    });
    const error = await failure(connect().request({ url: server.url, timeoutMs: 60 }));
    expect(error.message).toContain('given up after 3 failures');
    expect(error.message).toContain('no complete reply in time');
    expect(server.seen).toHaveLength(3);
  });

  test('at most `concurrency` requests at once per host, and every place is given back', async () => {
    let [now, most] = [0, 0];
    const server = await serve(async (_request, response) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      response.writeHead(404).end('no');
    });
    connect({ hosts: { [server.host]: { concurrency: 2 } } });
    await Promise.all(Array.from({ length: 9 }, () => client.request({ url: server.url })));
    await Promise.all(Array.from({ length: 3 }, () => client.request({ method: 'HEAD', url: server.url })));
    expect(most).toBe(2);
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
    const errors = await Promise.all(['a', 'b', 'c'].map((path) => failure(client.request({ url: `http://${host}/${path}` }))));
    expect(client.counts.get(host)).toBe(3);
    expect(errors[0]?.message).toContain('connection refused');
    expect((await failure(client.request({ url: `http://${host}/later` }))).message).toContain('given up');
    expect(client.counts.get(host)).toBe(3);
  });

  test('a host that answers in between is not given up', async () => {
    const refuse: Handler = (request) => {
      request.socket.pause(); // no answer at all
    };
    const server = await serve(inTurn(refuse, refuse, fine, refuse, refuse, fine));
    connect();
    expect((await client.request({ url: server.url, timeoutMs: 400 })).status).toBe(200);
    expect((await client.request({ url: server.url, timeoutMs: 400 })).status).toBe(200);
    expect(server.seen).toHaveLength(6);
  });

  test('an unknown name is said', async () => {
    const error = await failure(connect().request({ url: 'http://nobody.invalid/x' }));
    expect(error.message).toMatch(/nobody\.invalid.*(unknown|resolved)/);
  });
});

describe('redirects', () => {
  test('credentials stay with their origin', async () => {
    const heard: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      heard.push(request.headers.authorization);
      json(response, { there: true });
    });
    const server = await serve((request, response) => {
      heard.push(request.headers.authorization);
      response.writeHead(307, { location: request.url === '/a' ? '/b' : `${other.url}/blob?signature=s` }).end();
    });
    const settings = { username: 'bot', password: 'secret', insecure: true };
    connect({ hosts: { [server.host]: settings, [other.host]: { username: 'x', password: 'other', insecure: true } } });
    const reply = await client.request({ url: `${server.url}/a` });
    const basic = `Basic ${Buffer.from('bot:secret').toString('base64')}`;
    expect(heard).toEqual([basic, basic, undefined]);
    expect(reply.url).toBe(`${other.url}/blob?signature=s`);
  });

  test('credentials are not sent over plain http unless that is said', async () => {
    let heard: string | undefined;
    const server = await serve((request, response) => {
      heard = request.headers.authorization;
      json(response, {});
    });
    await connect({ hosts: { [server.host]: { username: 'bot', password: 'secret' } } }).request({ url: server.url });
    expect(heard).toBeUndefined();
  });

  test('a loop ends with an error; 0 gives the redirect back; a POST is not redirected', async () => {
    const server = await serve(status(302, { location: '/again' }));
    expect((await failure(connect().request({ url: server.url }))).message).toContain('more than 5 redirects');
    expect(server.seen).toHaveLength(6);
    expect((await client.request({ url: server.url, redirects: 0 })).headers['location']).toBe('/again');
    expect((await client.request({ method: 'POST', url: server.url })).status).toBe(302);
  });
});

describe('conditional requests', () => {
  test('a 304 is answered from the store, headers included', async () => {
    const server = await serve((request, response) => {
      if (request.headers['if-none-match'] === '"1"') return void response.writeHead(304, { etag: '"1"' }).end();
      json(response, { tags: ['1.0'] }, { etag: '"1"', link: '</next>; rel="next"', 'set-cookie': 'a=b' });
      return undefined;
    });
    const store = new MemoryStore();
    const first = await connect({ store }).request({ url: server.url, conditional: true });
    const second = await connect({ store }).request({ url: server.url, conditional: true });
    expect([first.fromCache, second.fromCache]).toEqual([false, true]);
    expect(second.status).toBe(200);
    expect(second.body.equals(first.body)).toBe(true);
    expect(second.headers['link']).toBe('</next>; rel="next"');
    expect(second.headers['set-cookie']).toBeUndefined();
    expect(server.seen).toHaveLength(2);
  });

  test('Last-Modified does where there is no ETag; bytes stay bytes', async () => {
    const modified = 'Sat, 21 Nov 2026 02:00:00 GMT';
    const bytes = Buffer.from([0xff, 0xfe, 0, 1]);
    const server = await serve((request, response) => {
      if (request.headers['if-modified-since'] === modified) response.writeHead(304).end();
      else response.writeHead(200, { 'last-modified': modified }).end(bytes);
    });
    connect({ store: new MemoryStore() });
    await client.request({ url: server.url, conditional: true });
    const reply = await client.request({ url: server.url, conditional: true });
    expect(reply.fromCache).toBe(true);
    expect(reply.body.equals(bytes)).toBe(true);
  });

  test('another Accept is another reply; an error is not kept', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/gone') response.writeHead(404, { etag: '"e"' }).end();
      else if (request.headers['if-none-match'] !== undefined) response.writeHead(304).end();
      else json(response, { accept: request.headers.accept }, { etag: '"1"' });
    });
    const store = new MemoryStore();
    connect({ store });
    const ask = (accept: string) => client.request({ url: server.url, headers: { accept }, conditional: true });
    await ask('a/a');
    expect((await ask('b/b')).fromCache).toBe(false);
    expect((await ask('a/a')).body.toString()).toContain('a/a');
    await client.request({ url: `${server.url}/gone`, conditional: true });
    expect(store.keys('http')).toHaveLength(2);
  });
});

describe('streams', () => {
  test('the body comes in pieces, after retries', async () => {
    const server = await serve(inTurn(status(502), (_request, response) => void response.end(Buffer.alloc(200_000, 'a'))));
    const { body } = await connect().stream({ url: server.url });
    let size = 0;
    for await (const part of body as AsyncIterable<Buffer>) size += part.length;
    expect(size).toBe(200_000);
  });

  test('a body longer than allowed ends with an OutsideError', async () => {
    const server = await serve((_request, response) => void response.end(Buffer.alloc(200_000, 'a')));
    const { body } = await connect().stream({ url: server.url, maxBytes: 1_000 });
    const error = await failure(body.toArray());
    expect(error.message).toContain('longer than 1000 bytes');
  });

  test('a body that breaks off ends with an OutsideError', async () => {
    const server = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100000' });
      response.write('half');
      setTimeout(() => request.socket.destroy(), 10);
    });
    const { body } = await connect().stream({ url: `${server.url}/b.tar` });
    expect((await failure(body.toArray())).message).toContain(`GET ${server.url}/b.tar: the connection broke off`);
  });

  test('a stream that is destroyed unread gives its place back', async () => {
    const server = await serve((_request, response) => void response.end(Buffer.alloc(2_000_000)));
    connect({ hosts: { [server.host]: { concurrency: 1 } } });
    (await client.stream({ url: server.url })).body.destroy();
    const { body } = await client.stream({ url: server.url });
    expect(await body.toArray()).not.toHaveLength(0);
    expect((await client.request({ url: server.url })).status).toBe(200);
  });
});

test('a secret in a path does not reach an error', async () => {
  const server = await serve(routes({ 'GET /hunter22/x': status(500) }));
  const error = await failure(connect({ redact: redactor(['hunter22']) }).request({ url: `${server.url}/hunter22/x` }));
  expect(error.message).toContain('/[redacted]/x');
  expect(error.cause).toBeUndefined();
});
