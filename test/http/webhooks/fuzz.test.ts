import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { fc } from '../../support/fuzz.ts';
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

const secret = 'b1946ac92492d2347c6235b4d2611184';
const key = Buffer.from('0123456789abcdef0123456789abcdef');
const github = {
  name: 'github',
  url: 'https://github.com',
  api: 'https://api.github.com',
  credentials: { appId: 1, privateKey: 'unused' },
  secrets: [secret],
};

let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await startReceiver({
    environments: [{ discover: { forge: 'gitlab', path: '*' } }, { discover: { forge: 'github', path: '*' } }],
    sources: [{ forge: 'gitlab', path: 'a/{name}' }],
    gitlab: [{ name: 'gitlab', secrets: [secret, `whsec_${key.toString('base64')}`] }],
    github: [github],
    registries: [
      { host: 'registry.example.com', secrets: [secret] },
      { host: 'docker.io', secrets: [secret] },
    ],
  });
});
afterAll(() => receiver[Symbol.asyncDispose]());
beforeEach(() => {
  receiver.queue.jobs.length = 0;
  receiver.queue.deliveries.length = 0;
});

/** As node sends it: repeated headers, odd methods and all. */
function send(path: string, body: Buffer, headers: Readonly<Record<string, string | readonly string[]>>, method = 'POST'): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${receiver.url}${path}`, {
      method,
      headers: { ...headers, 'content-length': body.length, connection: 'close' } as never,
    });
    asked.on('response', (response) => {
      response.resume().on('error', () => undefined);
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject).end(body);
  });
}

const headerText = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ0189 ,;=:"/+-_.%é')), maxLength: 40 });
const names = [
  'content-type',
  'x-gitlab-token',
  'x-gitlab-event',
  'x-gitlab-event-uuid',
  'idempotency-key',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'x-hub-signature-256',
  'x-github-event',
  'x-github-delivery',
  'x-nexus-webhook-signature',
  'x-nexus-webhook-delivery',
  'authorization',
  'content-encoding',
];
const usual = fc.constantFrom(
  'application/json',
  'push',
  'Bearer x',
  'v1,x',
  'sha256=00',
  '1795262400',
  'gzip',
  'identity',
  secret.slice(1),
);
const headers = fc.dictionary(fc.constantFrom(...names), fc.oneof(headerText, usual, fc.array(headerText, { maxLength: 3 })), {
  maxKeys: 8,
  noNullPrototype: true,
});
const paths = fc.oneof(
  fc.constantFrom(
    'gitlab/gitlab',
    'github/github',
    'registry/registry.example.com',
    'registry/docker.io',
    'registry/docker.io?secret=x&secret=y',
  ),
  fc.webPath(),
);

/** What payloads are made of, in any order and place. */
const words = fc.constantFrom(
  ...[
    'push',
    'merge_request',
    'refs/heads/main',
    'a/b',
    'main',
    'created',
    'raw',
    'docker',
    'PUSH_ARTIFACT',
    'CREATED',
    'container',
    '__proto__',
    '',
    'a/a-1.0.tgz',
    '../x',
    'a/b\n',
    '\u0000',
    '0000',
  ],
);
const fields = [
  'object_kind',
  'event_name',
  'project',
  'path_with_namespace',
  'default_branch',
  'ref',
  'after',
  'changes',
  'action',
  'installation',
  'id',
  'repository',
  'full_name',
  'ref_type',
  'deleted',
  'package',
  'registry_package',
  'owner',
  'login',
  'name',
  'package_type',
  'events',
  'target',
  'tag',
  'type',
  'event_data',
  'data',
  'repo_full_name',
  'specversion',
  'push_data',
  'repo_name',
  'docker_url',
  'updated_tags',
  'repositoryName',
  'asset',
  'component',
  'format',
  '__proto__',
  'constructor',
];
const { value: payloads } = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    words,
    fc.constantFrom(null, true, 0, -1, 1e300),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom(...fields), tie('value'), { maxKeys: 12, noNullPrototype: true }),
}));

test('whatever somebody sends who knows no secret: refused, and nothing queued', async () => {
  const bodies = fc.oneof(
    payloads.map((one) => Buffer.from(JSON.stringify(one) ?? '')),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(paths, bodies, headers, fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'GET'), async (path, body, given, method) => {
      const status = await send(`/webhooks/${path.replace(/^\/+/, '')}`, body, given, method);
      expect([400, 401, 404, 405, 409, 415]).toContain(status);
      expect(receiver.queue.deliveries).toEqual([]);
    }),
    { numRuns: 400 },
  );
  expect(receiver.log()).not.toContain('unexpected:');
});

test('whatever somebody sends who knows the secret: understood, or refused as malformed', async () => {
  const proofs: Readonly<Record<string, (body: Buffer) => Record<string, string>>> = {
    'gitlab/gitlab': () => ({ 'x-gitlab-token': secret }),
    'github/github': (body) => ({ 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }),
    'registry/registry.example.com': () => ({ authorization: `Bearer ${secret}` }),
    'registry/docker.io': (body) => ({ 'x-nexus-webhook-signature': createHmac('sha1', secret).update(body).digest('hex') }),
  };
  const kinds = fc.constantFrom(
    'push',
    'create',
    'release',
    'pull_request',
    'issue_comment',
    'package',
    'registry_package',
    'installation',
    'installation_repositories',
    'ping',
    '__proto__',
    '*',
  );
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(proofs)), payloads, kinds, fc.uuid(), async (path, payload, event, id) => {
      const body = Buffer.from(JSON.stringify(payload) ?? '');
      const all = { 'content-type': 'application/json', 'x-github-event': event, 'x-github-delivery': id, ...proofs[path]?.(body) };
      const status = await send(`/webhooks/${path}`, body, all);
      seen.add(status);
      expect([200, 202, 400]).toContain(status);
    }),
    { numRuns: 800 },
  );
  expect(seen).toEqual(new Set([200, 202, 400]));
  expect(receiver.counts.filter((one) => one.endsWith('failed'))).toEqual([]);
  for (const { key: of, trace } of receiver.queue.jobs) expect(`${of}${trace}`).toMatch(/^[\x21-\x7e]*$/);
});
