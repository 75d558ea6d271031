import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

const secret = 'b1946ac92492d2347c6235b4d2611184';
const body = JSON.stringify({ object_kind: 'merge_request', project: { path_with_namespace: 'platform/staging' } });
const settings = {
  environments: [{ repository: { forge: 'gitlab', path: 'platform/staging' } }],
  gitlab: [{ name: 'gitlab', secrets: [secret] }],
};
const headers = { 'x-gitlab-token': secret, 'idempotency-key': 'delivery-1' };
const accepted = { status: 202, text: '{"jobs":1}\n' };

let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await startReceiver(settings);
});
afterEach(() => receiver[Symbol.asyncDispose]());

const nothingQueued = (): void => expect([receiver.queue.jobs, receiver.queue.deliveries]).toEqual([[], []]);

test('a delivery is verified, kept and answered, and its job has its id', async () => {
  expect(await receiver.post('/webhooks/gitlab/gitlab', body, headers)).toEqual(accepted);
  expect(receiver.queue.jobs).toEqual([
    { data: { kind: 'scan-environment', repository: 'gitlab:platform/staging' }, key: 'gitlab:platform/staging', trace: 'delivery-1' },
  ]);
  expect(receiver.queue.deliveries).toEqual([{ sender: 'gitlab/gitlab', id: 'delivery-1' }]);
  expect(receiver.counts).toEqual(['gitlab/gitlab accepted']);
  expect(receiver.log()).toContain('"trace":"delivery-1"');
});

test('a delivery that is repeated is one job', async () => {
  await receiver.post('/webhooks/gitlab/gitlab', body, headers);
  expect(await receiver.post('/webhooks/gitlab/gitlab', body, headers)).toEqual({ status: 202, text: '{"repeated":true}\n' });
  expect(receiver.queue.deliveries).toHaveLength(1);
  expect(receiver.counts).toEqual(['gitlab/gitlab accepted', 'gitlab/gitlab repeated']);
});

test('an id that comes again with another content is refused', async () => {
  await receiver.post('/webhooks/gitlab/gitlab', body, headers);
  expect((await receiver.post('/webhooks/gitlab/gitlab', `${body} `, headers)).status).toBe(409);
  expect(receiver.counts.at(-1)).toBe('gitlab/gitlab replayed');
  expect(receiver.queue.deliveries).toHaveLength(1);
});

test('what could not be kept is taken when it comes again, even with another content', async () => {
  let broken = true;
  await using other = await startReceiver(settings, {
    add: async (jobs, delivery) => {
      if (broken) throw new Error('disk full at /var/secret');
      return other.queue.add(jobs, delivery);
    },
  });
  expect(await other.post('/webhooks/gitlab/gitlab', `${body} `, headers)).toEqual({ status: 500, text: '{"error":"not now"}\n' });
  broken = false;
  expect(await other.post('/webhooks/gitlab/gitlab', body, headers)).toEqual(accepted);
  expect(other.counts).toEqual(['gitlab/gitlab failed', 'gitlab/gitlab accepted']);
  expect(other.log()).toContain('disk full');
});

describe('refused, with nothing queued', () => {
  test.each<[string, string, string, Record<string, string>, number, string]>([
    ['without a token', '/webhooks/gitlab/gitlab', body, {}, 401, 'gitlab/gitlab unsigned'],
    ['a wrong token', '/webhooks/gitlab/gitlab', body, { 'x-gitlab-token': `${secret}x` }, 401, 'gitlab/gitlab bad-signature'],
    ['an empty token', '/webhooks/gitlab/gitlab', body, { 'x-gitlab-token': '' }, 401, 'gitlab/gitlab bad-signature'],
    ['another forge', '/webhooks/gitlab/github', body, headers, 404, 'unknown unknown-sender'],
    ['a longer path', '/webhooks/gitlab/gitlab/x', body, headers, 404, 'unknown unknown-sender'],
    ['a path that cannot be decoded', '/webhooks/gitlab/%E0%A4%A', body, headers, 404, 'unknown unknown-sender'],
    ['no path', '/webhooks/', body, headers, 404, 'unknown unknown-sender'],
    ['no JSON', '/webhooks/gitlab/gitlab', `${body}}`, headers, 400, 'gitlab/gitlab malformed'],
    ['an empty body', '/webhooks/gitlab/gitlab', '', headers, 400, 'gitlab/gitlab malformed'],
    ['a list', '/webhooks/gitlab/gitlab', '[]', headers, 400, 'gitlab/gitlab malformed'],
    ['nested without end', '/webhooks/gitlab/gitlab', '['.repeat(1_000_000), headers, 400, 'gitlab/gitlab malformed'],
    ['an id that is none', '/webhooks/gitlab/gitlab', body, { ...headers, 'idempotency-key': 'a b' }, 400, 'gitlab/gitlab malformed'],
    [
      'a form',
      '/webhooks/gitlab/gitlab',
      body,
      { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'gitlab/gitlab malformed',
    ],
  ])('%s', async (_, path, sent, given, status, counted) => {
    const reply = await receiver.post(path, sent, given);
    expect(reply).toEqual({ status, text: '{"error":"not accepted"}\n' });
    expect(receiver.counts).toEqual([counted]);
    nothingQueued();
    expect(receiver.log()).not.toContain(secret);
    expect(receiver.log()).not.toContain('platform/staging');
  });

  test('what is no UTF-8', async () => {
    const broken = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect((await receiver.post('/webhooks/gitlab/gitlab', broken, headers)).status).toBe(400);
  });

  test('a compressed body', async () => {
    const reply = await receiver.post('/webhooks/gitlab/gitlab', gzipSync(body), { ...headers, 'content-encoding': 'gzip' });
    expect([reply.status, receiver.counts]).toEqual([415, ['gitlab/gitlab malformed']]);
  });

  test.each(['GET', 'PUT', 'DELETE', 'PATCH'])('%s', async (method) => {
    const reply = await fetch(`${receiver.url}/webhooks/gitlab/gitlab`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect([reply.status, reply.headers.get('allow'), receiver.counts]).toEqual([405, 'POST', ['gitlab/gitlab malformed']]);
  });

  test('a token given twice', async () => {
    const head = `x-gitlab-token: ${secret}\r\nx-gitlab-token: ${secret}\r\ncontent-length: ${body.length}\r\n`;
    expect(await spoken(`${head}\r\n${body}`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(receiver.counts).toEqual(['gitlab/gitlab malformed']);
    nothingQueued();
  });
});

describe('the size of a body', () => {
  const limit = 25 * 1024 * 1024;
  const padded = (size: number): Buffer => Buffer.concat([Buffer.from(body), Buffer.alloc(size - body.length, ' ')]);

  test('25 MB are taken', async () => {
    expect(await receiver.post('/webhooks/gitlab/gitlab', padded(limit), headers)).toEqual(accepted);
  });

  test('one byte more is refused before it is sent', async () => {
    expect(await spoken(`x-gitlab-token: ${secret}\r\ncontent-length: ${limit + 1}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 413 .*connection: close/is,
    );
    expect(receiver.counts).toEqual(['gitlab/gitlab too-large']);
  });

  test('one byte more, of a length that is not announced, is refused when it comes', async () => {
    const socket = opened(`x-gitlab-token: ${secret}\r\ntransfer-encoding: chunked\r\n\r\n`);
    const answer = text(socket);
    socket.write(`${(limit + 1).toString(16)}\r\n`);
    socket.write(padded(limit + 1));
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(receiver.counts).toEqual(['gitlab/gitlab too-large']);
    nothingQueued();
  });

  test('one that never ends is cut off', async () => {
    const socket = opened(`x-gitlab-token: ${secret}\r\ntransfer-encoding: chunked\r\n\r\n`);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    const piece = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const pour = (): void => {
      while (socket.writable && socket.write(piece));
      socket.once('drain', pour);
    };
    socket.on('error', () => undefined).resume();
    pour();
    await ended;
    expect(receiver.counts).toEqual(['gitlab/gitlab too-large']);
  });

  test('in pieces of a length that is not announced, it is put together', async () => {
    const head = `x-gitlab-token: ${secret}\r\nidempotency-key: 1\r\ntransfer-encoding: chunked\r\n\r\n`;
    const chunks = [body.slice(0, 10), body.slice(10)].map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`);
    expect(await spoken(`${head}${chunks.join('')}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 202 .*\{"jobs":1\}/s);
  });
});

describe('a sender that keeps us waiting', () => {
  test('is cut off when its body does not come', async () => {
    await using impatient = await startReceiver(settings, { patience: 50 });
    const socket = opened(
      `x-gitlab-token: ${secret}\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
      impatient.port,
      'keep-alive',
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 .*connection: close/is);
    expect(impatient.counts).toEqual(['gitlab/gitlab malformed']);
  });

  test('that hangs up in the middle is counted, and nobody is answered', async () => {
    const socket = opened(`x-gitlab-token: ${secret}\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`);
    await once(socket, 'connect');
    socket.destroy();
    await outcomes(1);
    expect(receiver.counts).toEqual(['gitlab/gitlab malformed']);
    nothingQueued();
  });

  test('without proof is not even listened to', async () => {
    const socket = opened(`x-gitlab-token: wrong\r\ncontent-length: ${body.length}\r\n\r\n`, receiver.port, 'keep-alive');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 /);
  });
});

test('many large bodies at once find no room, and the others are taken', async () => {
  const announced = `x-gitlab-token: ${secret}\r\ntransfer-encoding: chunked\r\n\r\n`;
  const piece = Buffer.alloc(20 * 1024 * 1024, ' ');
  const sockets = Array.from({ length: 6 }, () => opened(announced));
  const answers = sockets.map((socket) => text(socket).catch(() => ''));
  for (const socket of sockets)
    socket.on('error', () => undefined).write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece]));
  expect(await Promise.race(answers)).toMatch(/^HTTP\/1\.1 503 /);
  for (const socket of sockets) socket.destroy();
  await Promise.all(answers);
  await outcomes(sockets.length);
  expect(await receiver.post('/webhooks/gitlab/gitlab', body, headers)).toEqual(accepted);
});

test('a sender without a secret is not there, and the log says so', async () => {
  await using other = await startReceiver({
    gitlab: [{ name: 'gitlab', secrets: [] }],
    registries: [{ host: 'registry.example.com', secrets: [] }],
    github: [{ name: 'github', url: 'https://github.com', api: 'https://api.github.com', credentials: { token: 'x' }, secrets: [] }],
  });
  for (const path of ['gitlab/gitlab', 'registry/registry.example.com', 'github/github'])
    expect((await other.post(`/webhooks/${path}`, body, { ...headers, authorization: '' })).status).toBe(404);
  for (const name of ['forges.gitlab', 'forges.github', 'registries["registry.example.com"]'].map((one) =>
    JSON.stringify(one).slice(1, -1),
  ))
    expect(other.log()).toContain(`${name} has no webhookSecret`);
});

/** Waits until that many deliveries have come to an end. */
async function outcomes(count: number): Promise<void> {
  while (receiver.counts.length < count) await new Promise((resolve) => setImmediate(resolve));
}

/** A request to our sender, with that after its first lines. */
function opened(rest: string, port = receiver.port, connection = 'close'): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST /webhooks/gitlab/gitlab HTTP/1.1\r\nhost: x\r\nconnection: ${connection}\r\ncontent-type: application/json\r\n${rest}`,
  );
  return socket;
}

const spoken = (rest: string): Promise<string> => text(opened(rest));
