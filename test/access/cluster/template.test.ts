import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { checkGuards } from '../../../src/access/cluster/guards.ts';
import { liveGrants } from '../../../src/access/cluster/live.ts';
import { namespacesOf } from '../../../src/access/cluster/namespaces.ts';
import { reapExpired } from '../../../src/access/end/reap.ts';
import { AccessCluster, grantOf, never, type Written, written } from '../../support/access-cluster.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { deployed, stateOf } from '../../support/deploy-world.ts';
import { describeWith } from '../../support/parts.ts';

const root = resolve(import.meta.dirname, '../../..');
const template = join(root, 'environments-template');
const operations = loadAll(readFileSync(join(root, 'operations/cluster-role.yaml'), 'utf8')) as readonly Written[];

describeWith('control-plane', 'the template of environments, as whoever forks it first deploys it', () => {
  const shared = sharedControlPlane();
  let cluster: AccessCluster;
  beforeAll(async () => {
    cluster = await AccessCluster.open(await shared(), { guarded: false });
  });
  afterAll(() => cluster.close());

  test('its account deploys all of it, policies and bindings too, once more with the policies in force, and is guarded then', async () => {
    await cluster.apply([
      ...operations.filter(({ kind }) => kind === 'Namespace'),
      ...operations.filter(({ kind }) => kind !== 'Namespace'),
    ]);
    const deployer = await cluster.account('lockkeeper-system', 'lockkeeper-deploy');
    const names = readdirSync(template, { recursive: true, withFileTypes: true }).filter(
      (one) => one.isFile() && one.name.endsWith('.yaml'),
    );
    const files = names.map(
      ({ parentPath, name }) => [join(parentPath, name).slice(template.length + 1), readFileSync(join(parentPath, name), 'utf8')] as const,
    );
    const environment = ['environment.yml', readFileSync(join(template, 'environment.yml'), 'utf8')] as const;
    const state = await stateOf(Object.fromEntries([environment, ...files.filter(([path]) => path.startsWith('manifests/'))]));
    const first = await deployed(deployer, 'example', state);
    expect([first.report.outcome, first.report.failures]).toEqual(['succeeded', []]);
    await cluster.untilGuarded();
    const again = await deployed(
      deployer,
      'example',
      await stateOf({
        ...Object.fromEntries([environment, ...files.filter(([path]) => path.startsWith('manifests/'))]),
        'manifests/more.yaml': more,
      }),
    );
    expect([again.report.outcome, again.report.failures]).toEqual(['succeeded', []]);
    const spaces = (await namespacesOf(cluster.service, never)).filter(({ name }) => !name.startsWith('kube-'));
    expect(
      (
        await checkGuards(
          cluster.service,
          spaces.map(({ name }) => name),
          never,
        )
      ).checks.filter(({ ok }) => !ok),
    ).toEqual([]);
    await deployer.close();
  });

  test('the reaper takes what is over, and can do nothing else', async () => {
    await cluster.apply(written('optional/access-reaper.yaml'));
    await cluster.namespace('reaped');
    const grant = await cluster.give(grantOf('reaped'));
    const reaper = await cluster.account('lockkeeper-system', 'lockkeeper-reaper');
    while ((await reapExpired(reaper, new Date(), never).catch(() => undefined)) === undefined); // who authorizes learns of its role a moment later
    expect(await liveGrants(reaper, never)).toHaveLength(1);
    expect(await reapExpired(reaper, new Date(Date.parse(grant.until) + 1000), never)).toEqual([
      { id: grant.id, namespace: 'reaped', reason: `it ended at ${grant.until}` },
    ]);
    expect(await liveGrants(reaper, never)).toEqual([]);
    await expect(reaper.ask({ method: 'GET', path: '/api/v1/secrets' })).rejects.toThrow('cannot list resource "secrets"');
    await reaper.close();
  });
});

const more = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: another, namespace: hello }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: others }]
`;
