import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { createGitHubSender } from '../../../src/http/webhooks/github.ts';
import { createReceiver } from '../../../src/http/webhooks/receive.ts';
import { describedWebhook } from '../../support/github-server/openapi.ts';
import { startServer } from '../../support/http-server.ts';
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

const [current, previous] = ['b1946ac92492d2347c6235b4d2611184', '591785b794601e212b260e25925636fd'];
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const app = { appId: 4711, privateKey };
const company = {
  name: 'company',
  url: 'https://git.example.com',
  api: 'https://git.example.com/api/v3',
  credentials: { token: 'ghp_1' },
  secrets: [current],
};
const settings = {
  environments: [
    { repository: { forge: 'github', path: 'acme/Staging' } },
    { repository: { forge: 'github', path: 'acme/Live' }, deployed: true },
    { discover: { forge: 'github', path: '*' } },
  ],
  sources: [{ forge: 'company', path: 'acme/{name}' }],
  github: [
    { name: 'github', url: 'https://github.com', api: 'https://api.github.com', credentials: app, secrets: [current, previous] },
    company,
  ],
};

const repository = (full: string) => ({ full_name: full, name: full.split('/')[1], default_branch: 'main' });
const push = (full: string, more: object = {}) =>
  describedWebhook('push', { ref: 'refs/heads/main', repository: repository(full), ...more });

const pull = (action: string, more: object = {}, state = 'open') =>
  describedWebhook(`pull-request-${action}`, {
    action: action.replaceAll('-', '_'),
    number: 7,
    pull_request: { number: 7, state },
    repository: repository('acme/staging'),
    ...more,
  });
const closed = (merged: boolean) =>
  pull('closed', { pull_request: { number: 7, state: 'closed', merged }, repository: repository('acme/live') });
/** Who held what it touched is another now. */
const live = ['scan-environment github:acme/Live', 'validate-repository github:acme/Live', 'access-review github:acme/Live!7'];
const scanned = ['scan-environment github:acme/Staging'];
const reviewed = ['access-review github:acme/Staging!7'];
const judged = [...scanned, 'validate github:acme/Staging!7', ...reviewed];
const review = (action: string, full = 'acme/staging', number = 7) =>
  describedWebhook(`pull-request-review-${action}`, {
    action,
    pull_request: { number, state: 'open' },
    repository: repository(full),
  });
const below = { pull_request: { html_url: 'https://github.com/acme/staging/pull/12' } };
const comment = (body: string, action = 'created', issue: object = below) =>
  describedWebhook(`issue-comment-${action}`, {
    action,
    issue: { number: 12, state: 'open', user: { login: 'ada', id: 7 }, ...issue },
    comment: { id: 4411, body },
    repository: repository('acme/staging'),
    ...(action === 'edited' && { changes: { body: { from: 'x' } } }),
  });

let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await startReceiver(settings);
});
afterAll(() => receiver[Symbol.asyncDispose]());
beforeEach(() => {
  receiver.queue.jobs.length = 0;
});

const signature = (body: string, secret = current): string => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
const head = (event: string, body: string): Record<string, string> => ({
  'x-github-event': event,
  'x-github-delivery': randomUUID(),
  'x-hub-signature-256': signature(body),
});
const send = (event: string, payload: object, forge = 'github') => {
  const body = JSON.stringify(payload);
  return receiver.post(`/webhooks/github/${forge}`, body, head(event, body));
};

test.each<[string, string, () => object, readonly string[] | 'uninteresting' | 'not-configured', string?]>([
  ["a push to an environment's default branch", 'push', () => push('Acme/staging'), ['scan-environment github:acme/Staging']],
  [
    'a push of an installation',
    'push',
    () => push('acme/staging', { installation: { id: 5, node_id: 'x' } }),
    ['scan-environment github:acme/Staging'],
  ],
  ['to another branch', 'push', () => push('acme/staging', { ref: 'refs/heads/lockkeeper/x' }), 'uninteresting'],
  ['a branch gone', 'push', () => push('acme/staging', { deleted: true }), 'uninteresting'],
  ['of any repository, where all are discovered', 'push', () => push('bob/prod'), ['scan-environment github:bob/prod']],
  ['a pull request', 'pull_request', () => pull('opened'), judged],
  ['one that was pushed to', 'pull_request', () => pull('synchronize'), judged],
  ['one that is open again', 'pull_request', () => pull('reopened'), judged],
  ['one that is ready', 'pull_request', () => pull('ready-for-review'), judged],
  [
    'one with another base',
    'pull_request',
    () => pull('edited', { changes: { base: { ref: { from: 'x' }, sha: { from: 'y' } } } }),
    judged,
  ],
  ['one with another title', 'pull_request', () => pull('edited', { changes: { title: { from: 'x' } } }), scanned],
  ['one that was labelled', 'pull_request', () => pull('labeled'), scanned],
  [
    'one that was closed',
    'pull_request',
    () => pull('closed', {}, 'closed'),
    [...scanned, 'validate-repository github:acme/Staging', ...reviewed],
  ],
  ['a push to what we deploy', 'push', () => push('acme/live'), ['deploy github:acme/Live', 'scan-environment github:acme/Live']],
  ['a branch of what we deploy', 'push', () => push('acme/live', { ref: 'refs/heads/x' }), 'uninteresting'],
  ['one that was merged', 'pull_request', () => closed(true), ['deploy github:acme/Live', ...live]],
  ['one that was closed unmerged', 'pull_request', () => closed(false), live],
  ['a comment', 'issue_comment', () => comment('no'), 'uninteresting'],
  ['a command', 'issue_comment', () => comment('/lockkeeper validate'), ['command github:acme/Staging!12#4411']],
  ['a command that was edited in', 'issue_comment', () => comment('/lockkeeper validate', 'edited'), 'uninteresting'],
  ['a command that was deleted', 'issue_comment', () => comment('/lockkeeper validate', 'deleted'), 'uninteresting'],
  ['a command within a line', 'issue_comment', () => comment('do /lockkeeper validate'), 'uninteresting'],
  [
    'a command on an issue',
    'issue_comment',
    () => comment('/lockkeeper access x', 'created', {}),
    ['access-issue github:acme/Staging issue 12#4411'],
  ],
  ['no command on an issue', 'issue_comment', () => comment('access x', 'created', {}), 'uninteresting'],
  ['a command on an issue that was edited in', 'issue_comment', () => comment('/lockkeeper access x', 'edited', {}), 'uninteresting'],
  ...['submitted', 'edited', 'dismissed'].map((action): [string, string, () => object, string[]] => [
    `a review that was ${action}`,
    'pull_request_review',
    () => review(action),
    reviewed,
  ]),
  ['a review elsewhere', 'pull_request_review', () => review('submitted', 'bob/diary'), 'not-configured', 'company'],
  ['a review of no number', 'pull_request_review', () => review('submitted', 'acme/staging', -7), 'uninteresting'],
  ['a check', 'check_run', () => describedWebhook('check-run-created', { repository: repository('acme/staging') }), 'uninteresting'],
  [
    'a workflow',
    'workflow_run',
    () => describedWebhook('workflow-run-completed', { repository: repository('acme/staging') }),
    'uninteresting',
  ],
  ['a ping', 'ping', () => describedWebhook('ping', { zen: 'Keep it logically awesome.' }), 'uninteresting'],
  ['an event that nobody knows', 'quantum', () => ({}), 'uninteresting'],
  ['a new installation', 'installation', () => describedWebhook('installation-created', { installation: { id: 5 } }), ['scan ']],
  ['an installation that ended', 'installation', () => describedWebhook('installation-deleted', { installation: { id: 5 } }), ['scan ']],
  [
    'more repositories',
    'installation_repositories',
    () => describedWebhook('installation-repositories-added', { installation: { id: 5 } }),
    ['scan '],
  ],
  [
    'an image',
    'registry_package',
    () =>
      describedWebhook('registry-package-published', {
        registry_package: { name: 'billing/api', package_type: 'CONTAINER', owner: { login: 'Acme' } },
      }),
    ['scan-package ghcr.io/acme/billing/api'],
  ],
  [
    'an image, in the other event',
    'package',
    () => describedWebhook('package-published', { package: { name: 'billing', package_type: 'container', owner: { login: 'acme' } } }),
    ['scan-package ghcr.io/acme/billing'],
  ],
  [
    'an npm package',
    'package',
    () => describedWebhook('package-published', { package: { name: 'billing', package_type: 'npm', owner: { login: 'acme' } } }),
    'uninteresting',
  ],
  [
    'an image on a server of its own',
    'registry_package',
    () =>
      describedWebhook('registry-package-updated', {
        registry_package: { name: 'billing', package_type: 'CONTAINER', owner: { login: 'acme' } },
      }),
    ['scan-package containers.git.example.com/acme/billing'],
    'company',
  ],
  ['a push to a source', 'push', () => push('acme/billing'), ['refresh-source company:acme/billing'], 'company'],
  [
    'a tag that was pushed',
    'push',
    () => push('acme/billing', { ref: 'refs/tags/v1.5.0' }),
    ['refresh-source company:acme/billing'],
    'company',
  ],
  [
    'a tag',
    'create',
    () => describedWebhook('create', { ref: 'v1.5.0', ref_type: 'tag', repository: repository('acme/billing') }),
    ['refresh-source company:acme/billing'],
    'company',
  ],
  [
    'a branch',
    'create',
    () => describedWebhook('create', { ref: 'x', ref_type: 'branch', repository: repository('acme/billing') }),
    'uninteresting',
    'company',
  ],
  [
    'a release',
    'release',
    () => describedWebhook('release-published', { repository: repository('acme/billing') }),
    ['refresh-source company:acme/billing'],
    'company',
  ],
  ['a repository that nobody named', 'push', () => push('bob/diary'), 'not-configured', 'company'],
])('%s', async (_, event, payload, expected, forge = 'github') => {
  const { status, text } = await send(event, payload(), forge);
  const asked = typeof expected === 'string' ? [] : expected;
  expect([status, text]).toEqual([asked.length > 0 ? 202 : 200, `{"jobs":${asked.length}}\n`]);
  expect(receiver.queue.jobs.map(({ data, key }) => `${data.kind} ${key}`)).toEqual(asked);
  expect(receiver.counts.at(-1)).toBe(`github/${forge} ${typeof expected === 'string' ? expected : 'accepted'}`);
});

const body = JSON.stringify(push('acme/staging'));

test.each<[string, Record<string, string | undefined>, number, string]>([
  ['the new secret', {}, 202, 'accepted'],
  ['the old secret', { 'x-hub-signature-256': signature(body, previous) }, 202, 'accepted'],
  ['another secret', { 'x-hub-signature-256': signature(body, `${current}x`) }, 401, 'bad-signature'],
  ["Probot's own secret", { 'x-hub-signature-256': signature(body, 'development') }, 401, 'bad-signature'],
  ['of another body', { 'x-hub-signature-256': signature(`${body} `) }, 401, 'bad-signature'],
  ['in capitals', { 'x-hub-signature-256': signature(body).toUpperCase().replace('SHA256', 'sha256') }, 401, 'bad-signature'],
  [
    'none, but the old kind',
    { 'x-hub-signature-256': undefined, 'x-hub-signature': `sha1=${createHmac('sha1', current).update(body).digest('hex')}` },
    401,
    'unsigned',
  ],
  [
    'of the old kind in its place',
    { 'x-hub-signature-256': `sha1=${createHmac('sha1', current).update(body).digest('hex')}` },
    400,
    'malformed',
  ],
  ['no id', { 'x-github-delivery': undefined }, 400, 'malformed'],
  ['no event', { 'x-github-event': undefined }, 400, 'malformed'],
])('a delivery with %s', async (_, changes, status, outcome) => {
  const given = Object.fromEntries(
    Object.entries({ ...head('push', body), ...changes }).filter((one): one is [string, string] => one[1] !== undefined),
  );
  expect((await receiver.post('/webhooks/github/github', body, given)).status).toBe(status);
  expect(receiver.counts.at(-1)).toBe(`github/github ${outcome}`);
});

test("the delivery's id is the one that GitHub gave it; again it is repeated, with another body refused", async () => {
  const given = head('push', body);
  await receiver.post('/webhooks/github/github', body, given);
  expect(receiver.queue.deliveries.at(-1)).toEqual({ sender: 'github/github', id: given['x-github-delivery'] });
  expect((await receiver.post('/webhooks/github/github', body, given)).text).toBe('{"repeated":true}\n');
  const other = JSON.stringify(push('bob/prod'));
  expect((await receiver.post('/webhooks/github/github', other, { ...given, 'x-hub-signature-256': signature(other) })).status).toBe(409);
  expect(receiver.counts.at(-1)).toBe('github/github replayed');
});

test.each<[string, object]>([
  ['an action that is none', { action: { toString: 1 } }],
  ['an installation without a number', { installation: { id: 'five' } }],
  ['an installation that is none', { installation: 'five' }],
])('%s is refused, and Probot does not see it', async (_, wrong) => {
  expect((await send('push', { ...push('acme/staging'), ...wrong })).status).toBe(400);
});

test('pages of Probot are not there', async () => {
  const paths = ['/probot', '/probot/setup', '/ping', '/api/github/webhooks'];
  const replies = await Promise.all(paths.map((path) => fetch(`${receiver.url}${path}`)));
  expect(await Promise.all(replies.map(async (one) => [one.status, await one.text()]))).toEqual(paths.map(() => [404, 'no page']));
});

test('no secret, key or payload is in the log', () => {
  expect(receiver.log()).toContain('"sender":"github/github"');
  for (const hidden of [current, previous, privateKey.split('\n')[1] ?? privateKey, 'not.modelled.invalid'])
    expect(receiver.log()).not.toContain(hidden);
});

test('a handler that fails is told to the log, without the payload, and to the sender only as a failure', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line) => lines.push(line) });
  const served = {
    environment: () => {
      throw new Error('a secret place');
    },
    deployed: () => undefined,
    granted: () => undefined,
    source: () => undefined,
  };
  const sender = await createGitHubSender({ ...company, served, log });
  const queue = { add: () => Promise.reject(new Error('nothing is to be queued')) };
  const counts: string[] = [];
  const ports = {
    queue,
    counts: { count: (_: string, outcome: string) => counts.push(outcome) },
    log,
    now: () => new Date(),
    patience: 1000,
  };
  await using server = await startServer(createReceiver([sender], ports));
  const reply = await fetch(`${server.url}/webhooks/github/company`, {
    method: 'POST',
    body,
    headers: { ...head('push', body), 'content-type': 'application/json' },
  });
  expect([reply.status, await reply.text(), counts]).toEqual([500, '{"error":"not now"}\n', ['failed']]);
  expect(lines.join('')).toContain('a delivery could not be taken: a secret place');
  expect(lines.join('')).not.toContain('not.modelled.invalid');
});
