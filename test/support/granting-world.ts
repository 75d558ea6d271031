import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import type { ControlPlane } from '../../src/adapters/cluster/control-plane/start.ts';
import { createLocal } from '../../src/adapters/forges/local/local.ts';
import type { CommitStatus } from '../../src/domain/forge.ts';
import type { Entry } from '../../src/domain/journal.ts';
import { grantLabel } from '../../src/domain/ownership.ts';
import { AccessCluster } from './access-cluster.ts';
import { branchHead } from './git-repository.ts';
import { localScanWorld } from './scan-world.ts';
import { type Served, serve, until } from './served.ts';
import { startSlack } from './slack-server.ts';

const slackToken = 'xoxb-0123456789-secret';
export const path = 'platform/staging';

/** It judges merge requests as well, by the same account. */
const judges = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'lockkeeper-access-judges' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
  subjects: [{ kind: 'ServiceAccount', namespace: 'lockkeeper-system', name: 'lockkeeper-access' }],
};

interface Binding {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
}

/**
 * The service with a repository of the local forge, a Slack, and a real cluster with its guards, in which it may do what the template gives it. Grace
 * and Bob may approve; `more` is added to `access` in app.yml.
 */
export async function grantingWorld(folder: string, plane: ControlPlane, more = '') {
  const [slack, cluster] = await Promise.all([startSlack(slackToken, ['deployments']), AccessCluster.open(plane)]);
  await cluster.apply([judges]);
  const token = await cluster.token('lockkeeper-system', 'lockkeeper-access');
  const namespace = `t-${randomUUID().slice(0, 8)}`;
  await cluster.namespace(namespace);
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
      return (await cluster.object<{ readonly items: readonly Binding[] }>(where))?.items ?? [];
    },
    /** Whether that person may write in the namespace at this moment: the status of the attempt. */
    writes: async (user: string, where = namespace): Promise<number> => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'proof-' } };
      return (await cluster.as(user)({ method: 'POST', path: `/api/v1/namespaces/${where}/configmaps`, body })).status;
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
      await Promise.all([local.dispose(), slack.close(), cluster.close()]);
    },
  };
  return world;
}
