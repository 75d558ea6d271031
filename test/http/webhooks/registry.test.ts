import { createHmac, randomUUID } from 'node:crypto';
import { startReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

const [current, previous] = ['b1946ac92492d2347c6235b4d2611184', '591785b794601e212b260e25925636fd'];
const secrets = [current, previous];
const hosts = ['registry.example.com', 'harbor.example.com:8443', 'nexus.example.com', '[::1]:5000', 'quay.io', 'docker.io'];

let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await startReceiver({ registries: hosts.map((host) => ({ host, secrets })) });
});
afterAll(() => receiver[Symbol.asyncDispose]());
beforeEach(() => {
  receiver.queue.jobs.length = 0;
});

const bearer = { authorization: `Bearer ${current}` };
const basic = (password: string, user = 'lockkeeper') => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const events = { 'content-type': 'application/vnd.docker.distribution.events.v1+json' };

/** https://distribution.github.io/distribution/about/notifications/ */
const event = (repository: string, tag: string | undefined, more: object = {}) => ({
  id: randomUUID(),
  timestamp: '2026-03-09T14:44:26.402973972-08:00',
  action: 'push',
  target: {
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    size: 708,
    digest: 'sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf',
    length: 708,
    repository,
    url: `http://10.0.0.7:5000/v2/${repository}/manifests/x`,
    ...(tag !== undefined && { tag }),
  },
  request: { id: '6df24a34', addr: '192.168.64.11:42961', host: '10.0.0.7:5000', method: 'PUT', useragent: 'curl/7.38.0' },
  actor: {},
  source: { addr: 'xtal.local:5000', instanceID: 'a53db899' },
  ...more,
});

/** https://goharbor.io/docs/main/working-with-projects/project-configuration/configure-webhooks/ */
const harborData = {
  resources: [
    {
      digest: 'sha256:8a9e9863dbb6e10edb5adfe917c00da84e1700fa76e7ed02476aa6e6fb8ee0d8',
      tag: '1.5.0',
      resource_url: 'hub.harbor.internal/payments/billing:1.5.0',
    },
  ],
  repository: {
    date_created: 1586922308,
    name: 'billing',
    namespace: 'payments',
    repo_full_name: 'payments/billing',
    repo_type: 'private',
  },
};
const harbor = (type: string) => ({ type, occur_at: 1586922308, operator: 'admin', event_data: harborData });
const cloudEvent = (type: string) => ({
  specversion: '1.0',
  id: randomUUID(),
  requestid: '1b4f2a3b',
  source: '/projects/2/webhook/policies/15',
  type,
  datacontenttype: 'application/json',
  time: '2026-11-21T12:00:00Z',
  operator: 'harbor-jobservice',
  data: harborData,
});

/** https://help.sonatype.com/en/working-with-repository-webhooks.html */
const nexus = (action: string, part: object) => ({
  timestamp: '2026-11-10T23:57:49.664+0000',
  nodeId: '52905B51-085CCABB-CEBBEAAD-16795588-FC927D93',
  initiator: 'admin/127.0.0.1',
  repositoryName: 'manifests',
  action,
  ...part,
});
const asset = (format: string, name: string) => ({
  asset: { id: '31c950c8eeeab78336308177ae9c441c', assetId: 'bnBtLXByb3h5', format, name },
});
const component = (format: string, name: string, version: string) => ({
  component: { id: '08909bf0', componentId: 'bnBtLXByb3h5', format, name, group: '/billing', version },
});

/** https://docs.docker.com/docker-hub/repos/manage/webhooks/ */
const dockerHub = {
  callback_url: 'https://registry.hub.docker.com/u/acme/billing/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/',
  push_data: { pushed_at: 1417566161, pusher: 'trustedbuilder', tag: 'latest' },
  repository: {
    repo_name: 'acme/billing',
    name: 'billing',
    namespace: 'acme',
    status: 'Active',
    repo_url: 'https://registry.hub.docker.com/u/acme/billing/',
  },
};
const quay = {
  name: 'billing',
  repository: 'acme/billing',
  namespace: 'acme',
  docker_url: 'quay.io/acme/billing',
  homepage: 'https://quay.io/repository/acme/billing',
  updated_tags: ['1.5.0'],
};

const signed = (body: string, secret = current) => ({
  'x-nexus-webhook-signature': createHmac('sha1', secret).update(body).digest('hex'),
  'x-nexus-webhook-id': 'rm:repository:asset',
  'x-nexus-webhook-delivery': randomUUID(),
});

test.each<[string, string, object, Record<string, string>, readonly string[]]>([
  [
    'distribution: a tag',
    'registry.example.com',
    { events: [event('payments/billing', '1.5.0')] },
    { ...bearer, ...events },
    ['registry.example.com/payments/billing'],
  ],
  [
    'distribution: several',
    'registry.example.com',
    { events: [event('a', '1'), event('b/c', '1'), event('a', '2')] },
    { ...bearer, ...events },
    ['registry.example.com/a', 'registry.example.com/b/c'],
  ],
  [
    'distribution, release 3',
    'registry.example.com',
    { events: [event('a', '1')] },
    { ...bearer, 'content-type': 'application/vnd.docker.distribution.events.v2+json' },
    ['registry.example.com/a'],
  ],
  ['distribution: a pull', 'registry.example.com', { events: [event('a', '1', { action: 'pull' })] }, { ...bearer, ...events }, []],
  ['distribution: a layer, a part of an index', 'registry.example.com', { events: [event('a', undefined)] }, { ...bearer, ...events }, []],
  ['distribution: none', 'registry.example.com', { events: [] }, { ...bearer, ...events }, []],
  ['distribution: no image name', 'registry.example.com', { events: [event('../../etc/Passwd', '1')] }, { ...bearer, ...events }, []],
  ['distribution: of a host with brackets', '[::1]:5000', { events: [event('a', '1')] }, { ...bearer, ...events }, ['[::1]:5000/a']],
  [
    'Harbor: its own format',
    'harbor.example.com:8443',
    harbor('PUSH_ARTIFACT'),
    { authorization: current },
    ['harbor.example.com:8443/payments/billing'],
  ],
  ['Harbor: a pull', 'harbor.example.com:8443', harbor('PULL_ARTIFACT'), { authorization: current }, []],
  [
    'Harbor: CloudEvents',
    'harbor.example.com:8443',
    cloudEvent('harbor.artifact.pushed'),
    { authorization: current, 'content-type': 'application/cloudevents+json' },
    ['harbor.example.com:8443/payments/billing'],
  ],
  [
    'Harbor: another CloudEvent',
    'harbor.example.com:8443',
    cloudEvent('harbor.scan.completed'),
    { authorization: current, 'content-type': 'application/cloudevents+json' },
    [],
  ],
  [
    'Nexus: a bundle',
    'nexus.example.com',
    nexus('CREATED', asset('raw', 'billing/billing-1.4.2.tar.gz')),
    {},
    ['nexus.example.com/repository/manifests/billing/billing'],
  ],
  [
    'Nexus: with a slash before it',
    'nexus.example.com',
    nexus('UPDATED', asset('raw', '/billing/1.4.2/bundle.tgz')),
    {},
    ['nexus.example.com/repository/manifests/billing/bundle'],
  ],
  [
    'Nexus: a component',
    'nexus.example.com',
    nexus('CREATED', component('raw', '/billing/billing-1.4.2.tar.gz', '')),
    {},
    ['nexus.example.com/repository/manifests/billing/billing'],
  ],
  ['Nexus: deleted', 'nexus.example.com', nexus('DELETED', asset('raw', 'billing/billing-1.4.2.tar.gz')), {}, []],
  ['Nexus: without a version', 'nexus.example.com', nexus('CREATED', asset('raw', 'billing/readme.txt')), {}, []],
  [
    'Nexus: an image',
    'nexus.example.com',
    nexus('CREATED', component('docker', 'payments/billing', '1.5.0')),
    {},
    ['nexus.example.com/payments/billing'],
  ],
  [
    'Nexus: its manifest',
    'nexus.example.com',
    nexus('CREATED', asset('docker', 'v2/payments/billing/manifests/1.5.0')),
    {},
    ['nexus.example.com/payments/billing'],
  ],
  ['Nexus: its layer', 'nexus.example.com', nexus('CREATED', asset('docker', 'v2/-/blobs/sha256:00')), {}, []],
  ['Nexus: npm', 'nexus.example.com', nexus('CREATED', asset('npm', 'left-pad/-/left-pad-1.0.0.tgz')), {}, []],
  ['Docker Hub', 'docker.io?secret', dockerHub, {}, ['docker.io/acme/billing']],
  ['Quay', 'quay.io', quay, basic(current), ['quay.io/acme/billing']],
  ['Quay, as it was', 'quay.io', { ...quay, updated_tags: { '1.5.0': 'b750fe79' } }, basic(current), ['quay.io/acme/billing']],
  ['Quay: a build', 'quay.io', { ...quay, updated_tags: undefined, docker_tags: ['1.5.0'] }, basic(current), []],
  ['an event of a kind that nobody knows', 'registry.example.com', { hello: 'world' }, bearer, []],
])('%s', async (_, address, payload, headers, packages) => {
  const body = JSON.stringify(payload);
  const proof = address === 'nexus.example.com' ? signed(body) : {};
  const path = `/webhooks/registry/${address.replace('?secret', `?secret=${current}`)}`;
  const { status, text } = await receiver.post(path, body, { ...headers, ...proof });
  expect([status, text]).toEqual([packages.length > 0 ? 202 : 200, `{"jobs":${packages.length}}\n`]);
  expect(receiver.queue.jobs.map(({ data, key }) => [data, key])).toEqual(
    packages.map((name) => [{ kind: 'scan-package', package: name }, name]),
  );
});

const push = () => JSON.stringify({ events: [event('payments/billing', '1.5.0')] });

test.each<[string, string, (body: string) => Record<string, string>, number, string]>([
  ['Bearer', 'registry.example.com', () => bearer, 202, 'accepted'],
  ['bearer, the old secret', 'registry.example.com', () => ({ authorization: `bearer  ${previous}` }), 202, 'accepted'],
  ['Basic', 'registry.example.com', () => basic(current), 202, 'accepted'],
  ['Basic with a wrong password', 'registry.example.com', () => basic('x'), 401, 'bad-signature'],
  ['Basic with the secret as user', 'registry.example.com', () => basic('', current), 401, 'bad-signature'],
  ['the header as it is', 'registry.example.com', () => ({ authorization: current }), 202, 'accepted'],
  ['half of it', 'registry.example.com', () => ({ authorization: `Bearer ${current.slice(0, 16)}` }), 401, 'bad-signature'],
  ['an empty Bearer', 'registry.example.com', () => ({ authorization: 'Bearer ' }), 401, 'bad-signature'],
  ['nothing', 'registry.example.com', () => ({}), 401, 'unsigned'],
  ['the secret in the address, of others', `registry.example.com?secret=${current}`, () => ({}), 401, 'unsigned'],
  ['the secret in the address, of Docker Hub', `docker.io?secret=${previous}`, () => ({}), 202, 'accepted'],
  ['a wrong one there', 'docker.io?secret=x', () => ({}), 401, 'bad-signature'],
  ['two there', `docker.io?secret=${current}&secret=${current}`, () => ({}), 400, 'malformed'],
  ['a wrong header, and the right address', `docker.io?secret=${current}`, () => basic('x'), 401, 'bad-signature'],
  ["Nexus's signature", 'nexus.example.com', (body) => signed(body, previous), 202, 'accepted'],
  ["Nexus's, of another body", 'nexus.example.com', (body) => signed(`${body} `), 401, 'bad-signature'],
  ["Nexus's, wrong, and the right header", 'nexus.example.com', (body) => ({ ...signed(body, 'x'), ...bearer }), 401, 'bad-signature'],
])('proof by %s', async (_, address, headers, status, outcome) => {
  const body = push();
  expect((await receiver.post(`/webhooks/registry/${address}`, body, headers(body))).status).toBe(status);
  expect(receiver.counts.at(-1)).toBe(`registry/${address.split('?')[0]} ${outcome}`);
  expect(receiver.log()).not.toContain(current);
});

test.each<[string, string, object, string]>([
  ['the id of its only event', 'registry.example.com', { events: [event('a', '1', { id: 'event-1' })] }, 'event-1'],
  ['the id of a CloudEvent', 'harbor.example.com:8443', { ...cloudEvent('harbor.artifact.pushed'), id: 'event-2' }, 'event-2'],
  ['the hash of what has several', 'registry.example.com', { events: [event('a', '1'), event('b', '1')] }, 'sha256:'],
  ['the hash of what has none', 'quay.io', quay, 'sha256:'],
  ['the hash of what has one that is none', 'registry.example.com', { events: [event('a', '1', { id: 'a\nb' })] }, 'sha256:'],
])('a delivery is known by %s', async (_, host, payload, id) => {
  const post = () => receiver.post(`/webhooks/registry/${host}`, JSON.stringify({ ...payload, at: _ }), bearer);
  expect((await post()).text).toMatch(/^\{"jobs":[12]\}/);
  expect(receiver.queue.deliveries.at(-1)?.id).toContain(id);
  expect(await post()).toEqual({ status: 202, text: '{"repeated":true}\n' });
});

test("Nexus's delivery is known by its header", async () => {
  const body = JSON.stringify(nexus('CREATED', asset('raw', 'a/a-1.0.0.tgz')));
  const headers = signed(body);
  await receiver.post('/webhooks/registry/nexus.example.com', body, headers);
  expect(receiver.queue.deliveries.at(-1)?.id).toBe(headers['x-nexus-webhook-delivery']);
});
