import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAll } from 'js-yaml';
import { giveGrant } from '../../src/access/cluster/give.ts';
import { checkGuards } from '../../src/access/cluster/guards.ts';
import { nameOf } from '../../src/access/cluster/objects.ts';
import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import type { ControlPlane } from '../../src/adapters/cluster/control-plane/start.ts';
import type { Grant } from '../../src/domain/access.ts';
import { collection } from '../../src/domain/api-path.ts';
import type { ApiServer, ClusterAddress, ServedKind } from '../../src/domain/cluster.ts';

export const naming = { usernamePrefix: '', groupsPrefix: 'oidc:' };
export const never = new AbortController().signal;
const template = resolve(import.meta.dirname, '../../environments-template');

/** An object as it is written. */
export interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [more: string]: unknown };
  readonly [more: string]: unknown;
}

/** What a server says to somebody. */
export interface Said {
  readonly status: number;
  /** Of a refusal. */
  readonly message: string;
  readonly body: string;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Of the body: default JSON, for PATCH a merge patch. */
  readonly type?: string;
}

/** The objects of a file of the template's folder for access. */
export const written = (file: string): readonly Written[] => loadAll(readFileSync(resolve(template, file), 'utf8')) as Written[];

export const guards = 'manifests/access/policies.yaml';

/** A server in which grants are given: as whom, and what stands there. To be made once per file. */
export class AccessCluster {
  /** May do everything. */
  readonly admin: ClusterClient;
  /** What gives grants: the account of the template, with its rights and no others. */
  readonly service: ClusterClient;
  readonly #address: ClusterAddress;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #kinds: readonly ServedKind[];

  private constructor(address: ClusterAddress, admin: ClusterClient, service: ClusterClient, kinds: readonly ServedKind[]) {
    this.#address = address;
    this.admin = admin;
    this.service = service;
    this.#kinds = kinds;
  }

  /** With the template's roles and service account; its policies too, and in force, unless it shall be without. */
  static async open(plane: ControlPlane, { guarded = true } = {}): Promise<AccessCluster> {
    const admin = connectCluster(plane.address, { throwAway: true });
    const kinds = await admin.kinds();
    const first = new AccessCluster(plane.address, admin, admin, kinds);
    for (const file of ['levels', 'service', ...(guarded ? ['policies'] : [])]) await first.apply(written(`manifests/access/${file}.yaml`));
    const service = await first.account('lockkeeper-system', 'lockkeeper-access');
    const cluster = new AccessCluster(plane.address, admin, service, kinds);
    if (guarded) await cluster.untilGuarded();
    return cluster;
  }

  /** Policies take effect a moment after they were written. */
  async untilGuarded(): Promise<void> {
    while (!(await checkGuards(this.service, ['default'], never)).ok) await sleep(100);
  }

  async close(): Promise<void> {
    await Promise.all([this.admin.close(), this.service.close()]);
    this.#agent.destroy();
  }

  /** Written as somebody who may do everything. */
  async apply(objects: readonly Written[]): Promise<void> {
    for (const one of objects) {
      const path = `${this.#path(one)}?fieldManager=somebody&force=true`;
      const reply = await this.admin.ask({ method: 'PATCH', path, body: JSON.stringify(one), type: 'application/apply-patch+yaml' });
      if (reply.status >= 300) throw new Error(reply.body);
    }
  }

  #path({ apiVersion, kind, metadata }: Written): string {
    const found = this.#kinds.find((one) => one.apiVersion === apiVersion && one.kind === kind);
    if (found === undefined) throw new Error(`${apiVersion} ${kind} is not served`);
    return `${collection(found, metadata.namespace ?? '')}/${metadata.name}`;
  }

  /** Of that service account. */
  async token(namespace: string, name: string): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
    const reply = await this.admin.ask({ method: 'POST', path, body });
    return (JSON.parse(reply.body) as { readonly status: { readonly token: string } }).status.token;
  }

  /** A client that asks as that service account. */
  async account(namespace: string, name: string): Promise<ClusterClient> {
    return connectCluster({ ...this.#address, token: await this.token(namespace, name) }, { throwAway: true });
  }

  /** Asks as somebody else. */
  as(user: string, groups: readonly string[] = []): (of: Request) => Promise<Said> {
    return async ({ method, path, body, type }) => {
      const sends = body === undefined ? '' : JSON.stringify(body);
      const sent = request(this.#address.url + path, {
        method,
        ...(this.#address.ca !== undefined && { ca: this.#address.ca }),
        agent: this.#agent,
        headers: {
          authorization: `Bearer ${this.#address.token}`,
          'content-type': type ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'),
          'content-length': Buffer.byteLength(sends),
          'impersonate-user': user,
          'impersonate-group': [...groups, 'system:authenticated'], // a line for each: undici makes one of them
        },
      });
      sent.end(sends);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const said = await text(response);
      const status = response.statusCode ?? 0;
      return { status, message: status < 400 ? '' : messageOf(said), body: said };
    };
  }

  namespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }]);
  }

  /** The grant, given by the service in a namespace of its own. */
  async give(grant: Grant, server: ApiServer = this.service): Promise<Grant> {
    const given = await giveGrant(server, grant, naming, new Date(), never);
    if (given.outcome !== 'given') throw new Error(JSON.stringify(given));
    return grant;
  }

  async object<T = StandingObject>(path: string): Promise<T | undefined> {
    const reply = await this.admin.ask({ method: 'GET', path });
    return reply.status === 200 ? (JSON.parse(reply.body) as T) : undefined;
  }

  /** Asks until the answer is that one: who authorizes learns of a binding a moment later. The test's own time limit is the end of patience. */
  async until(status: number, asks: () => Promise<Said>): Promise<void> {
    while ((await asks()).status !== status) await sleep(20);
  }

  /** Waits until there is nothing at that path; the test's own time limit is the end of patience. */
  async untilGone(path: string): Promise<void> {
    while ((await this.object(path)) !== undefined) await sleep(100);
  }
}

export interface StandingObject {
  readonly metadata: { readonly uid: string; readonly [more: string]: unknown };
  readonly [more: string]: unknown;
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { readonly message?: string }).message ?? body;
  } catch {
    return body;
  }
}

let grants = 0;

/** A grant of admin to alice, for two hours from now, unless something else is said. */
export function grantOf(namespace: string, more: Partial<Grant> & { readonly seconds?: number } = {}): Grant {
  grants += 1;
  const { seconds = 7200, ...rest } = more;
  const now = Math.floor(Date.now() / 1000) * 1000;
  const time = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
  return {
    id: `g${String(grants).padStart(4, '0')}${namespace.replaceAll('-', '')}`.slice(0, 20),
    environment: 'production',
    repository: 'gitlab:platform/environments/production',
    request: 7,
    url: 'https://gitlab.example.com/platform/environments/production/-/merge_requests/7',
    file: `access/${namespace}/alice.yml`,
    blob: '0123456789abcdef0123456789abcdef01234567',
    namespace,
    subject: { kind: 'user', name: 'alice' },
    level: 'admin',
    role: 'lockkeeper-admin',
    reason: 'INC-1234: migration stuck',
    from: time(now),
    until: time(now + seconds * 1000),
    approvedBy: ['lead'],
    breakGlass: false,
    ...rest,
  };
}

export const paths = (namespace: string) => ({
  bindings: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`,
  roles: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`,
  jobs: `/apis/batch/v1/namespaces/${namespace}/jobs`,
  configs: `/api/v1/namespaces/${namespace}/configmaps`,
  secrets: `/api/v1/namespaces/${namespace}/secrets`,
  pods: `/api/v1/namespaces/${namespace}/pods`,
  accounts: `/api/v1/namespaces/${namespace}/serviceaccounts`,
});

export const bindingPath = ({ namespace, id }: Grant): string => `${paths(namespace).bindings}/${nameOf(id)}`;
export const timerPath = ({ namespace, id }: Grant): string => `${paths(namespace).jobs}/${nameOf(id)}`;
