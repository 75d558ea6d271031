import { redactor } from '../../../src/domain/redact.ts';
import { failure, httpBox, inTurn, status } from '../../support/http-box.ts';
import { json, routes } from '../../support/http-server.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const box = httpBox();
const { connect, serve } = box;

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
    await Promise.all(Array.from({ length: 9 }, () => box.client.request({ url: server.url })));
    await Promise.all(Array.from({ length: 3 }, () => box.client.request({ method: 'HEAD', url: server.url })));
    expect(most).toBe(2);
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
    const reply = await box.client.request({ url: `${server.url}/a` });
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
    expect((await box.client.request({ url: server.url, redirects: 0 })).headers['location']).toBe('/again');
    expect((await box.client.request({ method: 'POST', url: server.url })).status).toBe(302);
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
    await box.client.request({ url: server.url, conditional: true });
    const reply = await box.client.request({ url: server.url, conditional: true });
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
    const ask = (accept: string) => box.client.request({ url: server.url, headers: { accept }, conditional: true });
    await ask('a/a');
    expect((await ask('b/b')).fromCache).toBe(false);
    expect((await ask('a/a')).body.toString()).toContain('a/a');
    await box.client.request({ url: `${server.url}/gone`, conditional: true });
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
    (await box.client.stream({ url: server.url })).body.destroy();
    const { body } = await box.client.stream({ url: server.url });
    expect(await body.toArray()).not.toHaveLength(0);
    expect((await box.client.request({ url: server.url })).status).toBe(200);
  });
});

test('a secret in a path does not reach an error', async () => {
  const server = await serve(routes({ 'GET /hunter22/x': status(500) }));
  const error = await failure(connect({ redact: redactor(['hunter22']) }).request({ url: `${server.url}/hunter22/x` }));
  expect(error.message).toContain('/[redacted]/x');
  expect(error.cause).toBeUndefined();
});
