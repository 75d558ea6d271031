import { setTimeout as sleep } from 'node:timers/promises';
import { statusOf } from '../../domain/api-status.ts';
import type { ApiReply, ApiServer } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { Made } from './claims.ts';
import { ours } from './kinds.ts';

/** Milliseconds between looks at the server, and how many looks are taken: twenty seconds in all. */
const pause = 20;
const looks = 1000;

/** Waits until `look` gives something. */
export async function until<T>(server: ApiServer, what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let left = looks; left > 0; left -= 1) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await sleep(pause);
  }
  throw new OutsideError(server.host, `${what} in ${(looks * pause) / 1000} seconds`);
}

interface Standing {
  readonly metadata: { readonly finalizers?: readonly string[] };
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly kind?: string;
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[] };
}

/** Waits until a definition is established and its kinds are served; gives the server's words where it does not take its names. */
export async function establish(server: ApiServer, path: string, kinds: readonly string[]): Promise<string | undefined> {
  const { refused } = await until(server, `${path} was not established`, async () => {
    const { status, body } = await server.ask({ method: 'GET', path });
    const conditions = status === 200 ? ((JSON.parse(body) as Standing).status?.conditions ?? []) : [];
    const names = conditions.find((one) => one.type === 'NamesAccepted' && one.status === 'False');
    if (names !== undefined) return { refused: names.message ?? 'its names are not accepted' };
    if (!conditions.some((one) => one.type === 'Established' && one.status === 'True')) return undefined;
    return (await answers(server, kinds)).every((code) => code === 200) ? { refused: undefined } : undefined;
  });
  if (refused === undefined) await backdate(server, path);
  return refused;
}

/**
 * A server holds back the first objects of a definition that was established less than two seconds ago, because others of its cluster may not
 * know it yet: https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go
 */
async function backdate(server: ApiServer, path: string): Promise<void> {
  const conditions = [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted', lastTransitionTime: '2020-01-01T00:00:00Z' }];
  const { body } = await server.ask({ method: 'GET', path });
  const others = ((JSON.parse(body) as Standing).status?.conditions ?? []).filter(({ type }) => type !== 'Established');
  const patch = JSON.stringify({ status: { conditions: [...others, ...conditions] } });
  await server.ask({ method: 'PATCH', path: `${path}/status`, body: patch, type: 'application/merge-patch+json', verdictOnly: true });
}

const answers = (server: ApiServer, paths: readonly string[]): Promise<number[]> =>
  Promise.all(paths.map(async (path) => (await server.ask({ method: 'GET', path: `${path}?limit=1`, verdictOnly: true })).status));

/** Deletes and waits until it is gone, and nothing is served any more at `kinds`: without controllers nobody else takes its finalizers off. */
export async function remove(server: ApiServer, path: string, kinds: readonly string[] = []): Promise<void> {
  const options = JSON.stringify({ gracePeriodSeconds: 0, propagationPolicy: 'Background' });
  const reply = await server.ask({ method: 'DELETE', path, body: options });
  if (reply.status !== 404) await until(server, `${path} was not gone`, () => gone(server, path));
  await until(server, `${path} was still served`, async () =>
    (await answers(server, kinds)).every((code) => code === 404) ? true : undefined,
  );
}

async function gone(server: ApiServer, path: string): Promise<true | undefined> {
  const { status, body } = await server.ask({ method: 'GET', path });
  if (status === 404) return true;
  if (!server.throwAway) return undefined;
  const { metadata, spec, kind } = JSON.parse(body) as Standing;
  if (kind === 'Namespace' && (spec?.finalizers ?? []).length > 0) {
    await server.ask({
      method: 'PUT',
      path: `${path}/finalize`,
      body: JSON.stringify({ ...(JSON.parse(body) as object), spec: { finalizers: [] } }),
    });
  } else if (kind !== 'CustomResourceDefinition' && (metadata.finalizers ?? []).length > 0) {
    await server.ask({ method: 'PATCH', path, body: '{"metadata":{"finalizers":null}}', type: 'application/merge-patch+json' });
  } else return undefined;
  return undefined;
}

/** One thing that is really created, and taken away again. What others made under its name is never touched. */
export class Thing {
  readonly server: ApiServer;
  readonly name: string;
  readonly path: string;
  /** Collections that are served while it stands. */
  readonly serves: readonly string[];
  readonly #collection: string;
  readonly #body: string;
  #made: Made | undefined;

  constructor(server: ApiServer, collection: string, name: string, body: string, serves: readonly string[] = []) {
    this.server = server;
    this.name = name;
    this.#collection = collection;
    this.path = `${collection}/${encodeURIComponent(name)}`;
    this.#body = body;
    this.serves = serves;
  }

  async make(): Promise<Made> {
    this.#made = undefined;
    this.#made = (await this.#create()) ?? (await this.#instead());
    return this.#made;
  }

  async remove(): Promise<void> {
    const mine = this.#made === undefined ? (await this.#standing()) === 'ours' : this.#made.kind === 'ours';
    if (mine) await remove(this.server, this.path, this.serves);
  }

  /** Whether what stands there says something else: each change of a specification raises its generation. */
  async wouldChange(): Promise<boolean> {
    const path = `${this.path}?dryRun=All&fieldManager=lockkeeper&force=true`;
    const [now, then] = await Promise.all([
      this.server.ask({ method: 'GET', path: this.path }),
      this.server.ask({ method: 'PATCH', path, body: this.#body, type: 'application/apply-patch+yaml' }),
    ]);
    return then.status >= 400 || generationOf(now) !== generationOf(then);
  }

  /** undefined where something of that name stands there. */
  async #create(): Promise<Made | undefined> {
    const reply = await this.server.ask({
      method: 'POST',
      path: `${this.#collection}?fieldManager=lockkeeper`,
      body: this.#body,
      verdictOnly: true,
    });
    if (reply.status < 400) return { kind: 'ours' };
    if (reply.status === 409) return undefined;
    return { kind: 'refused', messages: new Map([[this.name, statusOf(reply).message]]) };
  }

  /** Who asks holds the claim: what is ours was left behind by a validation that could not finish. */
  async #instead(): Promise<Made> {
    if ((await this.#standing()) === 'theirs') return { kind: 'theirs' };
    await remove(this.server, this.path, this.serves);
    const made = await this.#create();
    if (made !== undefined) return made;
    throw new OutsideError(this.server.host, `${this.path} stands there again as soon as it is removed`);
  }

  async #standing(): Promise<'ours' | 'theirs' | undefined> {
    const { status, body } = await this.server.ask({ method: 'GET', path: this.path });
    if (status === 404) return undefined;
    const { metadata } = JSON.parse(body) as { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
    return metadata?.labels?.[ours] === undefined ? 'theirs' : 'ours';
  }
}

function generationOf({ body }: ApiReply): number | undefined {
  return (JSON.parse(body) as { readonly metadata?: { readonly generation?: number } }).metadata?.generation;
}

/** Kinds that validations create in a server, and what a killed one may have left there. */
const swept = [
  '/api/v1/namespaces',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  '/apis/scheduling.k8s.io/v1/priorityclasses',
  '/apis/node.k8s.io/v1/runtimeclasses',
];
const longestValidation = 3_600_000;

/** Removes what validations left behind that were killed: what is ours and older than any validation takes. For a cluster that others use. */
export async function sweep(server: ApiServer, now: Date): Promise<void> {
  for (const collection of swept) {
    const { status, body } = await server.ask({ method: 'GET', path: `${collection}?labelSelector=${ours}` });
    if (status !== 200) continue;
    const { items } = JSON.parse(body) as {
      readonly items: readonly { readonly metadata: { readonly name: string; readonly creationTimestamp: string } }[];
    };
    const old = items.filter(({ metadata }) => now.getTime() - Date.parse(metadata.creationTimestamp) > longestValidation);
    for (const { metadata } of old) await remove(server, `${collection}/${encodeURIComponent(metadata.name)}`);
  }
}
