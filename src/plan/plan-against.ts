import pLimit from 'p-limit';
import type { ApiServer } from '../domain/cluster.ts';
import type { DesiredState } from '../manifests/desired-object.ts';
import { identityOf } from '../manifests/identity.ts';
import { compareObject, kindsBy } from './compare.ts';
import { leftOver } from './left-over.ts';
import { type Plan, pruned } from './plan.ts';

/** Requests in flight: more make no server faster. */
export const atOnce = 12;

/**
 * What deploying `head` as that environment changes in the cluster as it stands: each object is applied as a dry run, so that defaults and
 * what others manage are no differences; what is left over is found by the labels of earlier deployments. Throws OutsideError when the server
 * cannot be asked; what it refuses is a note.
 */
export async function planAgainst(server: ApiServer, environment: string, head: DesiredState, signal?: AbortSignal): Promise<Plan> {
  const served = await server.kinds(signal);
  const turns = pLimit(atOnce);
  const cluster = { server, kindOf: kindsBy(served), mayShow: () => true, signal };
  const outcomes = await turns.map(head.objects, (object) => compareObject(cluster, object));
  const wanted = new Set(head.objects.map(identityOf));
  const rest = await leftOver(server, environment, served, { isWanted: (object) => wanted.has(identityOf(object)), turns }, signal);
  const { prune, kept } = pruned(rest.objects, rest.unseen.length === 0 ? head : { ...head, complete: false });
  return {
    create: outcomes.flatMap((one) => (one.kind === 'create' ? [one.object] : [])),
    change: outcomes.flatMap((one) => (one.kind === 'change' ? [one.change] : [])),
    prune,
    kept: [...kept, ...rest.kept],
    unchanged: outcomes.filter(({ kind }) => kind === 'unchanged').length,
    notes: [
      ...outcomes.flatMap((one) => (one.kind === 'unknown' ? [one.note] : [])),
      ...rest.unseen.map((what) => `${what} could not be listed: nothing is pruned until it can be.`),
      ...(head.complete ? [] : ['Not all of the new state could be read: nothing is pruned until it can be.']),
    ],
  };
}
