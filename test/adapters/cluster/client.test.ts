import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { connectCluster } from '../../../src/adapters/cluster/client.ts';
import { OutsideError, RefusedError } from '../../../src/domain/errors.ts';
import { json, startServer } from '../../support/http-server.ts';

const token = 'very-secret-token';
const post = { method: 'POST', path: '/api/v1/namespaces?dryRun=All', body: '{}' } as const;

/** A server that answers in this order, and the last from then on. */
async function answering(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  let next = 0;
  const server = await startServer((request, response) => {
    const answer = answers[Math.min(next, answers.length - 1)];
    next += 1;
    answer?.(request, response);
  });
  const pauses: number[] = [];
  const client = connectCluster(
    { url: server.url, token },
    {
      throwAway: true,
      wait: (ms) => {
        pauses.push(ms);
        return Promise.resolve();
      },
    },
  );
  const stop = async (): Promise<void> => {
    await client.close();
    await server.close();
  };
  return { server, client, pauses, [Symbol.asyncDispose]: stop };
}

const fine = (_: IncomingMessage, response: ServerResponse): void => json(response, { kind: 'Fine' });
const status =
  (code: number, message: string, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse): void =>
    json(response, { kind: 'Status', message }, headers, code);
const reset = (request: IncomingMessage): void => {
  request.socket.destroy();
};

test('sends the bytes as they are, and gives warnings and body back', async () => {
  const sent: unknown[] = [];
  await using world = await answering((request, response) => {
    request.on('data', (part: Buffer) => sent.push(part.toString(), request.headers['content-type'], request.headers.authorization));
    response.setHeader('warning', ['299 - "one"', '299 - "two, \\"three\\""']);
    request.on('end', () => response.writeHead(201).end('made'));
  });
  const reply = await world.client.ask({ method: 'POST', path: '/x', body: Buffer.from('a: &b 1 # c'), type: 'application/yaml' });
  expect(reply).toEqual({ status: 201, warnings: ['one', 'two, "three"'], body: 'made' });
  expect(sent).toEqual(['a: &b 1 # c', 'application/yaml', `Bearer ${token}`]);
});

test('reads no body of a reply that is fine where only the verdict is wanted', async () => {
  await using world = await answering(fine, status(422, 'no'));
  expect((await world.client.ask({ ...post, verdictOnly: true })).body).toBe('');
  expect((await world.client.ask({ ...post, verdictOnly: true })).body).toContain('no');
});

test.each([
  ['a server that is busy, after the pause that it asks for', status(429, 'later', { 'retry-after': '7' }), [7000]],
  ['a server that starts', status(503, 'starting', { 'retry-after': '1' }), [1000]],
  ['a storage that is away for a moment', status(500, 'etcdserver: leader changed'), [expect.any(Number)]],
  ['a dry run whose connection broke', reset, [expect.any(Number)]],
])('asks again: %s', async (_, first, pauses) => {
  await using world = await answering(first, fine);
  expect((await world.client.ask(post)).status).toBe(200);
  expect(world.pauses).toEqual(pauses);
});

test('a mistake is not asked again, not even as a 500', async () => {
  await using world = await answering(status(500, 'failed to create typed patch object'));
  expect((await world.client.ask({ ...post, method: 'PATCH' })).status).toBe(500);
  expect(world.server.seen).toHaveLength(1);
});

test.each([
  ['a creation', { ...post, path: '/api/v1/namespaces' }],
  ['a patch', { method: 'PATCH', path: '/x', body: '{}', type: 'application/merge-patch+json' }],
  ['the deletion of whatever has the name', { method: 'DELETE', path: '/x', body: '{"propagationPolicy":"Background"}' }],
] as const)('what may have happened is not done twice: %s', async (_, of) => {
  await using world = await answering(reset);
  await expect(world.client.ask(of)).rejects.toThrow(OutsideError);
  expect(world.server.seen).toHaveLength(1);
});

test.each([
  ['a server-side apply', { method: 'PATCH', path: '/x?fieldManager=a', body: '{}', type: 'application/apply-patch+yaml' }],
  ['the deletion of one certain object', { method: 'DELETE', path: '/x', body: '{"preconditions":{"uid":"u","resourceVersion":"1"}}' }],
] as const)('what comes to the same is done again where the connection broke: %s', async (_, of) => {
  await using world = await answering(reset, fine);
  expect((await world.client.ask(of)).status).toBe(200);
  expect(world.server.seen).toHaveLength(2);
});

test('gives up with host, request and the words of the server, and without the token', async () => {
  await using world = await answering(status(503, 'starting'));
  const error: unknown = await world.client.ask(post).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OutsideError);
  expect(error).toMatchObject({
    scope: world.server.host,
    status: 503,
    message: `POST ${world.server.url}/api/v1/namespaces: answered 503 (starting)`,
  });
  expect(JSON.stringify([error, String(error)])).not.toContain(token);
});

test('names host and request where nobody answers', async () => {
  await using world = await answering(fine);
  await world.server.close();
  await expect(world.client.ask(post)).rejects.toThrow(`POST ${world.server.url}/api/v1/namespaces: connection refused`);
});

test.each([
  ['credentials', 401, 'Unauthorized', 'its credentials are not accepted'],
  ['permission', 403, 'namespaces is forbidden: User "bot" cannot create resource', 'User "bot" cannot create'],
])('missing %s are an error, not a verdict', async (_, code, said, message) => {
  await using world = await answering(status(code, said));
  await expect(world.client.ask(post)).rejects.toThrow(RefusedError);
  await expect(world.client.ask(post)).rejects.toThrow(message);
});

test('what admission forbids is a verdict', async () => {
  await using world = await answering(status(403, 'pods "x" is forbidden: violates PodSecurity "restricted:latest"'));
  expect((await world.client.ask(post)).status).toBe(403);
});

test('a reply that does not end is not read to its end', async () => {
  await using world = await answering((_, response) => {
    response.writeHead(200);
    const more = (): void => {
      if (!response.destroyed) response.write(Buffer.alloc(1024 * 1024), more);
    };
    more();
  });
  await expect(world.client.ask({ method: 'GET', path: '/endless' })).rejects.toThrow('the reply is longer than');
});

test('ends with the reason of its signal', async () => {
  await using world = await answering(() => undefined);
  const stop = new AbortController();
  const asking = world.client.ask(post, stop.signal);
  stop.abort(new Error('superseded'));
  await expect(asking).rejects.toThrow('superseded');
});

test('a DELETE says how long its body is: without that, a server may take it for one without preconditions', async () => {
  const heads: string[] = [];
  const server = createServer((socket) => {
    let seen = '';
    socket.on('data', (part) => {
      seen += part.toString();
      if (!seen.endsWith('}')) return;
      heads.push(seen);
      socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}');
    });
  });
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  const client = connectCluster({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, { throwAway: true });
  const body = JSON.stringify({ preconditions: { uid: 'é' } });
  try {
    await client.ask({ method: 'DELETE', path: '/one', body });
    await client.ask({ method: 'DELETE', path: '/two', body: Buffer.from(body) });
  } finally {
    await client.close();
    server.close();
  }
  expect(heads).toHaveLength(2);
  for (const head of heads) {
    expect(head).toMatch(new RegExp(`\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`, 'i'));
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(head.split('\r\n\r\n')[1]).toBe(body);
  }
});

const older: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', groups: [{ versions: [{ groupVersion: 'apps/v1' }] }] },
  '/api/v1': {
    groupVersion: 'v1',
    resources: [
      { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['create'] },
      { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['create'] },
      { name: 'componentstatuses', kind: 'ComponentStatus', namespaced: false, verbs: ['get'] },
    ],
  },
  '/apis/apps/v1': {
    groupVersion: 'apps/v1',
    resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['create'] }],
  },
};

test('a server without aggregated discovery is asked group by group', async () => {
  await using world = await answering((request, response) => json(response, older[request.url ?? '']));
  expect(await world.client.kinds()).toEqual([
    { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true },
    { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
  ]);
  expect(await world.client.discover()).toEqual({
    kinds: [
      { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true, verbs: ['create'] },
      { apiVersion: 'v1', kind: 'ComponentStatus', plural: 'componentstatuses', namespaced: false, verbs: ['get'] },
      { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true, verbs: ['create'] },
    ],
    unseen: [],
  });
});

test('of a server without aggregated discovery, the group that does not answer is named; who needs all kinds gets an error', async () => {
  await using world = await answering((request, response) =>
    request.url === '/apis/apps/v1' ? status(503, 'down')(request, response) : json(response, older[request.url ?? '']),
  );
  const { kinds, unseen } = await world.client.discover();
  expect(kinds.map(({ kind }) => kind)).toEqual(['Pod', 'ComponentStatus']);
  expect(unseen).toEqual([expect.stringMatching(/^the API apps\/v1 cannot be seen: /)]);
  await expect(world.client.kinds()).rejects.toThrow('/apis/apps/v1: answered 503 (down)');
});

test('a group whose discovery is stale is named, and what is still known of it stays', async () => {
  const group = (name: string, version: object): object => ({
    kind: 'APIGroupDiscoveryList',
    items: [{ metadata: { name }, versions: [version] }],
  });
  const resources = [{ resource: 'widgets', responseKind: { kind: 'Widget' }, scope: 'Cluster', verbs: ['create', 'list'] }];
  await using world = await answering((request, response) =>
    json(
      response,
      request.url === '/api'
        ? group('', { version: 'v1', freshness: 'Current', resources: [] })
        : group('example.com', { version: 'v1', freshness: 'Stale', resources }),
    ),
  );
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', plural: 'widgets', namespaced: false };
  expect(await world.client.discover()).toEqual({
    kinds: [{ ...widget, verbs: ['create', 'list'] }],
    unseen: [expect.stringMatching(/^the API example\.com\/v1 cannot be seen: /)],
  });
  expect(await world.client.kinds()).toEqual([widget]);
});
