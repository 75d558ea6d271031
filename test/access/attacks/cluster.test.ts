import { nameOf, timerOf } from '../../../src/access/cluster/objects.ts';
import type { Grant } from '../../../src/domain/access.ts';
import { AccessCluster, bindingPath, grantOf, paths, type Request, timerPath } from '../../support/access-cluster.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { describeWith } from '../../support/parts.ts';

/** What somebody tries who has access until a certain hour, and the policy that says no, where the role has not said it already. */
type Attack = readonly [name: string, policy: string, of: (grant: Grant) => Request | Promise<Request>];

const space = 'attacks';
const { bindings, roles, jobs, configs, secrets, pods, accounts } = paths(space);
const rbac = 'rbac.authorization.k8s.io/v1';
const alice = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' };
const lasting = (name: string, more: object = {}) => ({
  apiVersion: rbac,
  kind: 'RoleBinding',
  metadata: { name, namespace: space, ...more },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'lockkeeper-admin' },
  subjects: [alice],
});
const marked = (id: string, expires: string) => ({
  labels: { 'lockkeeper.dev/grant': id },
  annotations: { 'lockkeeper.dev/expires-at': expires },
});
const inAYear = new Date(Date.now() + 365 * 24 * 3600_000).toISOString();
const patch = (path: string, body: object, type?: string): Request => ({
  method: 'PATCH',
  path,
  body,
  ...(type !== undefined && { type }),
});
const create = (path: string, body: object): Request => ({ method: 'POST', path, body });
const timer = (grant: Grant, spec: object) => patch(timerPath(grant), { spec });
const json = 'application/json-patch+json';
const apply = 'application/apply-patch+yaml';

const lastingAttacks: readonly Attack[] = [
  ['binds again', 'guards', () => create(bindings, lasting('again'))],
  ['binds again under the name of a grant', '(grants|guards)', () => create(bindings, lasting(nameOf('mine')))],
  ['binds again with the label of a grant', '(grants|guards)', () => create(bindings, lasting('labelled', marked('mine', inAYear)))],
  [
    'writes a role of its own',
    'guards',
    () =>
      create(roles, {
        apiVersion: rbac,
        kind: 'Role',
        metadata: { name: 'all' },
        rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
      }),
  ],
  [
    'widens a role that is there',
    'guards',
    () => patch(`${roles}/reads`, { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }),
  ],
  ['adds itself to a binding of the team', 'guards', () => patch(`${bindings}/team`, { subjects: [alice] })],
  [
    'adds itself to a binding of the team, by server-side apply',
    'guards',
    () =>
      patch(
        `${bindings}/team?fieldManager=kubectl&force=true`,
        { apiVersion: rbac, kind: 'RoleBinding', subjects: [alice], roleRef: lasting('').roleRef },
        apply,
      ),
  ],
  [
    'puts the label on a binding of the team',
    'grants',
    () => patch(`${bindings}/team`, { metadata: { labels: { 'lockkeeper.dev/grant': 'mine' } } }),
  ],
  [
    'mints a token',
    'guards',
    () =>
      create(`${accounts}/robot/token`, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 315_360_000 },
      }),
  ],
  [
    'mints a token that is bound to a Secret',
    'guards',
    () =>
      create(`${accounts}/robot/token`, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'plain' } },
      }),
  ],
  [
    'makes a Secret that holds a token',
    'guards',
    () =>
      create(secrets, {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 'token', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
      }),
  ],
  [
    'turns a token Secret to another account',
    'guards',
    () => patch(`${secrets}/old-token`, { metadata: { annotations: { 'kubernetes.io/service-account.name': 'strong' } } }),
  ],
  [
    'takes the guard off the namespace',
    'guards',
    () => patch(`/api/v1/namespaces/${space}`, { metadata: { labels: { 'lockkeeper.dev/guard': 'disabled' } } }),
  ],
];

const bindingAttacks: readonly Attack[] = [
  [
    'moves the hour of its binding',
    'grants',
    (grant) => patch(bindingPath(grant), { metadata: { annotations: { 'lockkeeper.dev/expires-at': inAYear } } }),
  ],
  ['takes its binding from the timer', 'grants', (grant) => patch(bindingPath(grant), { metadata: { ownerReferences: null } })],
  [
    'gives its binding a second owner',
    'grants',
    (grant) =>
      patch(
        bindingPath(grant),
        [
          {
            op: 'add',
            path: '/metadata/ownerReferences/-',
            value: { apiVersion: 'v1', kind: 'ConfigMap', name: 'plain', uid: 'b8e8a1b4-6d1c-4f8e-9a55-3f2a3c0c1d11' },
          },
        ],
        json,
      ),
  ],
  [
    'takes the label off its binding',
    'grants',
    (grant) => patch(bindingPath(grant), { metadata: { labels: { 'lockkeeper.dev/grant': null } } }),
  ],
  [
    'gives its binding the label of another grant',
    'grants',
    (grant) => patch(bindingPath(grant), { metadata: { labels: { 'lockkeeper.dev/grant': 'other' } } }),
  ],
  [
    'gives its binding to a friend',
    '(grants|guards)',
    (grant) => patch(bindingPath(grant), { subjects: [alice, { ...alice, name: 'mallory' }] }),
  ],
  ['holds its binding by a finalizer', 'grants', (grant) => patch(bindingPath(grant), { metadata: { finalizers: ['evil.example/stay'] } })],
  [
    'rewrites who approved it',
    'grants',
    (grant) => patch(bindingPath(grant), { metadata: { annotations: { 'lockkeeper.dev/approved-by': 'everybody' } } }),
  ],
];

const timerAttacks: readonly Attack[] = [
  ['suspends the timer', 'timers', (grant) => timer(grant, { suspend: true })],
  ['gives the timer longer', 'timers', (grant) => timer(grant, { activeDeadlineSeconds: 999_999 })],
  ['takes the deadline off the timer', 'timers', (grant) => timer(grant, { activeDeadlineSeconds: null })],
  [
    'takes the deadline off, by a patch of operations',
    'timers',
    (grant) => patch(timerPath(grant), [{ op: 'remove', path: '/spec/activeDeadlineSeconds' }], json),
  ],
  [
    'gives the timer longer, by server-side apply',
    'timers',
    (grant) =>
      patch(
        `${timerPath(grant)}?fieldManager=kubectl&force=true`,
        { apiVersion: 'batch/v1', kind: 'Job', spec: { activeDeadlineSeconds: 999_999 } },
        apply,
      ),
  ],
  ['keeps the timer after its end', 'timers', (grant) => timer(grant, { ttlSecondsAfterFinished: null })],
  ['keeps the timer for a year', 'timers', (grant) => timer(grant, { ttlSecondsAfterFinished: 31_536_000 })],
  ['lets the timer have pods', 'timers', (grant) => timer(grant, { parallelism: 3 })],
  ['holds the timer by a finalizer', 'timers', (grant) => patch(timerPath(grant), { metadata: { finalizers: ['evil.example/stay'] } })],
  ['tells the timer to orphan, by its finalizer', 'timers', (grant) => patch(timerPath(grant), { metadata: { finalizers: ['orphan'] } })],
  [
    'takes the label off the timer',
    'timers',
    (grant) => patch(timerPath(grant), { metadata: { labels: { 'lockkeeper.dev/grant': null } } }),
  ],
  [
    'gives the timer an owner',
    'timers',
    (grant) =>
      patch(timerPath(grant), {
        metadata: {
          ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'plain', uid: 'b8e8a1b4-6d1c-4f8e-9a55-3f2a3c0c1d11' }],
        },
      }),
  ],
  [
    'deletes the timer and orphans the binding',
    'timers',
    (grant) => ({ method: 'DELETE', path: timerPath(grant), body: { propagationPolicy: 'Orphan' } }),
  ],
  [
    'deletes the timer by the old word for it',
    'timers',
    (grant) => ({ method: 'DELETE', path: timerPath(grant), body: { orphanDependents: true } }),
  ],
  [
    'deletes the timer and says nothing, which for a Job means to orphan',
    'timers',
    (grant) => ({ method: 'DELETE', path: timerPath(grant) }),
  ],
  ['deletes all Jobs and orphans what they own', 'timers', () => ({ method: 'DELETE', path: `${jobs}?propagationPolicy=Orphan` })],
  ['says that the timer began just now', 'timers', (grant) => patch(`${timerPath(grant)}/status`, { status: { startTime: inAYear } })],
  [
    'makes a pod that the timer waits for',
    'timers',
    ({ id }) =>
      create(pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'undead', labels: { 'lockkeeper.dev/grant': id } },
        spec: { terminationGracePeriodSeconds: 999_999, containers: [{ name: 'a', image: 'b' }] },
      }),
  ],
  [
    'labels a pod so that the timer waits for it',
    'timers',
    ({ id }) => patch(`${pods}/plain`, { metadata: { labels: { 'lockkeeper.dev/grant': id } } }),
  ],
  ['makes a timer of its own', 'timers', () => create(jobs, timerOf({ id: 'mine', namespace: space }, 60))],
  [
    'takes the name of a timer that is to come',
    'timers',
    () => create(jobs, { ...timerOf({ id: 'next', namespace: space }, 60), metadata: { name: nameOf('next'), namespace: space } }),
  ],
];

describeWith('control-plane', 'who has access for a while', () => {
  const shared = sharedControlPlane();
  let cluster: AccessCluster;
  let grant: Grant;
  beforeAll(async () => {
    cluster = await AccessCluster.open(await shared());
    await cluster.namespace(space);
    const spec = { containers: [{ name: 'a', image: 'b' }] };
    await cluster.apply([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace: space } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'strong', namespace: space } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'plain', namespace: space } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'plain', namespace: space }, spec },
      { apiVersion: rbac, kind: 'Role', metadata: { name: 'reads', namespace: space }, rules: [] },
      { ...lasting('team'), subjects: [{ ...alice, kind: 'Group', name: 'team' }] },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 'old-token', namespace: space, annotations: { 'kubernetes.io/service-account.name': 'robot' } },
      },
      // Somebody who may do everything in the namespace, and whom RBAC itself refuses nothing there.
      {
        apiVersion: rbac,
        kind: 'ClusterRole',
        metadata: { name: 'everything' },
        rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
      },
      { ...lasting('owner'), roleRef: { ...lasting('').roleRef, name: 'everything' }, subjects: [{ ...alice, name: 'owner' }] },
    ]);
    grant = await cluster.give(grantOf(space));
    for (const name of ['alice', 'owner']) await cluster.until(200, () => cluster.as(name)({ method: 'GET', path: secrets }));
  });
  afterAll(() => cluster.close());

  const attacks = [...lastingAttacks, ...bindingAttacks, ...timerAttacks];

  test.each(attacks)('%s: the holder of the level admin is refused', async (_, policy, of) => {
    const { status, message } = await cluster.as('alice')(await of(grant));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toMatch(new RegExp(`ValidatingAdmissionPolicy 'lockkeeper-${policy}'|User "alice" cannot `));
    expect(message).not.toContain('resulted in error');
  });

  test.each(attacks)('%s: who may do everything in the namespace is refused by the policy', async (_, policy, of) => {
    const { status, message } = await cluster.as('owner')(await of(grant));
    expect([status >= 400, message]).toEqual([true, expect.stringMatching(`ValidatingAdmissionPolicy 'lockkeeper-${policy}'`)]);
    expect(message).not.toContain('resulted in error');
  });

  test.each(['developer', 'admin'] as const)('the level %s still does what it is for', async (level) => {
    const role = { developer: 'edit', admin: 'lockkeeper-admin' }[level];
    const rules = [{ apiGroups: [''], resources: ['configmaps', 'pods', 'secrets'], verbs: ['create', 'delete', 'get'] }];
    if (level === 'developer')
      await cluster.admin.ask({
        method: 'PATCH',
        path: '/apis/rbac.authorization.k8s.io/v1/clusterroles/edit',
        body: JSON.stringify({ rules }), // as their controller gathers them, which does not run here
        type: 'application/merge-patch+json',
      });
    const user = `works-${level}`;
    await cluster.give(grantOf(space, { subject: { kind: 'user', name: user }, level, role }));
    const ask = cluster.as(user);
    await cluster.until(201, () => ask(create(configs, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x-' } })));
    const made = [
      await ask(create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { generateName: 'x-' } })),
      await ask(
        create(pods, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { generateName: 'x-' },
          spec: { containers: [{ name: 'a', image: 'b' }] },
        }),
      ),
    ];
    expect(made.map(({ status }) => status)).toEqual([201, 201]);
  });

  test('acts as a service account of the namespace: RBAC does not let the holder of admin', async () => {
    const review = (name: string) =>
      cluster.as(name)(
        create('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { namespace: space, verb: 'impersonate', resource: 'serviceaccounts', name: 'strong' } },
        }),
      );
    expect(JSON.parse((await review('alice')).body)).toMatchObject({ status: { allowed: false } });
  });

  test('runs a pod as a stronger service account of the namespace: what that may write, the policies refuse it', async () => {
    await cluster.apply([
      {
        ...lasting('strong'),
        roleRef: { ...lasting('').roleRef, name: 'everything' },
        subjects: [{ kind: 'ServiceAccount', name: 'strong', namespace: space }],
      },
    ]);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'strong' },
      spec: { serviceAccountName: 'strong', containers: [{ name: 'a', image: 'b' }] },
    };
    expect((await cluster.as('alice')(create(pods, pod))).status).toBe(201);
    const strong = cluster.as(`system:serviceaccount:${space}:strong`, ['system:serviceaccounts', `system:serviceaccounts:${space}`]);
    await cluster.until(200, () => strong({ method: 'GET', path: secrets }));
    for (const body of [lasting('by-strong'), lasting(nameOf('mine'), marked('mine', inAYear))])
      expect(await strong(create(bindings, body))).toMatchObject({ message: expect.stringContaining('ValidatingAdmissionPolicy') });
  });

  test('applies the binding of a grant that is over again: the hour is past by the clock of the API server', async () => {
    const over = { ...lasting(nameOf('over'), marked('over', '2026-01-01T00:00:00Z')) };
    const metadata = {
      ...over.metadata,
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: nameOf('over'), uid: 'b8e8a1b4-6d1c-4f8e-9a55-3f2a3c0c1d11' }],
    };
    const reply = await cluster.admin.ask({ method: 'POST', path: bindings, body: JSON.stringify({ ...over, metadata }) });
    expect([reply.status, reply.body]).toEqual([422, expect.stringContaining('the grant is over')]);
  });

  test.each([
    ['an hour that is no time', 'soon', 'the grant is over'],
    ['no hour', '', 'the grant is over'],
    ['an hour in a year', inAYear, 'longer than the longest allowed'],
    ['an hour with a time zone', '2026-11-21T23:00:00+01:00', 'the grant is over'],
  ])('not even a cluster admin, by mistake, makes a grant with %s', async (_, expires, said) => {
    const body = lasting(nameOf('odd'), {
      ...marked('odd', expires),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: nameOf('odd'), uid: 'b8e8a1b4-6d1c-4f8e-9a55-3f2a3c0c1d11' }],
    });
    const reply = await cluster.admin.ask({ method: 'POST', path: bindings, body: JSON.stringify(body) });
    expect([reply.status, reply.body]).toEqual([422, expect.stringContaining(said)]);
  });

  test.each([
    [
      'in every namespace',
      () => ({
        ...lasting(nameOf('wide')),
        kind: 'ClusterRoleBinding',
        metadata: { name: nameOf('wide'), labels: { 'lockkeeper.dev/grant': 'wide' } },
      }),
      '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    ],
    ['without a timer', () => lasting(nameOf('bare'), marked('bare', grant.until)), bindings],
    [
      'to everybody',
      () => ({
        ...lasting(nameOf('bare'), marked('bare', grant.until)),
        subjects: [{ ...alice, kind: 'Group', name: 'system:authenticated' }],
      }),
      bindings,
    ],
    [
      "of Kubernetes' own admin",
      () => ({ ...lasting(nameOf('bare'), marked('bare', grant.until)), roleRef: { ...lasting('').roleRef, name: 'admin' } }),
      bindings,
    ],
  ])('not even a cluster admin, by mistake, makes a grant %s', async (_, body, path) => {
    const reply = await cluster.admin.ask({ method: 'POST', path, body: JSON.stringify(body()) });
    expect([reply.status, reply.body]).toEqual([422, expect.stringContaining("ValidatingAdmissionPolicy 'lockkeeper-grants'")]);
  });

  test('whoever may bypass the guards writes bindings, and still no grants', async () => {
    await cluster.apply([
      {
        apiVersion: rbac,
        kind: 'ClusterRole',
        metadata: { name: 'bypass' },
        rules: [{ apiGroups: ['lockkeeper.dev'], resources: ['guards'], verbs: ['bypass'] }],
      },
      {
        ...lasting('bypass'),
        kind: 'ClusterRoleBinding',
        metadata: { name: 'bypass' },
        roleRef: { ...lasting('').roleRef, name: 'bypass' },
        subjects: [{ ...alice, name: 'owner-too' }],
      },
      { ...lasting('owner-too'), roleRef: { ...lasting('').roleRef, name: 'everything' }, subjects: [{ ...alice, name: 'owner-too' }] },
    ]);
    const ask = cluster.as('owner-too');
    await cluster.until(201, () => ask(create(bindings, lasting('by-owner-too'))));
    expect(await ask(create(bindings, lasting(nameOf('mine'), marked('mine', inAYear))))).toMatchObject({
      message: expect.stringContaining('lockkeeper-grants'),
    });
  });

  test('in a namespace that is not guarded, and in those of Kubernetes, RBAC is written as ever', async () => {
    await cluster.namespace('attacks-free', { 'lockkeeper.dev/guard': 'disabled' });
    for (const namespace of ['attacks-free', 'kube-public']) {
      await cluster.apply([
        {
          ...lasting('owner'),
          metadata: { name: 'owner', namespace },
          roleRef: { ...lasting('').roleRef, name: 'everything' },
          subjects: [{ ...alice, name: 'owner' }],
        },
      ]);
      const body = { ...lasting('again'), metadata: { name: 'again', namespace } };
      await cluster.until(201, () => cluster.as('owner')(create(paths(namespace).bindings, body)));
    }
  });

  test.each([
    ['a node', 'system:node:a', ['system:nodes'], true],
    ["one of Kubernetes' controllers", 'system:serviceaccount:kube-system:a', ['system:serviceaccounts:kube-system'], true],
    ['somebody else', 'mints', [], false],
  ])('tokens for pods: %s', async (_, user, groups, isAllowed) => {
    await cluster.apply([
      {
        ...lasting('mints'),
        roleRef: { ...lasting('').roleRef, name: 'everything' },
        subjects: [user, ...groups].map((name, index) => ({ ...alice, name, kind: index === 0 ? 'User' : 'Group' })),
      },
    ]);
    await cluster.until(200, () => cluster.as(user, groups)({ method: 'GET', path: secrets }));
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { status, message } = await cluster.as(user, groups)(create(`${accounts}/robot/token`, request));
    expect([status, message]).toEqual(
      isAllowed ? [201, ''] : [422, expect.stringContaining("ValidatingAdmissionPolicy 'lockkeeper-guards'")],
    );
  });
});
