import { giveGrant } from '../../../src/access/cluster/give.ts';
import { differs, liveGrants } from '../../../src/access/cluster/live.ts';
import { nameOf, timerOf } from '../../../src/access/cluster/objects.ts';
import { takeGrant } from '../../../src/access/cluster/take.ts';
import type { Grant } from '../../../src/domain/access.ts';
import type { ApiRequest } from '../../../src/domain/cluster.ts';
import { AccessCluster, bindingPath, grantOf, naming, never, paths, timerPath } from '../../support/access-cluster.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { describeWith } from '../../support/parts.ts';
import { watching } from '../../support/prune-world.ts';

describeWith('control-plane', 'a grant in a cluster', () => {
  const shared = sharedControlPlane();
  let cluster: AccessCluster;
  beforeAll(async () => {
    cluster = await AccessCluster.open(await shared());
  });
  afterAll(() => cluster.close());

  const give = (grant: Grant, now = new Date()) => giveGrant(cluster.service, grant, naming, now, never);
  const liveOf = async ({ id }: Grant) => (await liveGrants(cluster.service, never)).find((one) => one.id === id);

  test('is given, is there, and is as it was given; taken, nothing of it is left', async () => {
    await cluster.namespace('give-a');
    const alice = cluster.as('alice');
    const grant = grantOf('give-a');
    expect((await alice({ method: 'GET', path: paths('give-a').secrets })).status).toBe(403);
    expect(await give(grant)).toEqual({ outcome: 'given' });
    await cluster.until(200, () => alice({ method: 'GET', path: paths('give-a').secrets }));
    expect(await give(grant)).toEqual({ outcome: 'there' });
    const live = await liveOf(grant);
    expect(live && differs(live, grant, naming)).toBeUndefined();
    expect(live).toMatchObject({ namespace: 'give-a', others: [], binding: { name: nameOf(grant.id) }, timer: { name: nameOf(grant.id) } });
    const before = Date.now();
    const { goneAt } = await takeGrant(cluster.service, grant, never);
    expect(goneAt.getTime()).toBeGreaterThanOrEqual(before);
    expect([await cluster.object(bindingPath(grant)), await cluster.object(timerPath(grant))]).toEqual([undefined, undefined]);
    await cluster.until(403, () => alice({ method: 'GET', path: paths('give-a').secrets }));
    expect(await liveOf(grant)).toBeUndefined();
  });

  test('the binding says until when, why, by whose leave, and is owned by the timer', async () => {
    await cluster.namespace('give-b');
    const grant = await cluster.give(
      grantOf('give-b', { subject: { kind: 'group', name: 'team-payments' }, approvedBy: ['lead', 'boss'] }),
    );
    const timer = await cluster.object(timerPath(grant));
    expect(await cluster.object(bindingPath(grant))).toMatchObject({
      metadata: {
        labels: { 'lockkeeper.dev/grant': grant.id },
        annotations: {
          'lockkeeper.dev/expires-at': grant.until,
          'lockkeeper.dev/merge-request': grant.url,
          'lockkeeper.dev/reason': 'INC-1234: migration stuck',
          'lockkeeper.dev/approved-by': 'lead, boss',
        },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: nameOf(grant.id), uid: timer?.metadata.uid }],
      },
      roleRef: { kind: 'ClusterRole', name: 'lockkeeper-admin' },
      subjects: [{ kind: 'Group', name: 'oidc:team-payments' }],
    });
    const inGroup = cluster.as('bob', ['oidc:team-payments']);
    await cluster.until(200, () => inGroup({ method: 'GET', path: paths('give-b').secrets }));
  });

  test.each([
    ['its hour has come', -1],
    ['less than a second is left', 0.5],
  ])('nothing is written when %s', async (_, left) => {
    await cluster.namespace('give-c');
    const grant = grantOf('give-c');
    expect(await give(grant, new Date(Date.parse(grant.until) - left * 1000))).toEqual({ outcome: 'over' });
    expect(await cluster.object(timerPath(grant))).toBeUndefined();
  });

  test('an hour that cannot be read is over', async () => {
    expect(await give(grantOf('give-c', { until: 'tomorrow' }))).toEqual({ outcome: 'over' });
  });

  test('a namespace that is not there, that is going, or where nothing is guarded', async () => {
    expect(await give(grantOf('give-none'))).toEqual({ outcome: 'refused', reason: 'there is no namespace give-none in the cluster' });
    await cluster.namespace('give-d');
    await cluster.admin.ask({ method: 'DELETE', path: '/api/v1/namespaces/give-d' });
    expect(await give(grantOf('give-d'))).toEqual({ outcome: 'refused', reason: 'the namespace give-d is being deleted' });
    await cluster.namespace('give-e', { 'lockkeeper.dev/guard': 'disabled' });
    expect(await give(grantOf('give-e'))).toEqual({
      outcome: 'refused',
      reason: 'nothing is granted in the namespace give-e: its label lockkeeper.dev/guard is disabled',
    });
  });

  test('a quota on Jobs says no, in its own words', async () => {
    await cluster.namespace('give-f');
    await cluster.apply([
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'no-jobs', namespace: 'give-f' },
        spec: { hard: { 'count/jobs.batch': '0' } },
      },
    ]);
    const path = '/api/v1/namespaces/give-f/resourcequotas/no-jobs/status';
    const status = { hard: { 'count/jobs.batch': '0' }, used: { 'count/jobs.batch': '0' } };
    await cluster.admin.ask({ method: 'PATCH', path, body: JSON.stringify({ status }), type: 'application/merge-patch+json' }); // as its controller does
    const grant = grantOf('give-f');
    expect(await give(grant)).toEqual({ outcome: 'refused', reason: expect.stringContaining('exceeded quota: no-jobs') });
    expect(await cluster.object(bindingPath(grant))).toBeUndefined();
  });

  test('a role that may not be handed out: refused, and no timer is left', async () => {
    await cluster.namespace('give-g');
    const grant = grantOf('give-g', { role: 'system:node' });
    expect(await give(grant)).toEqual({
      outcome: 'refused',
      reason: expect.stringContaining('is attempting to grant RBAC permissions not currently held'),
    });
    expect(await cluster.object(timerPath(grant))).toBeUndefined();
    const all = grantOf('give-g', { role: 'admin' });
    expect(await giveGrant(cluster.admin, all, naming, new Date(), never)).toEqual({
      outcome: 'refused',
      reason: expect.stringContaining('this role lets its holder make the access permanent'),
    });
    expect(await cluster.object(timerPath(all))).toBeUndefined();
  });

  test('a namespace that takes restricted pods only has nothing to say against the timer', async () => {
    await cluster.namespace('give-h', {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
    const grant = grantOf('give-h');
    const of = { method: 'POST', path: `${paths('give-h').jobs}?dryRun=All`, body: JSON.stringify(timerOf(grant, 60)) } as const;
    expect(await cluster.service.ask(of)).toMatchObject({ status: 201, warnings: [] });
  });

  test('a grant that is longer than the longest is refused by the cluster itself', async () => {
    await cluster.namespace('give-i');
    const grant = grantOf('give-i', { seconds: 25 * 3600 });
    expect(await give(grant)).toEqual({ outcome: 'refused', reason: expect.stringContaining('longer than the longest grant allowed') });
  });

  describe('found in another state', () => {
    const standing = async (space: string, change: (timer: Record<string, unknown>) => object) => {
      await cluster.namespace(space);
      const grant = grantOf(space);
      const timer = timerOf(grant, 7200) as Record<string, unknown>;
      const reply = await cluster.admin.ask({ method: 'POST', path: paths(space).jobs, body: JSON.stringify(change(timer)) });
      if (reply.status !== 201) throw new Error(reply.body);
      return { grant, uid: (JSON.parse(reply.body) as { metadata: { uid: string } }).metadata.uid };
    };
    const uidOf = async (grant: Grant) => (await cluster.object(timerPath(grant)))?.metadata.uid;

    test('a timer without its binding is kept: what is repaired lasts no longer', async () => {
      const { grant, uid } = await standing('give-j', (timer) => ({
        ...timer,
        spec: { ...(timer['spec'] as object), activeDeadlineSeconds: 600 },
      }));
      expect(await give(grant)).toEqual({ outcome: 'given' });
      expect(await uidOf(grant)).toBe(uid);
    });

    test('a timer that would run too long is replaced', async () => {
      const { grant, uid } = await standing('give-k', (timer) => ({
        ...timer,
        spec: { ...(timer['spec'] as object), activeDeadlineSeconds: 9000 },
      }));
      expect(await give(grant)).toEqual({ outcome: 'given' });
      expect(await uidOf(grant)).not.toBe(uid);
    });

    test('a timer that the controller saw late is replaced, and its binding with it', async () => {
      await cluster.namespace('give-l');
      const grant = await cluster.give(grantOf('give-l'));
      const uid = await uidOf(grant);
      const late = new Date(Date.now() + 3600_000).toISOString();
      await cluster.admin.ask({
        method: 'PATCH',
        path: `${timerPath(grant)}/status`,
        body: JSON.stringify({ status: { startTime: late } }),
        type: 'application/merge-patch+json',
      });
      expect(await give(grant)).toEqual({ outcome: 'given' });
      expect(await uidOf(grant)).not.toBe(uid);
      expect(await give(grant)).toEqual({ outcome: 'there' });
    });

    test('a timer whose time is up gives nothing, whatever our clock says', async () => {
      await cluster.namespace('give-m');
      const grant = await cluster.give(grantOf('give-m'));
      const at = new Date().toISOString();
      const conditions = [{ type: 'FailureTarget', status: 'True', reason: 'DeadlineExceeded', lastTransitionTime: at }];
      const status = { startTime: at, conditions };
      const of = { method: 'PATCH', path: `${timerPath(grant)}/status`, body: JSON.stringify({ status }) } as const;
      expect(await cluster.admin.ask({ ...of, type: 'application/merge-patch+json' })).toMatchObject({ status: 200 });
      expect(await give(grant)).toEqual({ outcome: 'over' });
    });

    test('a binding that belongs to an earlier timer is replaced', async () => {
      await cluster.namespace('give-n');
      const grant = await cluster.give(grantOf('give-n'));
      const body = JSON.stringify({ propagationPolicy: 'Background' });
      await cluster.admin.ask({ method: 'DELETE', path: timerPath(grant), body }); // and nobody collects garbage here
      expect(await give(grant)).toEqual({ outcome: 'given' });
      expect(await give(grant)).toEqual({ outcome: 'there' });
    });
  });

  test('dies between any two requests, and the next one ends where an undisturbed one does', async () => {
    await cluster.namespace('give-o');
    class Died extends Error {}
    let steps = 0;
    for (let dies = 1; ; dies += 1) {
      const grant = grantOf('give-o');
      let asked = 0;
      const mortal = (after: boolean) =>
        watching(cluster.service, (of: ApiRequest) => {
          asked += 1;
          if (asked < dies) return undefined;
          if (asked > dies || !after) throw new Died();
          return cluster.service.ask(of, never).then(() => {
            throw new Died(); // done, and the answer never came
          });
        });
      const first = await giveGrant(mortal(true), grant, naming, new Date(), never).catch((error: unknown) => error);
      steps = dies;
      if (!(first instanceof Died)) break;
      expect((await give(grant)).outcome).toMatch(/^(given|there)$/);
      const live = await liveOf(grant);
      expect(live && differs(live, grant, naming)).toBeUndefined();
    }
    expect(steps).toBeGreaterThan(5);
  });

  test('everything with the id goes, under whatever name somebody made it', async () => {
    await cluster.namespace('give-p');
    const grant = await cluster.give(grantOf('give-p'));
    const timer = timerOf(grant, 60);
    await cluster.admin.ask({
      method: 'DELETE',
      path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/lockkeeper-timers',
    });
    const path = paths('give-p').jobs;
    const body = JSON.stringify({ ...timer, metadata: { ...(timer['metadata'] as object), name: 'another' } });
    while ((await cluster.admin.ask({ method: 'POST', path: `${path}?dryRun=All`, body })).status !== 201);
    await cluster.admin.ask({ method: 'POST', path, body });
    const live = await liveOf(grant);
    expect(live && differs(live, grant, naming)).toBe('its label stands on others too: another');
    await takeGrant(cluster.service, grant, never);
    expect(await liveOf(grant)).toBeUndefined();
    expect(await cluster.object(`${path}/another`)).toBeUndefined();
  });
});
