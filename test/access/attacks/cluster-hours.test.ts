import { setTimeout as sleep } from 'node:timers/promises';
import { nameOf } from '../../../src/access/cluster/objects.ts';
import type { ControllerManager } from '../../../src/adapters/cluster/control-plane/controller-manager.ts';
import type { ControlPlane } from '../../../src/adapters/cluster/control-plane/start.ts';
import type { Grant } from '../../../src/domain/access.ts';
import { AccessCluster, bindingPath, grantOf, paths, type Request, timerPath } from '../../support/access-cluster.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { sharedControllers, startControllerManager } from '../../support/controller-manager.ts';
import { describeWith } from '../../support/parts.ts';

/** Seconds; the shortest in which everything can be tried. */
const hour = 20;

const anchor = (grant: Grant, uid: string, kind: string): Request => ({
  method: 'POST',
  path: paths(grant.namespace).configs,
  body: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `anchor-${grant.id}-${kind.toLowerCase()}`,
      finalizers: ['evil.example/stay'],
      ownerReferences: [{ ...owners[kind], kind, name: nameOf(grant.id), uid, blockOwnerDeletion: true }],
    },
  },
});
const owners: Readonly<Record<string, { readonly apiVersion: string }>> = {
  RoleBinding: { apiVersion: 'rbac.authorization.k8s.io/v1' },
  Job: { apiVersion: 'batch/v1' },
  ConfigMap: { apiVersion: 'v1' },
};

const undead = ({ namespace, id }: Grant): Request => ({
  method: 'POST',
  path: paths(namespace).pods,
  body: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `undead-${id}`, labels: { 'lockkeeper.dev/grant': id } },
    spec: { nodeName: 'nowhere', terminationGracePeriodSeconds: 999_999, containers: [{ name: 'a', image: 'b' }] },
  },
});

/** What the subject of a grant tries, that it may last. */
const attempts: Readonly<Record<string, (cluster: AccessCluster, grant: Grant) => Promise<readonly Request[]>>> = {
  'does nothing': async () => [],
  'hangs something that never goes below the binding': async (cluster, grant) => {
    const uid = (await cluster.object(bindingPath(grant)))?.metadata.uid ?? '';
    return [anchor(grant, uid, 'RoleBinding'), anchor(grant, uid, 'ConfigMap')]; // the second says a wrong kind: the collector goes by the uid
  },
  'hangs something that never goes below the timer': async (cluster, grant) => [
    anchor(grant, (await cluster.object(timerPath(grant)))?.metadata.uid ?? '', 'Job'),
  ],
  'lets the timer wait for a pod that does not end': async (_, grant) => [undead(grant)],
  'holds the timer by a finalizer and deletes it': async (_, grant) => [
    { method: 'PATCH', path: timerPath(grant), body: { metadata: { finalizers: ['evil.example/stay'] } } },
    { method: 'DELETE', path: timerPath(grant), body: { propagationPolicy: 'Background' } },
  ],
  'deletes the timer alone': async (_, grant) => [{ method: 'DELETE', path: timerPath(grant) }],
  'suspends the timer': async (_, grant) => [{ method: 'PATCH', path: timerPath(grant), body: { spec: { suspend: true } } }],
};

/** Each in a namespace of its own, all at once: time passes once for all of them. */
async function tried(cluster: AccessCluster, prefix: string): Promise<ReadonlyMap<string, Grant>> {
  const entries = Object.entries(attempts).map(async ([name, requests], index) => {
    const namespace = `${prefix}-${index}`;
    await cluster.namespace(namespace);
    const subject = { kind: 'user', name: `alice-${namespace}` } as const;
    const ask = cluster.as(subject.name);
    expect((await ask({ method: 'GET', path: paths(namespace).secrets })).status).toBe(403);
    const grant = await cluster.give(grantOf(namespace, { seconds: hour, subject }));
    await cluster.until(200, () => ask({ method: 'GET', path: paths(namespace).secrets }));
    for (const request of await requests(cluster, grant)) await ask(request);
    return [name, grant] as const;
  });
  return new Map(await Promise.all(entries));
}

const mayRead = async (cluster: AccessCluster, { namespace, subject }: Grant): Promise<boolean> =>
  (await cluster.as(subject.name)({ method: 'GET', path: paths(namespace).secrets })).status === 200;

describeWith('controller-manager', 'the hour of a grant, when nobody looks after it', () => {
  const shared = sharedControllers({ asThemselves: true });
  let cluster: AccessCluster;
  let grants: ReadonlyMap<string, Grant>;
  beforeAll(async () => {
    cluster = await AccessCluster.open(await shared());
    grants = await tried(cluster, 'hours');
  });
  afterAll(() => cluster.close());

  test.each(Object.keys(attempts))('%s: the access ends at its hour', async (name) => {
    const grant = grants.get(name);
    if (grant === undefined) throw new Error('it was not given');
    await cluster.untilGone(bindingPath(grant));
    await cluster.until(403, () => cluster.as(grant.subject.name)({ method: 'GET', path: paths(grant.namespace).secrets }));
    const late = Date.now() - Date.parse(grant.until);
    expect(late).toBeLessThan(60_000);
  });

  test('a namespace ends with all its grants', async () => {
    await cluster.namespace('hours-ends');
    await cluster.give(grantOf('hours-ends'));
    await cluster.admin.ask({ method: 'DELETE', path: '/api/v1/namespaces/hours-ends' });
    await cluster.untilGone('/api/v1/namespaces/hours-ends');
  });

  test('the API server warns of none of the policies, and whoever deletes a timer, as kubectl does, ends the grant', async () => {
    await cluster.namespace('hours-deletes');
    const grant = await cluster.give(grantOf('hours-deletes', { subject: { kind: 'user', name: 'deletes' } }));
    const ask = cluster.as('deletes');
    await cluster.until(200, () => ask({ method: 'GET', path: paths('hours-deletes').secrets }));
    expect((await ask({ method: 'DELETE', path: timerPath(grant), body: { propagationPolicy: 'Foreground' } })).status).toBe(200);
    await cluster.untilGone(bindingPath(grant));
    for (const name of ['grants', 'timers', 'guards', 'dependents']) {
      const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/lockkeeper-${name}`;
      while ((await cluster.object<{ readonly status?: { readonly typeChecking?: object } }>(path))?.status?.typeChecking === undefined)
        await sleep(100);
      expect(await cluster.object(path)).toMatchObject({ status: { typeChecking: {} } });
    }
  });
});

describeWith('controller-manager', 'the hour of a grant that nothing guards', () => {
  const shared = sharedControllers({ asThemselves: true });
  let cluster: AccessCluster;
  let grants: ReadonlyMap<string, Grant>;
  beforeAll(async () => {
    cluster = await AccessCluster.open(await shared(), { guarded: false });
    grants = await tried(cluster, 'unguarded');
  });
  afterAll(() => cluster.close());

  test('each of these attempts does last, so that none of them is refused by chance', async () => {
    const gone = grants.get('does nothing');
    if (gone === undefined) throw new Error('it was not given');
    await cluster.untilGone(bindingPath(gone));
    const dependents = grants.get('hangs something that never goes below the binding');
    while (dependents && (await cluster.object(bindingPath(dependents)))?.metadata['deletionTimestamp'] === undefined) await sleep(100);
    const stands = await Promise.all([...grants].map(async ([name, grant]) => [name, await mayRead(cluster, grant)] as const));
    expect(stands.filter(([, reads]) => reads).map(([name]) => name)).toEqual([
      'hangs something that never goes below the binding',
      'lets the timer wait for a pod that does not end',
      'holds the timer by a finalizer and deletes it',
      'deletes the timer alone',
      'suspends the timer',
    ]);
  });
});

describeWith('controller-manager', "the hour of a grant while Kubernetes' controllers are down", () => {
  const shared = sharedControlPlane();
  let plane: ControlPlane;
  let cluster: AccessCluster;
  const managers: ControllerManager[] = [];
  beforeAll(async () => {
    plane = await shared();
    cluster = await AccessCluster.open(plane);
  });
  afterAll(async () => {
    await Promise.all(managers.map((one) => one.stop()));
    await cluster.close();
  });
  const start = async (): Promise<ControllerManager> => {
    const one = await startControllerManager(plane, { asThemselves: true });
    managers.push(one);
    return one;
  };

  test('it ends as soon as they are back', async () => {
    const before = await start();
    await cluster.namespace('down');
    const grant = await cluster.give(grantOf('down', { seconds: hour }));
    const begun = async () =>
      (await cluster.object<{ readonly status?: { readonly startTime?: string } }>(timerPath(grant)))?.status?.startTime;
    while ((await begun()) === undefined) await sleep(50);
    await before.stop();
    while (Date.now() < Date.parse(grant.until) + 2000) await sleep(200);
    expect(await cluster.object(bindingPath(grant))).toBeDefined();
    await start();
    await cluster.untilGone(bindingPath(grant));
    expect(await mayRead(cluster, grant)).toBe(false);
  });
});
