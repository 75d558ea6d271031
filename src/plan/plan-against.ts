import pLimit, { type LimitFunction } from 'p-limit';
import { pathOf } from '../domain/api-path.ts';
import type { ApiServer } from '../domain/cluster.ts';
import { RefusedError } from '../domain/errors.ts';
import type { DesiredState } from '../manifests/desired-object.ts';
import { record } from '../manifests/objects.ts';
import { type Comparison, compareObject, kindsBy } from './compare.ts';
import { planPrune } from './contents.ts';
import { type LiveObject, listLive } from './live.ts';
import { lostWith } from './lost.ts';
import type { Plan, Pruned } from './plan.ts';
import type { PruneDecision } from './prune.ts';
import { wantedOf } from './wanted.ts';

/** Requests in flight: more make no server faster. */
export const atOnce = 12;

/** As which environment, and by which rules, it is deployed. */
export interface PlannedRun {
  readonly environment: string;
  readonly formerly: readonly string[];
  /** Most of it that a deployment may prune, 0 to 1. */
  readonly share: number;
  /** The run that would deploy it now, `YYYYMMDDhhmmss`. */
  readonly run: string;
}

/**
 * What deploying `head` as that environment changes in the cluster as it stands: each object is applied as a dry run, so that defaults and
 * what others manage are no differences; what is left over is found and judged as a deployment does it. Throws OutsideError when the server
 * cannot be asked; what it refuses is a note.
 */
export async function planAgainst(server: ApiServer, as: PlannedRun, head: DesiredState, signal?: AbortSignal): Promise<Plan> {
  const discovery = await server.discover(signal);
  const turns = pLimit(atOnce);
  const kindOf = kindsBy(discovery.kinds);
  const { environment, formerly, share, run } = as;
  const looked = { server, environment, formerly, served: () => discovery, turns };
  const live = await listLive(looked, () => false, signal);
  const question = {
    wanted: wantedOf(head.objects, kindOf),
    run,
    environments: [environment, ...formerly],
    protect: head.environment.prune.protect,
    live,
    share,
    complete: head.complete,
    failed: false,
  };
  return planOfSeen({ server, kindOf, turns }, await planPrune(looked, question, signal), head, signal);
}

/** The same, of a cluster in which it was looked already what is left over. */
export async function planOfSeen(
  { server, kindOf, turns }: Pick<Comparison, 'server' | 'kindOf'> & { readonly turns: LimitFunction },
  { prune, kept, notes }: PruneDecision,
  head: DesiredState,
  signal?: AbortSignal,
): Promise<Plan> {
  const outcomes = await turns.map(head.objects, (object) => compareObject({ server, kindOf, mayShow: () => true, signal }, object));
  return {
    create: outcomes.flatMap((one) => (one.kind === 'create' ? [one.object] : [])),
    change: outcomes.flatMap((one) => (one.kind === 'change' ? [one.change] : [])),
    prune: await turns.map(prune, (object) => withLost(server, object, signal)),
    kept,
    unchanged: outcomes.filter(({ kind }) => kind === 'unchanged').length,
    notes: [...outcomes.flatMap((one) => (one.kind === 'unknown' ? [one.note] : [])), ...notes],
  };
}

/** Gone meanwhile, it takes nothing along; of what we may list and not read, no more is known than its kind tells. */
async function withLost(
  server: ApiServer,
  { apiVersion, kind, namespace, name, served }: LiveObject,
  signal?: AbortSignal,
): Promise<Pruned> {
  const object = { apiVersion, kind, namespace, name };
  try {
    const { status, body } = await server.ask({ method: 'GET', path: pathOf(served, object) }, signal);
    return { object, lost: lostWith({ ...object, value: status === 200 ? record(JSON.parse(body)) : {} }) };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { object, lost: lostWith({ ...object, value: {} }) };
  }
}
