import { isDeepStrictEqual } from 'node:util';
import { pathOf } from '../domain/api-path.ts';
import { statusOf } from '../domain/api-status.ts';
import type { ApiServer, ServedKind } from '../domain/cluster.ts';
import { explain, RefusedError } from '../domain/errors.ts';
import { objectName } from '../domain/finding.ts';
import { environmentLabel, fieldManager } from '../domain/ownership.ts';
import type { DesiredObject } from '../manifests/desired-object.ts';
import { record } from '../manifests/objects.ts';
import { stamp, unstamped } from '../manifests/stamp.ts';
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
  const found = await dryRun(cluster, object);
  if (found.kind === 'absent') return { kind: 'create', object };
  if (found.kind === 'foreign') return { kind: 'foreign', object };
  if (found.kind === 'refused')
    return { kind: 'unknown', object, note: `${objectName(object)} could not be compared with the cluster: ${found.why}` };
  const [before, after] = [comparable(found.live), comparable(found.applied)];
  if (isDeepStrictEqual(before, after)) return { kind: 'unchanged', object };
  return { kind: 'change', object, change: changeOf(object, before, after, object.value) };
}

/** What stands in the cluster, and what a deployment would make of it. */
export type DryRun =
  | { readonly kind: 'absent' }
  | { readonly kind: 'foreign' }
  /** In the server's words. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'both'; readonly live: Value; readonly applied: Value };

/** Throws OutsideError when the server cannot be asked. */
export async function dryRun(cluster: Comparison, object: DesiredObject): Promise<DryRun> {
  try {
    return await steadily(cluster, object);
  } catch (error) {
    if (error instanceof RefusedError) return { kind: 'refused', why: explain(error) };
    throw error;
  }
}

const rounds = 3;

/** A dry run has the version of what it began with: where others wrote in between, their changes would look like differences. */
async function steadily(cluster: Comparison, object: DesiredObject): Promise<DryRun> {
  for (let round = 1; ; round += 1) {
    const found = await tried(cluster, object);
    if (found.kind !== 'both' || round === rounds || versionOf(found.live) === versionOf(found.applied)) return found;
  }
}

const versionOf = (value: Value): unknown => record(value['metadata'])['resourceVersion'];

async function tried({ server, kindOf, mayShow, signal }: Comparison, object: DesiredObject): Promise<DryRun> {
  const kind = kindOf(object);
  const name = record(object.value['metadata'])['name'];
  // A kind that the cluster does not know yet, and a name that the server makes up, have no object.
  if (kind === undefined || typeof name !== 'string') return { kind: 'absent' };
  const path = pathOf(kind, object);
  const there = await server.ask({ method: 'GET', path }, signal);
  if (there.status === 404) return { kind: 'absent' };
  if (there.status !== 200) return { kind: 'refused', why: statusOf(there).message };
  const live = record(JSON.parse(there.body));
  if (!mayShow(live)) return { kind: 'foreign' };
  const query = `dryRun=All&fieldManager=${fieldManager}&force=true`;
  const type = 'application/apply-patch+yaml';
  const applied = await server.ask({ method: 'PATCH', path: `${path}?${query}`, body: appliedTo(live, object), type }, signal);
  if (applied.status !== 200) return { kind: 'refused', why: statusOf(applied).message };
  return { kind: 'both', live, applied: record(JSON.parse(applied.body)) };
}

/** With our label, where it is there: to a Job without any label the server would give those of its template. */
function appliedTo(live: Value, object: DesiredObject): Uint8Array | string {
  const label = record(record(live['metadata'])['labels'])[environmentLabel];
  if (typeof label !== 'string') return unstamped(object);
  const stamped = stamp(object, { labels: { [environmentLabel]: label }, annotations: {} });
  return 'body' in stamped ? stamped.body : unstamped(object);
}

/** What the server keeps for itself, and writes anew each time. */
const bookkeeping = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'];

/** Without what is no part of what somebody wants. */
export function comparable(answer: Value): Value {
  const { status: _, ...value } = ownLeft(answer);
  const metadata = Object.entries(record(value['metadata'])).filter(([key]) => !bookkeeping.includes(key));
  return { ...value, metadata: Object.fromEntries(metadata) };
}
