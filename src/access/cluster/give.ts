import type { Grant } from '../../domain/access.ts';
import { statusOf } from '../../domain/api-status.ts';
import type { ApiReply, ApiServer } from '../../domain/cluster.ts';
import { fieldManager, guardLabel } from '../../domain/ownership.ts';
import {
  bindingDiffers,
  bindingPath,
  createdAt,
  isGoing,
  isLate,
  type LiveObject,
  liveObject,
  metadataOf,
  readObject,
  startedAt,
  timerDiffers,
  timerPath,
} from './live.ts';
import { bindingOf, type ClusterNaming, timerOf, type Value } from './objects.ts';
import { takeGrant } from './take.ts';
import { recordOf, textOf } from './values.ts';

/** `given`: it was not there before, or not all of it; `over`: its hour has come. */
export type Given = { readonly outcome: 'given' | 'there' | 'over' } | { readonly outcome: 'refused'; readonly reason: string };

/**
 * The timer, and the binding that it owns. Repeatable, and repairs what an earlier one left half done; never makes a grant last longer.
 * Throws OutsideError where the server cannot be asked, RefusedError where it does not let us.
 */
export async function giveGrant(server: ApiServer, grant: Grant, naming: ClusterNaming, now: Date, signal: AbortSignal): Promise<Given> {
  if (secondsLeft(grant, now.getTime()) < 1) return { outcome: 'over' };
  const place = await placeRefuses(server, grant.namespace, signal);
  if (place !== undefined) return { outcome: 'refused', reason: place };
  const timer = await readObject(server, timerPath(grant), signal);
  const binding = await readObject(server, bindingPath(grant), signal);
  const kept = timer !== undefined && isKept(timer, grant) ? timer : undefined;
  if (kept !== undefined && isFinished(kept.value)) return { outcome: 'over' }; // whatever our own clock says
  if (kept !== undefined && binding === undefined) return give(server, grant, naming, kept, signal);
  if (kept !== undefined && binding !== undefined && bindingDiffers(binding.value, grant, naming, kept.uid) === undefined)
    return { outcome: 'there' };
  if (timer !== undefined || binding !== undefined) await takeGrant(server, grant, signal); // the binding first: nothing lasts without its timer
  return giveAnew(server, grant, naming, now.getTime(), signal);
}

/** Until its hour, by a clock in milliseconds; below 1 for a time that cannot be read. */
const secondsLeft = ({ until }: Grant, now: number): number => Math.floor((Date.parse(until) - now) / 1000) || 0;

const isKept = ({ value }: LiveObject, grant: Grant): boolean =>
  timerDiffers(value, grant) === undefined && !isLate(value, grant, startedAt(value));

/** Why nothing can be granted in a namespace, as a clause. Throws OutsideError. */
export async function placeRefuses(server: ApiServer, namespace: string, signal: AbortSignal): Promise<string | undefined> {
  const found = await readObject(server, `/api/v1/namespaces/${encodeURIComponent(namespace)}`, signal);
  if (found === undefined) return `there is no namespace ${namespace} in the cluster`;
  if (isGoing(found) || recordOf(found.value['status'])['phase'] === 'Terminating') return `the namespace ${namespace} is being deleted`;
  const guard = textOf(recordOf(metadataOf(found.value)['labels'])[guardLabel]);
  return guard === 'disabled' ? `nothing is granted in the namespace ${namespace}: its label ${guardLabel} is disabled` : undefined;
}

function isFinished(value: Value): boolean {
  const { conditions } = recordOf(value['status']);
  return (Array.isArray(conditions) ? conditions : [])
    .map(recordOf)
    .some(({ type, status }) => ['Failed', 'FailureTarget', 'Complete'].includes(textOf(type)) && status === 'True');
}

async function giveAnew(server: ApiServer, grant: Grant, naming: ClusterNaming, now: number, signal: AbortSignal): Promise<Given> {
  const seconds = secondsLeft(grant, now);
  if (seconds < 1) return { outcome: 'over' };
  const timer = await applied(server, timerPath(grant), timerOf(grant, seconds), signal);
  if ('refused' in timer) return { outcome: 'refused', reason: timer.refused };
  const theirs = createdAt(timer.value);
  if (theirs > now && isLate(timer.value, grant, theirs)) {
    await takeGrant(server, grant, signal); // the server's clock is ahead of ours: it is the one that the timer runs by
    return giveAnew(server, grant, naming, theirs, signal);
  }
  const wrong = timerDiffers(timer.value, grant);
  return wrong === undefined
    ? give(server, grant, naming, timer, signal)
    : takenBack(server, grant, `the cluster made another timer of it: ${wrong}`, signal);
}

async function give(server: ApiServer, grant: Grant, naming: ClusterNaming, timer: LiveObject, signal: AbortSignal): Promise<Given> {
  const binding = await applied(server, bindingPath(grant), bindingOf(grant, naming, timer.uid), signal);
  if ('refused' in binding) return takenBack(server, grant, binding.refused, signal);
  const changed = bindingDiffers(binding.value, grant, naming, timer.uid);
  return changed === undefined
    ? { outcome: 'given' }
    : takenBack(server, grant, `the cluster made another binding of it: ${changed}`, signal);
}

async function takenBack(server: ApiServer, grant: Grant, reason: string, signal: AbortSignal): Promise<Given> {
  await takeGrant(server, grant, signal);
  return { outcome: 'refused', reason };
}

/** By server-side apply: done twice it comes to the same. */
async function applied(
  server: ApiServer,
  path: string,
  value: Value,
  signal: AbortSignal,
): Promise<LiveObject | { readonly refused: string }> {
  const of = { method: 'PATCH', path: `${path}?fieldManager=${fieldManager}&force=true`, body: JSON.stringify(value) } as const;
  const reply: ApiReply = await server.ask({ ...of, type: 'application/apply-patch+yaml' }, signal);
  return reply.status < 300 ? liveObject(recordOf(JSON.parse(reply.body))) : { refused: statusOf(reply).message };
}
