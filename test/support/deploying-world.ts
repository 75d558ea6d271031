import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { connectCluster } from '../../src/adapters/cluster/client.ts';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import type { ControlPlane } from '../../src/adapters/cluster/control-plane/start.ts';
import { openPersistence } from '../../src/adapters/store/open.ts';
import { collection } from '../../src/domain/api-path.ts';
import type { ApiReply } from '../../src/domain/cluster.ts';
import type { Entry } from '../../src/domain/journal.ts';
import type { NewJob } from '../../src/domain/queue.ts';
import { gitlabScanWorld } from './gitlab-scan-world.ts';
import { type Served, serve, until } from './served.ts';
import { startSlack } from './slack-server.ts';

const secret = 'b1946ac92492d2347c6235b4d2611184';
const slackToken = 'xoxb-0123456789-secret';
export const path = 'platform/staging';

/** What operations/cluster-role.yaml gives, taken to the cluster, and a token of its account. */
async function account(plane: ControlPlane): Promise<string> {
  const cluster = connectCluster(plane.address, { throwAway: false });
  try {
    const kinds = await cluster.kinds();
    const manifests = loadAll(readFileSync(resolve(import.meta.dirname, '../../operations/cluster-role.yaml'), 'utf8')) as {
      readonly apiVersion: string;
      readonly kind: string;
      readonly metadata: { readonly namespace?: string };
    }[];
    for (const manifest of manifests) {
      const kind = kinds.find((one) => one.apiVersion === manifest.apiVersion && one.kind === manifest.kind);
      if (kind === undefined) throw new Error(`the cluster has no ${manifest.kind}`);
      const created = {
        method: 'POST',
        path: collection(kind, manifest.metadata.namespace ?? ''),
        body: JSON.stringify(manifest),
      } as const;
      const { status, body } = await cluster.ask(created);
      if (status !== 201 && status !== 409) throw new Error(body); // there from the test before
    }
    const asked = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } });
    const token = '/api/v1/namespaces/lockkeeper-system/serviceaccounts/lockkeeper-deploy/token';
    const { body } = await cluster.ask({ method: 'POST', path: token, body: asked });
    return (JSON.parse(body) as { readonly status: { readonly token: string } }).status.token;
  } finally {
    await cluster.close();
  }
}

/**
 * The service with a stand-in of GitLab, a Slack, and a real cluster in which it may do what its role says. Objects are ConfigMaps of one namespace
 * with one value each. `more` is added to the environment in app.yml; on a Postgres there may be several of it.
 */
export async function deployingWorld(folder: string, plane: ControlPlane, { more = '', store = 'file:./data' } = {}) {
  const [gitlab, slack, token] = await Promise.all([
    gitlabScanWorld(folder, {}, `, webhookSecret: "${secret}"`),
    startSlack(slackToken, ['deployments']),
    account(plane),
  ]);
  const namespace = `t-${randomUUID().slice(0, 8)}`;
  const admin = connectCluster(plane.address, { throwAway: false });
  writeFileSync(join(folder, 'kubeconfig'), kubeconfigText({ ...plane.address, token }));
  gitlab.configure(`server: { port: 0 }
clusters: { shared: { kubeconfig: ./kubeconfig } }
environments: [{ name: ${namespace}, repository: "gitlab:${path}", cluster: shared, deploy: service${more} }]
validation: { apiserver: shared, checklist: {} }
notifications: { slack: { token: "${slackToken}", url: "${slack.url}", channel: "#deployments" } }
`);
  const written = readFileSync(gitlab.config, 'utf8');
  writeFileSync(gitlab.config, written.replace('store: { url: "file:./data" }', `store: { url: "${store}" }`));
  const running: Served[] = [];
  const newest = (): string => running.at(-1)?.url ?? '';
  const url = (name: string): string => `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const ask = (method: 'GET' | 'PATCH', where: string, body?: object): Promise<ApiReply> =>
    admin.ask({ method, path: where, ...(body && { body: JSON.stringify(body), type: 'application/merge-patch+json' }) });
  const texts = (): string[] => slack.messages('deployments').flatMap(({ text, thread }) => (thread === undefined ? [text] : []));
  const world = {
    ...gitlab,
    namespace,
    admin,
    /** One more of the service. Deliveries go to the newest, and metrics are its. */
    start: async (): Promise<Served> => {
      const served = await serve(gitlab.config, { GITLAB_TOKEN: gitlab.server.token });
      running.push(served);
      return served;
    },
    /** What GitLab sends for an event of the repository. */
    deliver: async (event: object): Promise<void> => {
      const project = { path_with_namespace: path, default_branch: 'main' };
      const { status } = await fetch(`${newest()}/webhooks/gitlab/gitlab`, {
        method: 'POST',
        body: JSON.stringify({ ...event, project }),
        headers: { 'content-type': 'application/json', 'x-gitlab-token': secret, 'idempotency-key': randomUUID() },
      });
      if (status !== 202) throw new Error(`the delivery was answered with ${status}`);
    },
    pushed: () => world.deliver({ object_kind: 'push', ref: 'refs/heads/main', after: 'a'.repeat(40) }),
    opened: (id: number) =>
      world.deliver({ object_kind: 'merge_request', object_attributes: { iid: id, action: 'open', state: 'opened' } }),
    /** Asks the service for something behind its back. */
    queue: async (job: NewJob): Promise<void> => {
      const persistence = await openPersistence(`file:${join(folder, 'data')}`, () => {});
      await persistence.queue().add([job]);
      await persistence.close();
    },
    /** Everything that the service keeps is lost. */
    loseStore: () => rmSync(join(folder, 'data'), { recursive: true }),
    /** A Deployment, for which there is nobody who makes pods. */
    deployment: (name: string): string =>
      [
        'apiVersion: apps/v1\nkind: Deployment',
        `metadata: { name: ${name}, namespace: ${namespace} }`,
        `spec:\n  selector: { matchLabels: { app: ${name} } }`,
        `  template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: web, image: registry.example.com/web:1 }] } }\n`,
      ].join('\n'),
    /** Says in the place of a controller that its pods are there. */
    comeUp: async (name: string): Promise<void> => {
      const counts = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
      const status = { ...counts, conditions: [{ type: 'Available', status: 'True' }] };
      const reply = await ask('PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}/status`, { status });
      if (reply.status !== 200) throw new Error(reply.body);
    },
    manifest: (name: string, value: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata: { value: ${value} }\n`,
    /** The value of the ConfigMap in the cluster; undefined where it is not there. */
    value: async (name: string): Promise<string | undefined> => {
      const { status, body } = await ask('GET', url(name));
      return status === 404 ? undefined : (JSON.parse(body) as { readonly data: { readonly value: string } }).data.value;
    },
    /** As somebody with kubectl edit. */
    changeByHand: async (name: string, value: string): Promise<void> => {
      const { status } = await ask('PATCH', `${url(name)}?fieldManager=kubectl-edit`, { data: { value } });
      if (status !== 200) throw new Error(`PATCH ${name}: ${status}`);
    },
    /** Who has the lock; empty where nobody has. */
    holder: async (): Promise<string> => {
      const { body } = await ask('GET', `/apis/coordination.k8s.io/v1/namespaces/lockkeeper-system/leases/lockkeeper-${namespace}`);
      return (JSON.parse(body) as { readonly spec?: { readonly holderIdentity?: string } }).spec?.holderIdentity ?? '';
    },
    /** First messages of the channel. */
    texts,
    /** Until one of them matches. */
    told: (pattern: RegExp): Promise<string> => until(() => texts().find((text) => pattern.test(text))),
    entries: async (): Promise<readonly Entry[]> => {
      const { stdout } = await gitlab.run('journal', 'list', '--json', '--last', '100');
      return (JSON.parse(stdout) as { readonly entries: readonly Entry[] }).entries;
    },
    metrics: async (): Promise<string> => (await fetch(`${newest()}/metrics`)).text(),
    close: async (): Promise<void> => {
      await Promise.all(running.map((one) => one.stop('SIGKILL')));
      await Promise.all([gitlab.dispose(), slack.close(), admin.close()]);
    },
  };
  const created = await admin.ask({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }),
  });
  if (created.status !== 201) throw new Error(created.body);
  return world;
}
