import { setTimeout as sleep } from 'node:timers/promises';
import { statusOf } from '../../domain/api-status.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';
import { grantLabel } from '../../domain/ownership.ts';
import { bindingPath, isGoing, type LiveGrant, type LiveObject, listAll, metadataOf, readObject, timerPath } from './live.ts';
import { bindingsIn, timersIn } from './objects.ts';

/** Milliseconds between two looks; doubles. */
const firstPause = 50;
const longestPause = 2000;
/** How often it is looked and deleted anew, before it is said that something holds it: half a minute. */
const looks = 20;

type Where = Pick<LiveGrant, 'id' | 'namespace'>;

/**
 * Deletes every binding that carries the id, and every timer; comes back once no such binding is there any more. A timer that a finalizer holds
 * gives nothing to anybody, and is not waited for. Throws OutsideError.
 */
export async function takeGrant(server: ApiServer, grant: Where, signal: AbortSignal): Promise<{ readonly goneAt: Date }> {
  for (let look = 1, pause = firstPause; ; look += 1, pause = Math.min(longestPause, pause * 2)) {
    const [bindings, timers] = [await bindingsOf(server, grant, signal), await timersOf(server, grant, signal)];
    if (bindings.length === 0 && timers.every(isGoing)) return { goneAt: new Date() };
    if (look > looks) throw new OutsideError(server.host, stuck(grant, [...bindings, ...timers]));
    if (look > 1) await sleep(pause, undefined, { signal });
    for (const one of bindings) {
      const path = `${bindingsIn(grant.namespace)}/${encodeURIComponent(one.name)}`;
      await (isGoing(one) ? release(server, path, one, signal) : deleteObject(server, path, one, signal));
    }
    for (const one of timers.filter((timer) => !isGoing(timer)))
      await deleteObject(server, `${timersIn(grant.namespace)}/${encodeURIComponent(one.name)}`, one, signal);
  }
}

const stuck = ({ namespace }: Where, objects: readonly LiveObject[]): string =>
  `${objects.map(({ name }) => `${namespace}/${name}`).join(', ')} cannot be deleted: something makes it anew, or holds it again and again`;

const bindingsOf = (server: ApiServer, grant: Where, signal: AbortSignal): Promise<readonly LiveObject[]> =>
  allOf(server, bindingsIn(grant.namespace), bindingPath(grant), grant.id, signal);

const timersOf = (server: ApiServer, grant: Where, signal: AbortSignal): Promise<readonly LiveObject[]> =>
  allOf(server, timersIn(grant.namespace), timerPath(grant), grant.id, signal);

/** Those with the label, and the one with the name: whoever took the label off has not taken it out of our sight. */
async function allOf(server: ApiServer, collection: string, own: string, id: string, signal: AbortSignal): Promise<readonly LiveObject[]> {
  const labelled = await listAll(server, collection, `${grantLabel}=${id}`, signal);
  const named = await readObject(server, own, signal);
  return named === undefined || labelled.some(({ uid }) => uid === named.uid) ? labelled : [...labelled, named];
}

/** As long as a finalizer holds a binding, it gives what it gave. */
async function release(server: ApiServer, path: string, { uid, value }: LiveObject, signal: AbortSignal): Promise<void> {
  if (metadataOf(value)['finalizers'] === undefined) return;
  const body = JSON.stringify([
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'remove', path: '/metadata/finalizers' },
  ]);
  const reply = await server.ask({ method: 'PATCH', path, body, type: 'application/json-patch+json' }, signal);
  if (reply.status < 400 || [404, 409, 422].includes(reply.status)) return;
  throw new OutsideError(server.host, `PATCH ${path}: ${statusOf(reply).message}`, { status: reply.status });
}

/** The very object that was looked at. What belongs to it goes with it, in the background: a Job's own default is to leave it. */
async function deleteObject(server: ApiServer, path: string, { uid }: LiveObject, signal: AbortSignal): Promise<void> {
  const preconditions = { uid };
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions });
  const reply = await server.ask({ method: 'DELETE', path, body }, signal);
  if (reply.status < 400 || reply.status === 404 || reply.status === 409) return;
  throw new OutsideError(server.host, `DELETE ${path}: ${statusOf(reply).message}`, { status: reply.status });
}
