import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import type { ApiServer, ServedKind } from '../../domain/cluster.ts';
import { explain, RefusedError } from '../../domain/errors.ts';
import { objectName } from '../../domain/finding.ts';
import type { DesiredObject, DesiredState } from '../../manifests/desired-object.ts';
import { identityOf } from '../../manifests/identity.ts';
import { record } from '../../manifests/objects.ts';
import { collection } from '../verdict/kinds.ts';
import { statusOf } from '../verdict/reply.ts';
import { type Change, changeOf, ownLeft } from './change.ts';
import { leftOver } from './left-over.ts';
import { type Plan, pruned } from './plan.ts';

/** As which field manager a deployment applies. */
const manager = 'lockkeeper';
/** Requests in flight: more make no server faster. */
const atOnce = 12;

/** What a deployment of an object would come to. */
type Outcome =
  | { readonly kind: 'create' | 'unchanged'; readonly object: DesiredObject }
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'unknown'; readonly note: string };

/**
 * What deploying `head` as that environment changes in the cluster as it stands: each object is applied as a dry run, so that defaults and
 * what others manage are no differences; what is left over is found by the labels of earlier deployments. Throws OutsideError when the server
 * cannot be asked; what it refuses is a note.
 */
export async function planAgainst(server: ApiServer, environment: string, head: DesiredState, signal?: AbortSignal): Promise<Plan> {
  const served = await server.kinds(signal);
  const kinds = new Map(served.map((kind) => [`${kind.apiVersion} ${kind.kind}`, kind]));
  const turns = pLimit(atOnce);
  const outcomes = await turns.map(head.objects, (object) =>
    outcomeOf(server, object, kinds.get(`${object.apiVersion} ${object.kind}`), signal),
  );
  const wanted = new Set(head.objects.map(identityOf));
  const rest = await leftOver(server, environment, served, { isWanted: (object) => wanted.has(identityOf(object)), turns }, signal);
  return {
    create: outcomes.flatMap((one) => (one.kind === 'create' ? [one.object] : [])),
    change: outcomes.flatMap((one) => (one.kind === 'change' ? [one.change] : [])),
    ...withKept(pruned(rest.objects, rest.unseen.length === 0 ? head : { ...head, complete: false }), rest.kept),
    unchanged: outcomes.filter(({ kind }) => kind === 'unchanged').length,
    notes: [
      ...outcomes.flatMap((one) => (one.kind === 'unknown' ? [one.note] : [])),
      ...rest.unseen.map((what) => `${what} could not be listed: nothing is pruned until it can be.`),
      ...(head.complete ? [] : ['Not all of the new state could be read: nothing is pruned until it can be.']),
    ],
  };
}

const withKept = ({ prune, kept }: Pick<Plan, 'prune' | 'kept'>, more: Plan['kept']): Pick<Plan, 'prune' | 'kept'> => ({
  prune,
  kept: [...kept, ...more],
});

async function outcomeOf(...asked: Parameters<typeof compared>): Promise<Outcome> {
  try {
    return await compared(...asked);
  } catch (error) {
    if (error instanceof RefusedError) return refused(asked[1], explain(error));
    throw error;
  }
}

async function compared(
  server: ApiServer,
  object: DesiredObject,
  kind: ServedKind | undefined,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const name = record(object.value['metadata'])['name'];
  // A kind that the cluster does not know yet, and a name that the server makes up, have no object.
  if (kind === undefined || typeof name !== 'string') return { kind: 'create', object };
  const path = `${collection(kind, object.namespace)}/${encodeURIComponent(object.name)}`;
  const live = await server.ask({ method: 'GET', path }, signal);
  if (live.status === 404) return { kind: 'create', object };
  if (live.status !== 200) return refused(object, statusOf(live).message);
  const query = `dryRun=All&fieldManager=${manager}&force=true`;
  const applied = await server.ask(
    { method: 'PATCH', path: `${path}?${query}`, body: object.body, type: 'application/apply-patch+yaml' },
    signal,
  );
  if (applied.status !== 200) return refused(object, statusOf(applied).message);
  const [before, after] = [comparable(live.body), comparable(applied.body)];
  if (isDeepStrictEqual(before, after)) return { kind: 'unchanged', object };
  return { kind: 'change', change: changeOf(object, before, after, object.value) };
}

const refused = (object: DesiredObject, why: string): Outcome => ({
  kind: 'unknown',
  note: `${objectName(object)} could not be compared with the cluster: ${why}`,
});

/** What the server keeps for itself, and writes anew each time. */
const bookkeeping = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'];

function comparable(body: string): Readonly<Record<string, unknown>> {
  const { status: _, ...value } = ownLeft(record(JSON.parse(body)));
  const metadata = Object.entries(record(value['metadata'])).filter(([key]) => !bookkeeping.includes(key));
  return { ...value, metadata: Object.fromEntries(metadata) };
}
