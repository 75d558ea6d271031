import { pathOf } from '../../domain/api-path.ts';
import { statusOf } from '../../domain/api-status.ts';
import type { ApiReply, ApiServer } from '../../domain/cluster.ts';
import { metadataOf } from '../../plan/listing.ts';
import { type LiveObject, liveObject } from '../../plan/live.ts';
import { type PruneRules, staysBecause } from '../../plan/prune.ts';

/** What became of an object that was to be deleted. `going`: something has to agree before it is gone. */
export type Deleted = 'gone' | 'going' | { readonly kept: string } | { readonly refused: string };

/**
 * Deletes the very object that was looked at, and nothing that came in its place. One that changed since is looked at once more, and judged by
 * the same rules. Throws OutsideError when the server cannot be asked.
 */
export async function deleteAsSeen(server: ApiServer, object: LiveObject, rules: PruneRules, signal: AbortSignal): Promise<Deleted> {
  const first = await askToDelete(server, object, signal);
  if (first !== 'changed') return first;
  const now = await lookAgain(server, object, signal);
  if (now === 'gone' || 'refused' in now) return now;
  if (now.uid !== object.uid) return { kept: 'it was deleted and made anew meanwhile' };
  if (now.deleting) return 'going';
  const reason = staysBecause({ ...now, alsoAs: object.alsoAs }, rules);
  if (reason !== undefined) return { kept: `it was changed meanwhile: ${reason}` };
  const second = await askToDelete(server, now, signal);
  return second === 'changed' ? { kept: 'it changes all the time: the next run tries again' } : second;
}

/**
 * Dependents go with it, in the background, whatever the kind's own default (some orphan them). In the foreground the object would stay until
 * its last pod has ended: for ever where a node is lost, and there is no way back from it.
 */
async function askToDelete(server: ApiServer, object: LiveObject, signal: AbortSignal): Promise<Deleted | 'changed'> {
  const { uid, resourceVersion, served } = object;
  const preconditions = { uid, resourceVersion };
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions });
  const reply = await server.ask({ method: 'DELETE', path: pathOf(served, object), body }, signal);
  if (reply.status === 409) return 'changed';
  if (reply.status === 404) return 'gone';
  if (reply.status >= 400) return { refused: statusOf(reply).message };
  return reply.status === 202 || isGoing(reply) ? 'going' : 'gone';
}

/** Some servers behind an aggregated API answer 200 to what takes its time. */
const isGoing = (reply: ApiReply): boolean => metadataOf(reply.body)?.deletionTimestamp !== undefined;

async function lookAgain(
  server: ApiServer,
  object: LiveObject,
  signal: AbortSignal,
): Promise<LiveObject | 'gone' | { readonly refused: string }> {
  const reply = await server.ask({ method: 'GET', path: pathOf(object.served, object), accept: metadataOnly }, signal);
  if (reply.status === 404) return 'gone';
  const metadata = reply.status === 200 ? metadataOf(reply.body) : undefined;
  return metadata === undefined ? { refused: statusOf(reply).message } : liveObject(object.served, metadata, () => false);
}

const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
