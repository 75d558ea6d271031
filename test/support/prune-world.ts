import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { pruneAll } from '../../src/deploy/prune/prune.ts';
import { openTarget } from '../../src/deploy/target.ts';
import { collection, pathOf } from '../../src/domain/api-path.ts';
import type { ApiRequest, ApiServer, ServedKind } from '../../src/domain/cluster.ts';
import { protectedKinds } from '../../src/domain/environment.ts';
import { type ObjectId, objectName } from '../../src/domain/finding.ts';
import { identityText } from '../../src/domain/ownership.ts';
import { readObjects } from '../../src/manifests/documents.ts';
import { planPrune } from '../../src/plan/contents.ts';
import { type Live, listLive } from '../../src/plan/live.ts';
import { wantedOf } from '../../src/plan/wanted.ts';
import { sharedControlPlane } from './control-plane.ts';

/** The run that applied what is there, and the one that prunes. */
export const lastRun = '20261120233632';
export const thisRun = '20261121000000';

/** What a run that prunes is, where it is not as usual. */
export interface PruneSetting {
  readonly wanted?: string;
  readonly formerly?: readonly string[];
  readonly protect?: readonly string[];
  readonly share?: number;
  readonly run?: string;
  readonly complete?: boolean;
  readonly failed?: boolean;
  readonly stillOurs?: () => Promise<boolean>;
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
  /** Between the lists and the deletes. */
  readonly meanwhile?: (live: Live) => Promise<unknown>;
  /** In the stead of the real one. */
  readonly server?: ApiServer;
}

/** What came of it, objects by name. */
export interface PruneResult {
  readonly pruned: readonly string[];
  readonly kept: Readonly<Record<string, string>>;
  readonly failures: readonly string[];
  readonly help: readonly string[];
  readonly notes: readonly string[];
  readonly refusal?: string;
  /** `DELETE` requests in their order, by path. */
  readonly deletes: readonly string[];
}

/** Enough that is wanted for the share never to be exceeded; nothing of it need be there. */
const ballast = Array.from({ length: 20 }, (_, i) => config('elsewhere', `wanted-${i}`)).join('---\n');

export function config(namespace: string, name: string, more = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${namespace}${more}}\n`;
}

/** A real API server to prune in; to be called once per file, inside `describeWith('control-plane', …)`. */
export function pruneWorld(shared = sharedControlPlane()) {
  let server: ClusterClient;
  let kinds: readonly ServedKind[] = [];
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
    kinds = await server.kinds();
  });
  afterAll(() => server.close());

  const kindOf = async (object: Pick<ObjectId, 'apiVersion' | 'kind'>): Promise<ServedKind> => {
    const find = () => kinds.find(({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind);
    for (let look = 0; find() === undefined && look < 100; look += 1) {
      await new Promise((later) => {
        setTimeout(later, 100);
      });
      kinds = await server.kinds();
    }
    const found = find();
    if (found === undefined) throw new Error(`${object.apiVersion} ${object.kind} is not served`);
    return found;
  };

  const path = async (object: ObjectId): Promise<string> => pathOf(await kindOf(object), object);

  /** Applies it as somebody, and nothing of ours. */
  async function put(text: string, by = 'somebody'): Promise<void> {
    for (const object of readObjects(Buffer.from(text), { file: 'x' }, 'refused').objects) {
      await patch(object, object.value, by);
    }
  }

  async function patch(object: ObjectId, value: object, by: string): Promise<void> {
    const of = { method: 'PATCH', path: `${await path(object)}?fieldManager=${by}&force=true`, body: JSON.stringify(value) } as const;
    const reply = await server.ask({ ...of, type: 'application/apply-patch+yaml' });
    if (reply.status >= 300) throw new Error(reply.body);
  }

  /** As a deployment of the environment applies it; `marks` in the stead of those that it writes, null for none. */
  async function deploy(environment: string, text: string, marks: Marks = {}): Promise<void> {
    for (const object of readObjects(Buffer.from(text), { file: 'x' }, 'refused').objects) {
      const { run = lastRun, identity = identityText(object) } = marks;
      const metadata = object.value['metadata'] as { readonly labels?: object; readonly annotations?: object };
      const labels = {
        ...metadata.labels,
        'lockkeeper.dev/environment': environment,
        ...(run !== null && { 'lockkeeper.dev/deployed-at': run }),
      };
      const annotations = { ...metadata.annotations, ...(identity !== null && { 'lockkeeper.dev/identity': identity }) };
      await patch(object, { ...object.value, metadata: { ...metadata, labels, annotations } }, 'lockkeeper');
    }
  }

  /** Writes the marks of a deployment, or other metadata, onto what is there. */
  async function mark(environment: string, object: ObjectId, more: object = {}): Promise<void> {
    const labels = { 'lockkeeper.dev/environment': environment, 'lockkeeper.dev/deployed-at': lastRun };
    const annotations = { 'lockkeeper.dev/identity': identityText(object) };
    await change(object, { labels, annotations, ...more });
  }

  async function change(object: ObjectId, metadata: object): Promise<void> {
    const of = {
      method: 'PATCH',
      path: await path(object),
      body: JSON.stringify({ metadata }),
      type: 'application/merge-patch+json',
    } as const;
    const reply = await server.ask(of);
    if (reply.status >= 300) throw new Error(reply.body);
  }

  /** What is there, with its metadata. */
  async function get(object: ObjectId): Promise<Standing> {
    return JSON.parse((await server.ask({ method: 'GET', path: await path(object) })).body) as Standing;
  }

  /** Names of what is there. */
  async function list(apiVersion: string, kind: string, space: string): Promise<readonly string[]> {
    const of = { method: 'GET', path: collection(await kindOf({ apiVersion, kind }), space) } as const;
    const { items } = JSON.parse((await server.ask(of)).body) as {
      readonly items: readonly { readonly metadata: { readonly name: string } }[];
    };
    return items.map(({ metadata }) => metadata.name);
  }

  /** Whether it is there. */
  async function has(apiVersion: string, kind: string, namespace: string, name: string): Promise<boolean> {
    const { status } = await server.ask({ method: 'GET', path: await path({ apiVersion, kind, namespace, name }) });
    return status === 200;
  }

  const hasConfig = (namespace: string, name: string): Promise<boolean> => has('v1', 'ConfigMap', namespace, name);

  const namespace = (name: string): Promise<void> => put(`apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`);

  /** A whole run's prune: lists, decides, deletes. */
  async function prune(environment: string, setting: PruneSetting = {}): Promise<PruneResult> {
    const { formerly = [], protect = protectedKinds, share = 0.5, run = thisRun, complete = true, failed = false } = setting;
    const deletes: string[] = [];
    const watched = watching(setting.server ?? server, (of) => {
      if (of.method === 'DELETE') deletes.push(of.path);
      return undefined;
    });
    const signal = setting.signal ?? new AbortController().signal;
    const target = await openTarget({ server: watched, environment, formerly }, signal);
    const live = await listLive(target, () => false, signal);
    const { objects } = readObjects(Buffer.from(setting.wanted ?? ballast), { file: 'x' }, 'refused');
    const wanted = wantedOf(objects, (object) => target.kindOf(object));
    const rules = { wanted, run, environments: [environment, ...formerly], protect };
    const decision = await planPrune(target, { ...rules, live, share, complete, failed }, signal);
    await setting.meanwhile?.(live);
    const { stillOurs = () => Promise.resolve(true), patienceMs = 300 } = setting;
    const progress = { phase: () => undefined, done: () => undefined };
    const outcome = await pruneAll(target, decision.prune, { rules, stillOurs, patienceMs }, progress, signal);
    return {
      pruned: outcome.pruned.map(objectName).sort(),
      kept: Object.fromEntries([...decision.kept, ...outcome.kept].map(({ object, reason }) => [objectName(object), reason])),
      failures: outcome.failures.map(({ object, message }) => `${object === undefined ? '' : `${objectName(object)}: `}${message}`),
      help: outcome.failures.flatMap(({ help }) => help ?? []),
      notes: decision.notes,
      ...(decision.refusal !== undefined && { refusal: decision.refusal }),
      deletes,
    };
  }

  return { server: () => server, put, deploy, mark, change, get, list, has, hasConfig, namespace, prune };
}

export interface Standing {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string; readonly finalizers?: readonly string[] };
}

/** The id of a ConfigMap. */
export const configId = (namespace: string, name: string): ObjectId => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name });

export interface Marks {
  readonly run?: string | null;
  readonly identity?: string | null;
}

/** The server, with somebody who sees each request; what `see` gives or throws is the answer. */
export function watching(server: ApiServer, see: (of: ApiRequest) => ReturnType<ApiServer['ask']> | undefined): ApiServer {
  return {
    host: server.host,
    throwAway: server.throwAway,
    kinds: (signal) => server.kinds(signal),
    discover: (signal) => server.discover(signal),
    ask: async (of, signal) => (await see(of)) ?? server.ask(of, signal),
  };
}
