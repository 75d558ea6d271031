import { createHmac, randomUUID } from 'node:crypto';
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

const [current, previous] = ['b1946ac92492d2347c6235b4d2611184', '591785b794601e212b260e25925636fd'];
const key = Buffer.from('0123456789abcdef0123456789abcdef');
const settings = {
  environments: [
    { repository: { forge: 'gitlab', path: 'platform/environments/staging' } },
    { discover: { forge: 'gitlab', path: 'teams/environments' } },
    { repository: { forge: 'gitlab', path: 'platform/live' }, deployed: true },
    { repository: { forge: 'gitlab', path: 'platform/kept' }, granted: true },
    { repository: { forge: 'other', path: 'platform/elsewhere' } },
  ],
  sources: [
    { forge: 'gitlab', path: 'payments/{name}' },
    { forge: 'gitlab', path: 'shop/web.front' },
  ],
};
const gitlab = (secrets: readonly string[]) => ({ ...settings, gitlab: [{ name: 'gitlab', secrets }] });

const zeros = '0'.repeat(40);
const commit = '82b3d5ae55f7080f1e6022629cdb57bfae7cccc7';
const project = (path: string) => ({
  id: 1,
  name: path.split('/').at(-1),
  web_url: `https://gitlab.example.com/${path}`,
  namespace: path.split('/')[0],
  path_with_namespace: path,
  default_branch: 'main',
});

/** As GitLab's documentation shows them, cut to what tells them apart. */
const push = (path: string, ref = 'refs/heads/main', after = commit) => ({
  object_kind: 'push',
  event_name: 'push',
  before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
  after,
  ref,
  ref_protected: true,
  checkout_sha: commit,
  user_username: 'jsmith',
  project: project(path),
  commits: [{ id: commit, message: 'Update a file', added: ['a'], modified: [], removed: [] }],
  total_commits_count: 1,
});
const tagPush = (path: string, after = commit) => ({
  ...push(path, 'refs/tags/v1.5.0', after),
  object_kind: 'tag_push',
  event_name: 'tag_push',
});
const mergeRequest = (path: string) => ({
  object_kind: 'merge_request',
  event_type: 'merge_request',
  user: { username: 'root' },
  project: project(path),
  object_attributes: { iid: 1, action: 'merge', state: 'merged', source_branch: 'lockkeeper/billing', target_branch: 'main' },
});
const release = (path: string) => ({ object_kind: 'release', action: 'create', tag: 'v1.5.0', name: 'v1.5.0', project: project(path) });
/** Of an open one. */
const changed = (path: string, attributes: object, changes: object = {}) => ({
  ...mergeRequest(path),
  object_attributes: { iid: 7, state: 'opened', source_branch: 'feature', target_branch: 'main', ...attributes },
  changes,
});
const note = (path: string, text: string, more: object = {}) => ({
  object_kind: 'note',
  event_type: 'note',
  user: { id: 1, username: 'root' },
  project_id: 1,
  project: project(path),
  object_attributes: { id: 1244, action: 'create', note: text, noteable_type: 'MergeRequest', author_id: 1, system: false, ...more },
  merge_request: { id: 7, iid: 12, state: 'opened', source_branch: 'feature', target_branch: 'main' },
});
const onIssue = (path: string, text: string, more: object = {}) => ({
  ...note(path, text, { noteable_type: 'Issue', ...more }),
  merge_request: undefined,
  issue: { id: 92, iid: 3, state: 'opened', title: 'stuck' },
});
const pipeline = (path: string, more: object = {}, request?: number) => ({
  object_kind: 'pipeline',
  project: project(path),
  object_attributes: { id: 31, iid: 3, ref: 'feature', tag: false, sha: commit, source: 'push', status: 'running', ...more },
  merge_request: request === undefined ? null : { id: 1, iid: request, source_branch: 'feature', target_branch: 'main', state: 'opened' },
});
const deployment = (path: string) => ({ object_kind: 'deployment', status: 'success', environment: 'staging', project: project(path) });
const systemPush = (path: string, ref?: string) => ({ ...push(path, ref), object_kind: undefined });
const repositoryUpdate = (path: string, changes: readonly object[]) => ({
  event_name: 'repository_update',
  project: project(path),
  changes,
});

const staging = 'platform/environments/staging';
const scan = (path: string) => [`scan-environment gitlab:${path}`];
const deploy = (path: string) => [`deploy gitlab:${path}`, ...scan(path)];
/** Who held what it touched is another now. */
const ended = (path: string, request: number) => [...scan(path), `validate-repository gitlab:${path}`, ...review(path, request)];
const review = (path: string, request: number) => [`access-review gitlab:${path}!${request}`];
const judge = (path: string) => [...scan(path), `validate gitlab:${path}!7`, ...review(path, 7)];
const refresh = (path: string) => [`refresh-source gitlab:${path}`];

let receiver: WebhookReceiver;
const headers = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  'x-gitlab-event': 'Push Hook',
  'x-gitlab-token': current,
  'idempotency-key': randomUUID(),
  ...more,
});
const send = (body: object | string, given = headers()) =>
  receiver.post('/webhooks/gitlab/gitlab', typeof body === 'string' ? body : JSON.stringify(body), given);

describe('what an event asks for', () => {
  beforeAll(async () => {
    receiver = await startReceiver(gitlab([current]));
  });
  afterAll(() => receiver[Symbol.asyncDispose]());

  test.each<[string, object, readonly string[] | 'uninteresting' | 'not-configured']>([
    ["a push to an environment's default branch", push(staging), scan(staging)],
    ['a push to another branch of it', push(staging, 'refs/heads/lockkeeper/billing'), 'uninteresting'],
    ['its default branch gone', push(staging, 'refs/heads/main', zeros), 'uninteresting'],
    [
      'a push where the default branch is not named',
      { ...push(staging, 'refs/heads/x'), project: { path_with_namespace: staging } },
      scan(staging),
    ],
    ['a tag of an environment', tagPush(staging), 'uninteresting'],
    ['a merge request of an environment', mergeRequest(staging), ended(staging, 1)],
    ['a push to what we deploy', push('Platform/Live'), deploy('platform/live')],
    ['a push to another branch of it', push('platform/live', 'refs/heads/x'), 'uninteresting'],
    ['a tag of what we deploy', tagPush('platform/live'), 'uninteresting'],
    [
      'a merge into what we deploy',
      mergeRequest('platform/live'),
      [...deploy('platform/live'), 'validate-repository gitlab:platform/live', ...review('platform/live', 1)],
    ],
    ['a merge request of what we deploy', changed('platform/live', { action: 'update' }), scan('platform/live')],
    ['a push to where access is kept', push('platform/Kept'), ['access gitlab:platform/kept', ...scan('platform/kept')]],
    ['a branch of where access is kept', push('platform/kept', 'refs/heads/x'), 'uninteresting'],
    ['a merge into where access is kept', mergeRequest('platform/kept'), ['access gitlab:platform/kept', ...ended('platform/kept', 1)]],
    ['a push to it in a system hook', systemPush('platform/live'), deploy('platform/live')],
    ['a path in other capitals, as app.yml writes it', push('Platform/Environments/STAGING'), scan(staging)],
    ['an environment that is discovered', push('teams/environments/a/b'), scan('teams/environments/a/b')],
    ['the group itself', push('teams/environments'), 'not-configured'],
    ['a neighbour of the group', push('teams/environments-old/a'), 'not-configured'],
    ["another forge's environment", push('platform/elsewhere'), 'not-configured'],
    ['a project that nobody named', mergeRequest('private/diary'), 'not-configured'],
    ['a push to a source', push('payments/billing'), refresh('payments/billing')],
    ['a branch of a source', push('payments/billing', 'refs/heads/feature'), 'uninteresting'],
    ['a tag of a source', tagPush('payments/billing'), refresh('payments/billing')],
    ['a tag that was deleted', tagPush('payments/billing', zeros), 'uninteresting'],
    ['a release of a source', release('payments/billing'), refresh('payments/billing')],
    ['a merge request of a source', mergeRequest('payments/billing'), 'uninteresting'],
    ['{name} is one name', push('payments/billing/api'), 'not-configured'],
    ['a dot is a dot', push('shop/webxfront'), 'not-configured'],
    ['a source by its own name', push('Shop/web.front'), refresh('shop/web.front')],
    ['a merge request that was opened', changed(staging, { action: 'open' }), judge(staging)],
    ['one opened from a fork', changed(staging, { action: 'open', source_project_id: 99, target_project_id: 1 }), judge(staging)],
    ['one that was pushed to', changed(staging, { action: 'update', oldrev: commit }), judge(staging)],
    ['one that is open again', changed(staging, { action: 'reopen' }), judge(staging)],
    [
      'one with another target',
      changed(staging, { action: 'update' }, { target_branch: { previous: 'x', current: 'main' } }),
      judge(staging),
    ],
    ['one that is ready', changed(staging, { action: 'update' }, { draft: { previous: true, current: false } }), judge(staging)],
    ['one that is a draft', changed(staging, { action: 'update' }, { draft: { previous: false, current: true } }), scan(staging)],
    ['one with another title', changed(staging, { action: 'update' }, { title: { previous: 'a', current: 'b' } }), scan(staging)],
    ...['approved', 'approval', 'unapproved', 'unapproval'].map((action): [string, object, string[]] => [
      `${action}`,
      changed(staging, { action }),
      [...scan(staging), ...review(staging, 7)],
    ]),
    ["a source's, approved", changed('payments/billing', { action: 'approved' }), 'uninteresting'],
    ['an approval elsewhere', changed('private/diary', { action: 'approved' }), 'not-configured'],
    ['an approval of no number', changed(staging, { action: 'approved', iid: null }), scan(staging)],
    ['one that was closed', changed(staging, { action: 'close', state: 'closed' }), ended(staging, 7)],
    ['one with a number that is none', changed(staging, { action: 'open', iid: '7' }), scan(staging)],
    ['one with a number below 1', changed(staging, { action: 'open', iid: -7 }), scan(staging)],
    ["a source's, pushed to", changed('payments/billing', { action: 'update', oldrev: commit }), 'uninteresting'],
    ['a note', note(staging, 'no'), 'uninteresting'],
    ['a command', note(staging, 'Thanks!\n/lockkeeper validate'), [`command gitlab:${staging}!12#1244`]],
    ['a command of an older GitLab', note(staging, '/lockkeeper', { action: undefined }), [`command gitlab:${staging}!12#1244`]],
    ['a command that was edited in', note(staging, '/lockkeeper validate', { action: 'update' }), 'uninteresting'],
    ['a command in a quote', note(staging, '> /lockkeeper validate'), 'uninteresting'],
    ['a command to somebody else', note(staging, '/lockkeepers validate'), 'uninteresting'],
    ['a command on an issue', onIssue(staging, '/lockkeeper access x'), [`access-issue gitlab:${staging} issue 3#1244`]],
    ['no command on an issue', onIssue(staging, 'access, please'), 'uninteresting'],
    ['a command on an issue that was edited in', onIssue(staging, '/lockkeeper access x', { action: 'update' }), 'uninteresting'],
    ['a command on an issue elsewhere', onIssue('payments/billing', '/lockkeeper access x'), 'not-configured'],
    ['a command on an issue without a number', { ...onIssue(staging, '/lockkeeper access x'), issue: {} }, 'uninteresting'],
    ['a command on a commit', note(staging, '/lockkeeper access x', { noteable_type: 'Commit' }), 'uninteresting'],
    ["a note of GitLab's own", note(staging, '/lockkeeper validate', { system: true }), 'uninteresting'],
    ['a note without a number', note(staging, '/lockkeeper validate', { id: 'x' }), 'uninteresting'],
    ['a command of megabytes', note(staging, `/lockkeeper validate ${'x'.repeat(100_000)}`), 'uninteresting'],
    ['a command elsewhere', note('payments/billing', '/lockkeeper validate'), 'not-configured'],
    ["a merge request's pipeline", pipeline(staging, {}, 7), [`pipeline gitlab:${staging}!7`]],
    ["a branch's pipeline", pipeline(staging), [`pipeline gitlab:${staging}@${commit}`]],
    ['one that somebody started', pipeline(staging, { source: 'web', status: 'pending' }), [`pipeline gitlab:${staging}@${commit}`]],
    ['one that nobody told of before it was over', pipeline(staging, { status: 'success' }), [`pipeline gitlab:${staging}@${commit}`]],
    ['one of statuses', pipeline(staging, { source: 'external' }), [`pipeline gitlab:${staging}@${commit}`]],
    ...['success', 'failed', 'canceled', 'skipped'].map((status): [string, object, 'uninteresting'] => [
      `one of statuses with its last: ${status}`,
      pipeline(staging, { source: 'external', status }),
      'uninteresting',
    ]),
    ["a tag's pipeline", pipeline(staging, { tag: true }), 'uninteresting'],
    ['a pipeline of what is no commit', pipeline(staging, { sha: 'main; rm -rf /' }), 'uninteresting'],
    ["a merge request's pipeline with a number that is none", pipeline(staging, {}, -1), [`pipeline gitlab:${staging}@${commit}`]],
    ["a source's pipeline", pipeline('payments/billing', {}, 7), 'uninteresting'],
    ['a pipeline elsewhere', pipeline('private/diary', {}, 7), 'not-configured'],
    ['a deployment', deployment(staging), 'uninteresting'],
    ['an event that is not known', { object_kind: 'emoji', project: project(staging) }, 'uninteresting'],
    ['a push in a system hook', systemPush(staging), scan(staging)],
    [
      'everything of a push in a system hook',
      repositoryUpdate(staging, [{ ref: 'refs/heads/x' }, { ref: 'refs/heads/main', after: commit }]),
      scan(staging),
    ],
    ['tags in a system hook', repositoryUpdate('payments/billing', [{ ref: 'refs/tags/v1', after: commit }]), refresh('payments/billing')],
    ['what a system hook says of users', { event_name: 'user_create', username: 'js' }, 'uninteresting'],
    ['no project', { object_kind: 'push', project: null }, 'uninteresting'],
    ['a path that no forge has', push('teams/environments/a b\n'), 'not-configured'],
    ['a way out of the group', push('teams/environments/../secret'), 'not-configured'],
    ['a path without end', push('x'.repeat(100_000)), 'not-configured'],
  ])('%s', async (_, payload, expected) => {
    receiver.queue.jobs.length = 0;
    const { status, text } = await send(payload);
    const asked = typeof expected === 'string' ? [] : expected;
    expect([status, text]).toEqual([asked.length > 0 ? 202 : 200, `{"jobs":${asked.length}}\n`]);
    expect(receiver.queue.jobs.map(({ data, key }) => `${data.kind} ${key}`)).toEqual(asked);
    expect(receiver.counts.at(-1)).toBe(`gitlab/gitlab ${typeof expected === 'string' ? expected : 'accepted'}`);
  });
});

describe('the secret token', () => {
  beforeAll(async () => {
    receiver = await startReceiver(gitlab([current, previous]));
  });
  afterAll(() => receiver[Symbol.asyncDispose]());

  test.each([
    [current, 202],
    [previous, 202],
    [`${current} `, 202],
    [current.slice(0, -1), 401],
    [current.toUpperCase(), 401],
    [`${current},${previous}`, 401],
    [`${current}, ${previous}`, 401],
  ])('%s is answered with %i', async (token, status) => {
    expect((await send(push(staging), headers({ 'x-gitlab-token': token }))).status).toBe(status);
  });
});

describe('without Idempotency-Key, before GitLab 17.4', () => {
  beforeAll(async () => {
    receiver = await startReceiver(gitlab([current]));
  });
  afterAll(() => receiver[Symbol.asyncDispose]());
  const old = (event: string, webhook: string) => ({
    'x-gitlab-token': current,
    'x-gitlab-event-uuid': event,
    'x-gitlab-webhook-uuid': webhook,
  });

  test('the same is the same, and another event, webhook or content is another', async () => {
    const body = push(staging);
    const replies = [
      await send(body, old('1', 'a')),
      await send(body, old('1', 'a')),
      await send(body, old('2', 'a')),
      await send(body, old('1', 'b')),
      await send({ ...body, after: commit.replace('8', '9') }, old('1', 'a')),
    ];
    expect(replies.map(({ text }) => text.trim())).toEqual(['{"jobs":1}', '{"repeated":true}', '{"jobs":1}', '{"jobs":1}', '{"jobs":1}']);
  });
});

describe('a signing token', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const body = JSON.stringify(push(staging));
  const seconds = now.getTime() / 1000;
  const signed = (id: string, timestamp: number | string, of = body, by = key): Record<string, string> => ({
    'webhook-id': id,
    'webhook-timestamp': `${timestamp}`,
    'webhook-signature': `v1,${createHmac('sha256', by).update(`${id}.${timestamp}.${of}`).digest('base64')}`,
    'idempotency-key': id,
  });

  beforeAll(async () => {
    receiver = await startReceiver(gitlab([`whsec_${key.toString('base64')}`, previous]));
  });
  afterAll(() => receiver[Symbol.asyncDispose]());

  test.each<[string, Record<string, string>, number, string]>([
    ['signed', signed('a1', seconds), 202, 'accepted'],
    ['signed again later', signed('a1', seconds + 60), 202, 'repeated'],
    ['five minutes old', signed('a2', seconds - 300), 202, 'accepted'],
    ['older', signed('a3', seconds - 301), 409, 'replayed'],
    ['from the future', signed('a4', seconds + 301), 409, 'replayed'],
    ['of another body', signed('a5', seconds, `${body} `), 401, 'bad-signature'],
    ['under another id', { ...signed('a6', seconds), 'webhook-id': 'a7' }, 401, 'bad-signature'],
    ['at another time', { ...signed('a8', seconds), 'webhook-timestamp': `${seconds + 1}` }, 401, 'bad-signature'],
    ['by another key', signed('a9', seconds, body, Buffer.alloc(32, 1)), 401, 'bad-signature'],
    [
      'in another version',
      { ...signed('b1', seconds), 'webhook-signature': signed('b1', seconds)['webhook-signature']?.replace('v1,', 'v2,') ?? '' },
      401,
      'bad-signature',
    ],
    [
      'one of several',
      { ...signed('b2', seconds), 'webhook-signature': `v1,AAAA v1a,x ${signed('b2', seconds)['webhook-signature']}` },
      202,
      'accepted',
    ],
    ['without a time', { 'webhook-signature': 'v1,AAAA', 'webhook-id': 'b3' }, 401, 'unsigned'],
    ['without an id', { 'webhook-signature': 'v1,AAAA', 'webhook-timestamp': `${seconds}` }, 401, 'unsigned'],
    ['at no time', signed('b4', 'soon'), 400, 'malformed'],
    ['badly, and with the right token', { ...signed('b5', seconds, 'x'), 'x-gitlab-token': previous }, 401, 'bad-signature'],
    ['not at all, with the other secret as token', { 'x-gitlab-token': previous, 'idempotency-key': 'b6' }, 202, 'accepted'],
    ['not at all, with the signing token as token', { 'x-gitlab-token': `whsec_${key.toString('base64')}` }, 401, 'bad-signature'],
    ['not at all', {}, 401, 'unsigned'],
  ])('%s', async (_, given, status, outcome) => {
    expect((await send(body, { 'x-gitlab-event': 'Push Hook', ...given })).status).toBe(status);
    expect(receiver.counts.at(-1)).toBe(`gitlab/gitlab ${outcome}`);
  });

  test('the id is the one that is signed', async () => {
    await send(body, { ...signed('signed-id', seconds), 'idempotency-key': 'another-id' });
    expect(receiver.queue.deliveries.at(-1)).toEqual({ sender: 'gitlab/gitlab', id: 'signed-id' });
  });
});
