import { access, constants, readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { type ClusterClient, connectCluster } from '../../adapters/cluster/client.ts';
import { startControllerManager } from '../../adapters/cluster/control-plane/controller-manager.ts';
import { findBinaries } from '../../adapters/cluster/control-plane/find.ts';
import { startControlPlane } from '../../adapters/cluster/control-plane/start.ts';
import { collection } from '../../domain/api-path.ts';
import type { ClusterAddress, ServedKind } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';

/** A cluster without nodes, in which access can be given: all that a grant is made of is there, and nothing runs. */
export interface DemoCluster {
  /** As somebody who may do everything. */
  readonly admin: ClusterClient;
  readonly address: ClusterAddress;
  /** Of the account that gives access. */
  readonly token: string;
  /** Whether Kubernetes itself ends grants here: a kube-controller-manager runs. */
  readonly controllers: boolean;
  close(): Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Undefined where this machine has no API server. Throws OutsideError when there is one and it does not start. */
export async function startDemoCluster(env: Env, namespaces: readonly string[]): Promise<DemoCluster | undefined> {
  const { found } = await findBinaries(undefined, { env });
  if (found === undefined) return undefined;
  const plane = await startControlPlane(found.binaries);
  const admin = connectCluster(plane.address, { throwAway: false });
  const manager = await managerBeside(found.binaries.apiserver, env);
  const running = manager === undefined ? undefined : await startControllerManager(manager, plane, controllers);
  const close = async (): Promise<void> => {
    await running?.stop();
    await admin.close();
    await plane.stop();
  };
  try {
    await prepare(admin, namespaces);
    return { admin, address: plane.address, token: await tokenOf(admin), controllers: manager !== undefined, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** In the folder of the API server, or on the PATH. */
async function managerBeside(apiserver: string, env: Env): Promise<string | undefined> {
  for (const folder of [dirname(apiserver), ...(env['PATH'] ?? '').split(delimiter).filter((one) => one !== '')]) {
    const file = join(folder, 'kube-controller-manager');
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Those that a grant needs, and no others: its timer ends, and what it owns goes with it. */
const controllers = [
  'job-controller',
  'ttl-after-finished-controller',
  'garbage-collector-controller',
  'validatingadmissionpolicy-status-controller',
];

const template = resolve(import.meta.dirname, '../../../environments-template/manifests/access');

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What the template gives a cluster for access: levels, the account that gives them, and the guards. */
async function prepare(admin: ClusterClient, namespaces: readonly string[]): Promise<void> {
  const kinds = await admin.kinds();
  for (const file of ['levels.yaml', 'service.yaml', 'policies.yaml']) {
    const manifests = loadAll(await readFile(join(template, file), 'utf8')) as Manifest[];
    for (const manifest of manifests) await create(admin, kinds, manifest);
  }
  for (const name of namespaces) await create(admin, kinds, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

async function create(admin: ClusterClient, kinds: readonly ServedKind[], manifest: Manifest): Promise<void> {
  const kind = kinds.find((one) => one.apiVersion === manifest.apiVersion && one.kind === manifest.kind);
  const path = kind && collection(kind, manifest.metadata.namespace ?? '');
  const reply = path === undefined ? undefined : await admin.ask({ method: 'POST', path, body: JSON.stringify(manifest) });
  if (reply?.status !== 201)
    throw new OutsideError('the demo’s cluster', `the demo’s cluster took no ${manifest.kind} ${manifest.metadata.name}: ${reply?.body}`);
}

async function tokenOf(admin: ClusterClient): Promise<string> {
  const path = '/api/v1/namespaces/lockkeeper-system/serviceaccounts/lockkeeper-access/token';
  const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 24 * 3600 } });
  const reply = await admin.ask({ method: 'POST', path, body });
  if (reply.status !== 201) throw new OutsideError('the demo’s cluster', `the demo’s cluster gave no token: ${reply.body}`);
  return (JSON.parse(reply.body) as { readonly status: { readonly token: string } }).status.token;
}
