import { isDeepStrictEqual } from 'node:util';
import { pathOf } from '../domain/api-path.ts';
import { statusOf } from '../domain/api-status.ts';
import type { ApiServer, ServedKind } from '../domain/cluster.ts';
import { explain, RefusedError } from '../domain/errors.ts';
import { objectName } from '../domain/finding.ts';
import { fieldManager } from '../domain/ownership.ts';
import type { DesiredObject } from '../manifests/desired-object.ts';
import { record } from '../manifests/objects.ts';
import { type Change, changeOf, ownLeft } from './change.ts';

type Value = Readonly<Record<string, unknown>>;

/** What a deployment of an object would come to. `foreign`: it is there, and what it holds may not be shown. */
export type Outcome =
  | { readonly kind: 'create' | 'unchanged' | 'foreign'; readonly object: DesiredObject }
  | { readonly kind: 'change'; readonly object: DesiredObject; readonly change: Change }
  | { readonly kind: 'unknown'; readonly object: DesiredObject; readonly note: string };

/** A cluster, asked about single objects. */
export interface Comparison {
  readonly server: ApiServer;
  /** The kind of an object; undefined where the cluster does not know it. */
  readonly kindOf: (object: { readonly apiVersion: string; readonly kind: string }) => ServedKind | undefined;
  /** Of an object that is there: whether its fields may be shown. */
  readonly mayShow: (live: Value) => boolean;
  readonly signal: AbortSignal | undefined;
}

export function kindsBy(served: readonly ServedKind[]): Comparison['kindOf'] {
  const kinds = new Map(served.map((kind) => [`${kind.apiVersion} ${kind.kind}`, kind]));
  return ({ apiVersion, kind }) => kinds.get(`${apiVersion} ${kind}`);
}

/** Applies it as a dry run, and holds the answer against what is there. Throws OutsideError when the server cannot be asked; what it refuses is an outcome. */
export async function compareObject(cluster: Comparison, object: DesiredObject): Promise<Outcome> {
  try {
    return await compared(cluster, object);
  } catch (error) {
    if (error instanceof RefusedError) return refused(object, explain(error));
    throw error;
  }
}

async function compared({ server, kindOf, mayShow, signal }: Comparison, object: DesiredObject): Promise<Outcome> {
  const kind = kindOf(object);
  const name = record(object.value['metadata'])['name'];
  // A kind that the cluster does not know yet, and a name that the server makes up, have no object.
  if (kind === undefined || typeof name !== 'string') return { kind: 'create', object };
  const path = pathOf(kind, object);
  const live = await server.ask({ method: 'GET', path }, signal);
  if (live.status === 404) return { kind: 'create', object };
  if (live.status !== 200) return refused(object, statusOf(live).message);
  if (!mayShow(record(JSON.parse(live.body)))) return { kind: 'foreign', object };
  const query = `dryRun=All&fieldManager=${fieldManager}&force=true`;
  const type = 'application/apply-patch+yaml';
  const applied = await server.ask({ method: 'PATCH', path: `${path}?${query}`, body: object.body, type }, signal);
  if (applied.status !== 200) return refused(object, statusOf(applied).message);
  const [before, after] = [comparable(live.body), comparable(applied.body)];
  if (isDeepStrictEqual(before, after)) return { kind: 'unchanged', object };
  return { kind: 'change', object, change: changeOf(object, before, after, object.value) };
}

const refused = (object: DesiredObject, why: string): Outcome => ({
  kind: 'unknown',
  object,
  note: `${objectName(object)} could not be compared with the cluster: ${why}`,
});

/** What the server keeps for itself, and writes anew each time. */
const bookkeeping = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'];

function comparable(body: string): Value {
  const { status: _, ...value } = ownLeft(record(JSON.parse(body)));
  const metadata = Object.entries(record(value['metadata'])).filter(([key]) => !bookkeeping.includes(key));
  return { ...value, metadata: Object.fromEntries(metadata) };
}
