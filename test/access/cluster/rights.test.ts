import { giveGrant } from '../../../src/access/cluster/give.ts';
import { checkGuards } from '../../../src/access/cluster/guards.ts';
import { differs, liveGrants } from '../../../src/access/cluster/live.ts';
import { namespacesOf } from '../../../src/access/cluster/namespaces.ts';
import { lackingRights } from '../../../src/access/cluster/rights.ts';
import { takeGrant } from '../../../src/access/cluster/take.ts';
import type { ApiServer } from '../../../src/domain/cluster.ts';
import { explain } from '../../../src/domain/errors.ts';
import { AccessCluster, grantOf, naming, never, paths, written } from '../../support/access-cluster.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { describeWith } from '../../support/parts.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

const roleIn = (file: string, name: string): readonly Rule[] => {
  const found = written(file).find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === name);
  return found?.['rules'] as readonly Rule[];
};

const roles = ['view', 'edit', 'lockkeeper-admin'];

/** One right after the other left out. */
const without = roleIn('manifests/access/service.yaml', 'lockkeeper-access').flatMap((rule, index, all) => {
  const others = all.filter((_, at) => at !== index);
  const left = (part: 'verbs' | 'resourceNames' | 'resources') =>
    (rule[part] ?? []).map((one) => {
      const rest = (rule[part] ?? []).filter((each) => each !== one);
      const what = `${part === 'verbs' ? `${one} ` : ''}${rule.resources.join(', ')}${part === 'verbs' ? '' : ` ${one}`}`;
      return [what, rest.length === 0 ? others : [...others, { ...rule, [part]: rest }]] as const;
    });
  return [
    ...left('verbs'),
    ...(rule.resourceNames === undefined ? [] : left('resourceNames')),
    ...(rule.resources.length > 1 ? left('resources') : []),
  ];
});

describeWith('control-plane', 'the rights of the account that gives and takes access', () => {
  const shared = sharedControlPlane();
  let cluster: AccessCluster;
  beforeAll(async () => {
    cluster = await AccessCluster.open(await shared());
    await cluster.namespace('rights');
    for (const name of ['view', 'edit']) {
      const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]; // as their controller gathers them, which does not run here
      const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`;
      await cluster.admin.ask({ method: 'PATCH', path, body: JSON.stringify({ rules }), type: 'application/merge-patch+json' });
    }
  });
  afterAll(() => cluster.close());

  /** All that Lockkeeper ever does in a cluster for a grant of each level; what went wrong, in order. */
  async function life(server: ApiServer): Promise<readonly string[]> {
    const wrong: string[] = [];
    const step = async (name: string, work: () => Promise<string | undefined>): Promise<void> => {
      const said = await work().catch(explain);
      if (said !== undefined) wrong.push(`${name}: ${said}`);
    };
    await step('namespaces', async () => void (await namespacesOf(server, never)));
    await step('guards', async () => (await checkGuards(server, ['rights'], never)).checks.find(({ ok }) => !ok)?.detail);
    for (const role of roles) {
      const grant = grantOf('rights', { role });
      await step(`give ${role}`, async () => {
        const given = await giveGrant(server, grant, naming, new Date(), never);
        return given.outcome === 'given' ? undefined : JSON.stringify(given);
      });
      await step('repair', async () => {
        await cluster.admin.ask({ method: 'DELETE', path: `${paths('rights').bindings}/lockkeeper-grant-${grant.id}` });
        const given = await giveGrant(server, grant, naming, new Date(), never);
        return given.outcome === 'given' ? undefined : JSON.stringify(given);
      });
      await step('look', async () => {
        const live = (await liveGrants(server, never)).find(({ id }) => id === grant.id);
        return live === undefined ? 'not seen' : differs(live, grant, naming);
      });
      await step('take', async () => void (await takeGrant(server, grant, never)));
      await takeGrant(cluster.admin, grant, never);
    }
    return wrong;
  }

  test('those that the template gives it suffice for the whole life of a grant, and for doctor', async () => {
    expect(await life(cluster.service)).toEqual([]);
    expect(await lackingRights(cluster.service, roles, never)).toEqual([]);
  });

  test.each(without.map(([what, rules], index) => [what, rules, `without-${index}`] as const))(
    'without %s it breaks',
    async (what, rules, name) => {
      await cluster.apply([
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'lockkeeper-system' } },
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules },
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
          subjects: [{ kind: 'ServiceAccount', name, namespace: 'lockkeeper-system' }],
        },
      ]);
      const server = await cluster.account('lockkeeper-system', name);
      const lacking = await untilRights(server, what.startsWith('bind') ? 3 : what.startsWith('get validating') ? 2 : 1);
      expect(await life(server)).not.toEqual([]);
      expect(what).toContain(lacking[0]?.split(' ')[1]?.split('.')[0]);
      await server.close();
    },
  );

  /** What it lacks; who authorizes learns of a role a moment later. */
  async function untilRights(server: ApiServer, number: number): Promise<readonly string[]> {
    for (;;) {
      const lacking = await lackingRights(server, roles, never);
      if (lacking.length === number) return lacking;
    }
  }

  test('it may do nothing else: neither read Secrets, nor write roles, nor bind a role that is no level', async () => {
    const refused = async (method: 'GET' | 'POST', path: string, body?: object) =>
      cluster.service.ask({ method, path, ...(body && { body: JSON.stringify(body) }) }).then(
        ({ status }) => status,
        () => 403,
      );
    const metadata = { name: 'x', namespace: 'rights' };
    expect(await refused('GET', paths('rights').secrets)).toBe(403);
    expect(await refused('POST', paths('rights').pods, { apiVersion: 'v1', kind: 'Pod', metadata })).toBe(403);
    expect(await refused('POST', paths('rights').roles, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata })).toBe(403);
    for (const name of ['admin', 'cluster-admin', 'view']) {
      const body = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      };
      expect([
        name,
        (await cluster.service.ask({ method: 'POST', path: paths('rights').bindings, body: JSON.stringify(body) })).status > 400,
      ]).toEqual([name, true]);
    }
  });
});

/** Kubernetes' own admin, as rules that each allow one verb on one resource. */
describeWith('control-plane', 'the level admin', () => {
  const shared = sharedControlPlane();
  let cluster: AccessCluster;
  beforeAll(async () => {
    cluster = await AccessCluster.open(await shared(), { guarded: false });
  });
  afterAll(() => cluster.close());

  const each = (rules: readonly Rule[]): ReadonlySet<string> =>
    new Set(
      rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`))),
      ),
    );
  const shippedByKubernetes = async (name: string): Promise<readonly Rule[]> =>
    (
      await cluster.object<{ readonly rules: readonly Rule[] }>(
        `/apis/rbac.authorization.k8s.io/v1/clusterroles/system:aggregate-to-${name}`,
      )
    )?.rules ?? [];

  test("is Kubernetes' own admin without what makes access last, and nothing more", async () => {
    const theirs = each([
      ...(await shippedByKubernetes('admin')),
      ...(await shippedByKubernetes('edit')),
      ...(await shippedByKubernetes('view')),
    ]);
    const ours = each(roleIn('manifests/access/levels.yaml', 'lockkeeper-admin'));
    const left = [...theirs].filter((one) => !ours.has(one) && !one.endsWith('.extensions')); // that group is served no more
    const writes = ['create', 'delete', 'deletecollection', 'patch', 'update'];
    expect(left.sort()).toEqual(
      [
        ...['roles', 'rolebindings'].flatMap((resource) => writes.map((verb) => `${verb} ${resource}.rbac.authorization.k8s.io`)),
        'create serviceaccounts/token.',
        'impersonate serviceaccounts.',
      ].sort(),
    );
    expect([...ours].filter((one) => !theirs.has(one))).toEqual([]);
  });
});
