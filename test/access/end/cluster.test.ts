import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveGrant } from '../../../src/access/cluster/give.ts';
import { bindingPath, differs, isGoing, type LiveGrant, liveGrants, readObject, timerPath } from '../../../src/access/cluster/live.ts';
import { takeGrant } from '../../../src/access/cluster/take.ts';
import type { EndPorts } from '../../../src/access/end/ports.ts';
import { reapExpired } from '../../../src/access/end/reap.ts';
import { type ClusterClient, connectCluster } from '../../../src/adapters/cluster/client.ts';
import type { ControlPlane } from '../../../src/adapters/cluster/control-plane/start.ts';
import { inClusterAddress } from '../../../src/adapters/cluster/in-cluster.ts';
import { createLocal } from '../../../src/adapters/forges/local/local.ts';
import type { Grant } from '../../../src/domain/access.ts';
import type { ApiServer, ClusterAddress } from '../../../src/domain/cluster.ts';
import { UsageError } from '../../../src/domain/errors.ts';
import { grantOf } from '../../support/builders/grants.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { sharedControllers } from '../../support/controller-manager.ts';
import { endingWorld } from '../../support/ending-world.ts';
import { askAs } from '../../support/impersonation.ts';
import { localFixture } from '../../support/local-fixture.ts';
import { describeWith } from '../../support/parts.ts';
import { until } from '../../support/served.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const root = temporaryFolder();
const { signal } = new AbortController();
const naming = { usernamePrefix: '', groupsPrefix: '' };

const clusterOf = (server: ApiServer): EndPorts['cluster'] => ({
  live: () => liveGrants(server, signal),
  differs: (live: LiveGrant, grant: Grant) => differs(live, grant, naming),
  isHidden: async (grant) => (await readObject(server, bindingPath(grant), signal)) !== undefined,
  isEnding: ({ timer }: LiveGrant) => timer === undefined || isGoing(timer),
  take: (live) => takeGrant(server, live, signal),
});

const open: ClusterClient[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

function connected(address: ClusterAddress): ClusterClient {
  const client = connectCluster(address, { throwAway: false });
  open.push(client);
  return client;
}

/** A namespace of its own in a real cluster, in which alice was given all for so long, and all that ends it. */
async function given(plane: ControlPlane, seconds: number) {
  const server = connected(plane.address);
  const namespace = `end-${randomUUID().slice(0, 8)}`;
  const asked = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Record<string, unknown>> => {
    const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
    const reply = await server.ask({ method, path, ...(body !== undefined && { body: JSON.stringify(body), type }) });
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.body}`);
    return JSON.parse(reply.body) as Record<string, unknown>;
  };
  await asked('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const from = new Date(Math.floor(Date.now() / 1000) * 1000);
  const grant = grantOf({
    id: `g${randomUUID().replaceAll('-', '').slice(0, 19)}`,
    namespace,
    role: 'cluster-admin', // the others get their rules from a controller
    from: from.toISOString(),
    until: new Date(from.getTime() + seconds * 1000).toISOString(),
  });
  expect(await giveGrant(server, grant, naming, new Date(), signal)).toEqual({ outcome: 'given' });
  const clock = { ahead: 0 };
  const { id, from: begun, until: end, role } = grant;
  const fixture = localFixture(`${root()}/${namespace}`, createLocal({ name: 'local', path: `${root()}/${namespace}` }));
  const world = await endingWorld(fixture, () => new Date(Date.now() + clock.ahead), {
    cluster: clusterOf(server),
    grant: { id, namespace, role, from: begun, until: end },
  });
  return {
    ...world,
    server,
    asked,
    clock,
    /** Status of what somebody tries in the namespace. */
    tries: async (who = 'alice') =>
      (await askAs(plane.address, who, { method: 'GET', path: `/api/v1/namespaces/${namespace}/pods` })).status,
    /** Of this namespace; other tests leave theirs. */
    alarms: () => world.told.alarms.map(({ text }) => text).filter((text) => text.includes(namespace)),
    left: async () => (await liveGrants(server, signal)).filter((one) => one.namespace === namespace),
  };
}

type Given = Awaited<ReturnType<typeof given>>;

describeWith('controller-manager', 'a grant in a cluster that lives', () => {
  const shared = sharedControllers();

  test('while the service is down it ends at its hour; the next start says so everywhere, and removes the file', async () => {
    const { tries, left, pass, record, entries, told, grant, reads, state } = await given(await shared(), 20);
    await pass();
    await until(async () => (await tries()) === 200);
    expect([record()?.state, told.alarms, told.problems]).toEqual(['active', [], []]);
    const goneAt = await until(async () => ((await tries()) === 403 ? Date.now() : undefined), undefined, 60_000);
    expect(goneAt).toBeLessThan(Date.parse(grant.until) + 60_000);
    await until(async () => ((await left()).length === 0 && Date.now() > Date.parse(grant.until) ? true : undefined));
    await pass();
    expect(record()).toMatchObject({ state: 'ended', because: 'its time is up', removal: { merged: true } });
    expect(entries().map((entry) => [entry['phase'], entry['early']])).toEqual([
      ['begin', false],
      ['end', undefined],
    ]);
    expect(Number(entries()[1]?.['secondsAfterExpiry'])).toBeLessThan(60);
    expect([told.ended.length, told.alarms, told.problems]).toEqual([1, [], []]);
    await reads();
    expect(state.files).toEqual({});
  }, 180_000);
});

describeWith('control-plane', 'a grant in a cluster whose controllers are down', () => {
  const shared = sharedControlPlane();

  test('is taken by us at its hour, and seen to be gone', async () => {
    const { tries, left, pass, record, alarms, clock } = await given(await shared(), 3600);
    await pass();
    await until(async () => (await tries()) === 200);
    clock.ahead = 3_600_000;
    await pass();
    expect([await left(), record()?.state, alarms()]).toEqual([[], 'ended', []]);
    await until(async () => (await tries()) === 403);
  });

  const add = (path: string, value: unknown) => [{ op: 'add', path, value }];
  const eve = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'eve' };
  const edit = (which: 'binding' | 'timer', patch: readonly object[]) => async (world: Given) =>
    void (await world.asked('PATCH', (which === 'binding' ? bindingPath : timerPath)(world.grant), patch as object));
  /** Without what only the server says. */
  const copied = async ({ asked, grant }: Given, more: object) => {
    const { metadata: _, ...rest } = await asked('GET', bindingPath(grant));
    return { ...rest, metadata: { labels: { 'lockkeeper.dev/grant': grant.id }, ...more } };
  };
  const bindings = (namespace: string) => `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;

  test.each<[string, (world: Given) => Promise<void>, RegExp | undefined]>([
    ['another subject', edit('binding', add('/subjects/-', eve)), /other subjects/],
    ['nobody as its subject', edit('binding', [{ op: 'remove', path: '/subjects' }]), /other subjects/],
    ['a later hour', edit('binding', add('/metadata/annotations/lockkeeper.dev~1expires-at', '2036-01-01T00:00:00Z')), /expires-at/],
    ['no hour', edit('binding', [{ op: 'remove', path: '/metadata/annotations/lockkeeper.dev~1expires-at' }]), /expires-at/],
    ['no owner', edit('binding', [{ op: 'remove', path: '/metadata/ownerReferences' }]), /not owned by its timer/],
    ['a finalizer', edit('binding', add('/metadata/finalizers', ['example.com/hold'])), /held by example.com\/hold/],
    ['a timer that is suspended', edit('timer', add('/spec/suspend', true)), /timer has another suspend/],
    ['a timer that was extended', edit('timer', add('/spec/activeDeadlineSeconds', 999_999)), /timer ends later/],
    ['a timer without a deadline', edit('timer', [{ op: 'remove', path: '/spec/activeDeadlineSeconds' }]), /timer ends later/],
    ['a timer with a finalizer', edit('timer', add('/metadata/finalizers', ['example.com/hold'])), /timer is held/],
    [
      'no timer: it was deleted, and the binding orphaned',
      async ({ asked, grant }) =>
        void (await asked('DELETE', timerPath(grant), { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Orphan' })),
      /timer (?:is gone|is held|is being deleted)/,
    ],
    [
      'a second binding beside it',
      async (world) =>
        void (await world.asked(
          'POST',
          bindings(world.grant.namespace),
          await copied(world, { name: 'mine', namespace: world.grant.namespace }),
        )),
      /stands on others too: mine/,
    ],
    ['no label', edit('binding', [{ op: 'remove', path: '/metadata/labels/lockkeeper.dev~1grant' }]), /lost its label/],
    ['no binding', async ({ asked, grant }) => void (await asked('DELETE', bindingPath(grant))), undefined],
  ])('one that somebody gave %s is gone after one pass, and told', async (_, tamper, alarm) => {
    const world = await given(await shared(), 3600);
    const { pass, tries, record, told, alarms, entries, asked, grant } = world;
    await tamper(world);
    await pass();
    expect([record()?.state, told.problems]).toEqual(['ended', []]);
    await until(async () => (await tries()) === 403 && (await tries('eve')) === 403);
    expect(alarms()).toEqual(alarm === undefined ? [] : [expect.stringMatching(alarm)]);
    expect(entries().map((entry) => entry['phase'])).toEqual(['begin', 'end']);
    await expect(asked('GET', bindingPath(grant))).rejects.toThrow('not found');
  });

  test('a binding of nobody, in another namespace or with an id of its own, is gone after one pass, with an alarm each', async () => {
    const world = await given(await shared(), 3600);
    const { pass, tries, alarms, asked, grant, left, record } = world;
    const elsewhere = `${grant.namespace}-b`;
    await asked('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: elsewhere } });
    await asked('POST', bindings(elsewhere), await copied(world, { name: `lockkeeper-grant-${grant.id}`, namespace: elsewhere }));
    const mine = { name: 'mine', namespace: grant.namespace, labels: { 'lockkeeper.dev/grant': 'mine' } };
    await asked('POST', bindings(grant.namespace), { ...(await copied(world, mine)), subjects: [eve] });
    await until(async () => (await tries('eve')) === 200);
    await pass();
    expect(alarms().toSorted()).toEqual(
      [`the grant ${grant.id} in ${elsewhere} came`, `the grant mine in ${grant.namespace} came`]
        .map((text) => expect.stringContaining(text) as string)
        .sort(),
    );
    expect([record()?.state, (await left()).length, await tries()]).toEqual(['active', 1, 200]);
    await until(async () => (await tries('eve')) === 403);
  });

  test('one that a restored backup brings back is gone after one pass, with an alarm', async () => {
    const { pass, tries, alarms, grant, clock, server } = await given(await shared(), 3600);
    clock.ahead = 3_600_000;
    await pass();
    expect(await giveGrant(server, grant, naming, new Date(), signal)).toEqual({ outcome: 'given' });
    await until(async () => (await tries()) === 200);
    await pass();
    await until(async () => (await tries()) === 403);
    expect(alarms()).toEqual([expect.stringContaining('came back after it had ended')]);
  });

  test('what has expired is reaped with nothing but the cluster, and with the account of a pod; what has not stays', async () => {
    const plane = await shared();
    const world = await given(plane, 3600);
    const { asked, grant, left } = world;
    const { hostname: host, port } = new URL(plane.address.url);
    const annotated = async (id: string, annotations: object) =>
      void (await asked('POST', bindings(grant.namespace), {
        ...(await copied(world, { name: `lockkeeper-grant-${id}`, namespace: grant.namespace, annotations })),
        metadata: { name: `lockkeeper-grant-${id}`, namespace: grant.namespace, labels: { 'lockkeeper.dev/grant': id }, annotations },
      }));
    await annotated('over', { 'lockkeeper.dev/expires-at': '2026-01-01T00:00:00Z' });
    await annotated('nonsense', { 'lockkeeper.dev/expires-at': 'never' });
    await annotated('local', { 'lockkeeper.dev/expires-at': '2036-01-01 00:00' });
    await annotated('silent', {});
    const folder = mkdtempSync(join(root(), 'pod-'));
    writeFileSync(join(folder, 'token'), `${plane.address.token ?? ''}\n`);
    writeFileSync(join(folder, 'ca.crt'), plane.address.ca ?? '');
    const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
    const pod = connected(await inClusterAddress(env, folder));
    const reaped = (await reapExpired(pod, new Date(), signal)).filter(({ namespace }) => namespace === grant.namespace);
    expect(reaped.map(({ id, reason }) => `${id}: ${reason}`).sort()).toEqual([
      'local: when it ends cannot be read',
      'nonsense: when it ends cannot be read',
      'over: it ended at 2026-01-01T00:00:00Z',
      'silent: it does not say when it ends',
    ]);
    expect((await left()).map(({ id }) => id)).toEqual([grant.id]);
    const later = await reapExpired(pod, new Date(Date.now() + 3_600_000), signal);
    expect(later.map(({ id }) => id)).toContain(grant.id);
    expect(await left()).toEqual([]);
  });

  test('a pod without a token says what is missing', async () => {
    const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    await expect(inClusterAddress(env, join(root(), 'none'))).rejects.toThrow(/token cannot be read \(ENOENT\): does the pod mount/);
    await expect(inClusterAddress({}, root())).rejects.toThrow(UsageError);
  });
});
