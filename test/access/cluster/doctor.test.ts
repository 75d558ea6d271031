import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigText } from '../../../src/adapters/cluster/control-plane/kubeconfig.ts';
import type { ControlPlane } from '../../../src/adapters/cluster/control-plane/start.ts';
import { AccessCluster } from '../../support/access-cluster.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { describeWith } from '../../support/parts.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { call } from '../../support/terminal.ts';

describeWith('control-plane', 'lockkeeper access doctor', () => {
  const shared = sharedControlPlane();
  let plane: ControlPlane;
  let cluster: AccessCluster;
  const temporary = temporaryFolder();
  beforeAll(async () => {
    plane = await shared();
    cluster = await AccessCluster.open(plane);
    await cluster.namespace('shop');
  });
  afterAll(() => cluster.close());

  /** An app.yml whose cluster is asked as that account. */
  async function withToken(account: string): Promise<string> {
    const folder = temporary();
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, kubeconfigText({ ...plane.address, token: await cluster.token('lockkeeper-system', account) }));
    const path = join(folder, 'app.yml');
    writeFileSync(
      path,
      `forges: { local: { type: local, path: ${join(folder, 'repositories')} } }
store: { url: "file:${join(folder, 'data')}" }
clusters: { blue: { kubeconfig: ${file} } }
environments: [{ name: staging, repository: "local:staging", cluster: blue }]
access: { approvers: [lead], namespaces: [shop, nothing-*] }
`,
    );
    return path;
  }

  const doctor = (file: string, ...more: readonly string[]) => call(['access', 'doctor', '--config', file, ...more], process.env);

  test('a cluster with all policies in force; the repository is not there yet, which is somebody else', async () => {
    const { exit, stdout } = await doctor(await withToken('lockkeeper-access'), '--json');
    const { clusters, errors } = JSON.parse(stdout) as {
      readonly clusters: readonly {
        readonly checks: readonly { readonly check: string; readonly ok: boolean; readonly detail: string }[];
      }[];
      readonly errors: readonly { readonly scope: string }[];
    };
    expect(clusters[0]?.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(clusters[0]?.checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["this account's rights", 'policy lockkeeper-grants', 'shop: a timer that is held is refused']),
    );
    expect([exit, errors.map(({ scope }) => scope)]).toEqual([3, ['staging']]);
  });

  test('a table for people', async () => {
    const { stdout } = await doctor(await withToken('lockkeeper-access'), '--env', 'staging');
    expect(stdout).toMatch(/^staging, cluster blue: guarded, 12 checks$/m);
    expect(stdout).toMatch(/^fine +shop: bindings beside grants are refused +by lockkeeper-guards$/m);
  });

  test('an account without rights is told which it lacks', async () => {
    await cluster.apply([{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nothing', namespace: 'lockkeeper-system' } }]);
    const { stdout } = await doctor(await withToken('nothing'));
    expect(stdout).toMatch(/^staging, cluster blue: 2 checks not fine$/m);
    expect(stdout).toContain('it may not write grants.lockkeeper.dev, get jobs.batch');
  });

  test('an environment that is none', async () => {
    const { exit, stderr } = await doctor(await withToken('lockkeeper-access'), '--env', 'production');
    expect([exit, stderr]).toEqual([2, expect.stringContaining('app.yml has no environment "production" with a cluster')]);
  });
});
