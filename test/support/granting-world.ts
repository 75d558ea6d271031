import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import type { ControlPlane } from '../../src/adapters/cluster/control-plane/start.ts';
import { createLocal } from '../../src/adapters/forges/local/local.ts';
import type { CommitStatus } from '../../src/domain/forge.ts';
import type { Entry } from '../../src/domain/journal.ts';
import { grantLabel } from '../../src/domain/ownership.ts';
import { branchHead } from './git-repository.ts';
import { askAs } from './impersonation.ts';
import { localScanWorld } from './scan-world.ts';
import { type Served, serve, until } from './served.ts';
import { startSlack } from './slack-server.ts';

const slackToken = 'xoxb-0123456789-secret';
export const path = 'platform/staging';
const template = resolve(import.meta.dirname, '../../environments-template/manifests/access');

interface Binding {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
}

/** What the template brings to a cluster for access, its guards too, and a token of the account that gives it. */
export async function accountOfAccess(admin: ClusterClient): Promise<string> {
  for (const name of readdirSync(template).filter((one) => ['levels.yaml', 'policies.yaml', 'service.yaml'].includes(one))) {
    for (const manifest of loadAll(readFileSync(join(template, name), 'utf8'))) await applied(admin, manifest as Manifest);
  }
  // It judges merge requests as well.
  await applied(admin, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'lockkeeper-access-judges' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'lockkeeper-system', name: 'lockkeeper-access' }],
  });
  const asked = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } });
  const token = '/api/v1/namespaces/lockkeeper-system/serviceaccounts/lockkeeper-access/token';
  const { status, body } = await admin.ask({ method: 'POST', path: token, body: asked });
  if (status !== 201) throw new Error(body);
  return (JSON.parse(body) as { readonly status: { readonly token: string } }).status.token;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [key: string]: unknown;
}

async function applied(admin: ClusterClient, manifest: Manifest): Promise<void> {
  const kind = (await admin.kinds()).find((one) => one.apiVersion === manifest.apiVersion && one.kind === manifest.kind);
  if (kind === undefined) throw new Error(`the cluster has no ${manifest.kind}`);
  const { name, namespace } = manifest.metadata;
  const group = manifest.apiVersion.includes('/') ? `/apis/${manifest.apiVersion}` : `/api/${manifest.apiVersion}`;
  const where = `${group}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${kind.plural}/${name}?fieldManager=admin&force=true`;
  const { status, body } = await admin.ask({
    method: 'PATCH',
    path: where,
    body: JSON.stringify(manifest),
    type: 'application/apply-patch+yaml',
  });
  if (status >= 300) throw new Error(body);
}

/**
 * The service with a repository of the local forge, a Slack, and a real cluster with its guards, in which it may do what the template gives it. Grace
 * and Bob may approve; `more` is added to `access` in app.yml.
 */
export async function grantingWorld(folder: string, plane: ControlPlane, more = '') {
  const admin = connectCluster(plane.address, { throwAway: false });
  const [slack, token] = [await startSlack(slackToken, ['deployments']), await accountOfAccess(admin)];
  const namespace = `t-${randomUUID().slice(0, 8)}`;
  await applied(admin, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  writeFileSync(join(folder, 'kubeconfig'), kubeconfigText({ ...plane.address, token }));
  const local = localScanWorld(folder);
  local.configure(`server: { port: 0 }
clusters: { shared: { kubeconfig: ./kubeconfig } }
environments: [{ name: ${namespace}, repository: "local:${path}", cluster: shared }]
validation: { apiserver: shared, checklist: {} }
access: { approvers: [grace, bob]${more} }
notifications: { slack: { token: "${slackToken}", url: "${slack.url}", channel: "#deployments" } }
`);
  await local.createRepository(path, { 'environment.yml': 'name: sandbox\n' });
  const running: Served[] = [];
  const file = (user: string) => `access/${namespace}/${user}.yml`;
  const messages = () => slack.messages('deployments');
  const world = {
    ...local,
    namespace,
    admin,
    file,
    start: async (): Promise<Served> => {
      const served = await serve(local.config);
      running.push(served);
      return served;
    },
    request: (user: string, duration: string): string =>
      `user: ${user}\nlevel: admin\nreason: "INC-1234: migration stuck"\nduration: ${duration}\n`,
    /** As somebody who writes the file and pushes it; gives the number of the merge request and its head. */
    asked: async (user: string, duration: string): Promise<{ readonly id: number; readonly head: string }> => {
      const branch = `${user}-needs-access`;
      const head = await local.pushBy(path, user, branch, { [file(user)]: world.request(user, duration) });
      return { id: await local.openBy(path, user, branch), head };
    },
    /** By that person, as it is at that commit. */
    approve: (id: number, head: string, user = 'grace') =>
      createLocal({ name: 'local', path: join(folder, 'repositories') }).approve(path, id, user, head),
    /** Status of the gate at a commit. */
    status: async (head: string): Promise<CommitStatus | undefined> =>
      (await local.forge.statuses(path, head)).find(({ name }) => name === 'lockkeeper/access'),
    /** The gate's comment; empty where there is none. */
    said: (id: number): string =>
      local.record(path, id).comments.find(({ author, key }) => author === 'lockkeeper' && key === 'access')?.text ?? '',
    merged: (id: number) => until(() => (local.record(path, id).state === 'merged' ? local.record(path, id) : undefined)),
    head: async (branch: string): Promise<string> => (await branchHead(local.directory(path), branch)) ?? '',
    /** Grants of the namespace in the cluster. */
    bindings: async (): Promise<readonly Binding[]> => {
      const where = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings?labelSelector=${encodeURIComponent(grantLabel)}`;
      const { body } = await admin.ask({ method: 'GET', path: where });
      return (JSON.parse(body) as { readonly items: readonly Binding[] }).items;
    },
    /** Whether that person may write in the namespace at this moment: the status of the attempt. */
    writes: async (user: string, where = namespace): Promise<number> => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'proof-' } };
      return (await askAs(plane.address, user, { method: 'POST', path: `/api/v1/namespaces/${where}/configmaps`, body })).status;
    },
    messages,
    /** Until one of them, in a thread or not, matches. */
    told: (pattern: RegExp, patience?: number): Promise<string> =>
      until(() => messages().find(({ text }) => pattern.test(text))?.text, undefined, patience),
    entries: async (): Promise<readonly Entry[]> => {
      const { stdout } = await local.run('journal', 'list', '--json', '--last', '100');
      return (JSON.parse(stdout) as { readonly entries: readonly Entry[] }).entries;
    },
    metrics: async (): Promise<string> => (await fetch(`${running.at(-1)?.url}/metrics`)).text(),
    close: async (): Promise<void> => {
      await Promise.all(running.map((one) => one.stop('SIGKILL')));
      await Promise.all([local.dispose(), slack.close(), admin.close()]);
    },
  };
  return world;
}
