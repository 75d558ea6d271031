import { setTimeout as sleep } from 'node:timers/promises';
import { pathOf } from '../../domain/api-path.ts';
import type { DeployFailure } from '../../domain/deployment.ts';
import { some } from '../../domain/wording.ts';
import { groupOf } from '../../manifests/identity.ts';
import { record } from '../../manifests/objects.ts';
import { type Content, contentsOf, heldBy } from '../../plan/contents.ts';
import { metadataOf } from '../../plan/listing.ts';
import type { LiveObject } from '../../plan/live.ts';
import { isNamespace } from '../../plan/prune.ts';
import type { Target } from '../target.ts';

/** Milliseconds; doubles from one look to the next. */
const firstPause = 100;
const longestPause = 2000;

/** Looks until `isDone`, or until the patience, in milliseconds, is used up. */
async function until(isDone: () => Promise<boolean>, patienceMs: number, signal: AbortSignal): Promise<void> {
  let waited = 0;
  for (let pause = firstPause; !(await isDone()) && waited < patienceMs; pause = Math.min(longestPause, pause * 2)) {
    const next = Math.min(pause, patienceMs - waited);
    await sleep(next, undefined, { signal });
    waited += next;
  }
}

export interface Hanging {
  readonly object: LiveObject;
  readonly failure: DeployFailure;
}

/** Those that are still there when the patience, in milliseconds, is used up. `onGone` is told of each of the others at once. */
export async function waitUntilGone(
  target: Target,
  objects: readonly LiveObject[],
  { patienceMs, onGone }: { readonly patienceMs: number; readonly onGone: (object: LiveObject) => void },
  signal: AbortSignal,
): Promise<readonly Hanging[]> {
  let left: readonly { readonly object: LiveObject; readonly body: string }[] = objects.map((object) => ({ object, body: '' }));
  const look = async (): Promise<boolean> => {
    const seen = await target.turns.map(left, async ({ object }) => ({ object, body: await standing(target, object, signal) }));
    for (const { object, body } of seen) if (body === undefined) onGone(object);
    left = seen.flatMap(({ object, body }) => (body === undefined ? [] : [{ object, body }]));
    return left.length === 0;
  };
  if (objects.length > 0) await until(look, patienceMs, signal);
  return left.map(({ object, body }) => ({ object, failure: hanging(object, body, patienceMs) }));
}

/** undefined once it is gone, or another has come in its place; empty where the server does not say. */
async function standing({ server }: Target, object: LiveObject, signal: AbortSignal): Promise<string | undefined> {
  const { status, body } = await server.ask({ method: 'GET', path: pathOf(object.served, object) }, signal);
  if (status === 404) return undefined;
  if (status !== 200) return '';
  return metadataOf(body)?.uid === object.uid ? body : undefined;
}

/** Who holds it, and what to do about that. */
function hanging(object: LiveObject, body: string, patienceMs: number): DeployFailure {
  const { apiVersion, kind, namespace, name } = object;
  const id = { apiVersion, kind, namespace, name };
  const after = `after ${Math.ceil(patienceMs / 1000)} s it is being deleted still`;
  if (isNamespace(object)) return { object: id, message: `${after}: ${remaining(body)}`, help: 'the next run looks again' };
  const finalizers = metadataOf(body)?.finalizers ?? [];
  if (finalizers.length === 0) return { object: id, message: after, help: 'the next run looks again' };
  return { object: id, message: `${after}: ${some(finalizers, 3)} holds it`, help: clear(object) };
}

function clear({ served, namespace, name }: LiveObject): string {
  const resource = [served.plural, groupOf(served.apiVersion)].filter((part) => part !== '').join('.');
  const place = namespace === '' ? '' : ` -n ${namespace}`;
  const command = `kubectl patch ${resource} ${name}${place} --type=merge -p '{"metadata":{"finalizers":null}}'`;
  return `the controller that set this finalizer takes it away when it has cleaned up: see that it runs. Only where it is gone for good: ${command}`;
}

/** What a namespace says of itself while it ends. */
function remaining(body: string): string {
  const { conditions } = record(record(parsed(body))['status']);
  const said = (Array.isArray(conditions) ? conditions : []).map(record).filter(({ status }) => status === 'True');
  const messages = said.flatMap(({ message }) => (typeof message === 'string' ? [message] : []));
  return messages.length === 0 ? 'it does not say what for' : messages.join('; ');
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** What belongs to others that go, and may need a moment longer. */
const mayGo = (one: Content): boolean => one.deleting || one.owners.length > 0 || one.kind === 'Endpoints';

/** Why a namespace or a definition cannot go, after what belongs to deleted objects had its time to go; undefined once nothing is left. */
export async function waitUntilEmpty(
  target: Target,
  holder: LiveObject,
  patienceMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  let why: string | undefined;
  const look = async (): Promise<boolean> => {
    const contents = await contentsOf(target, holder, signal);
    if ('unseen' in contents) {
      why = `what would go with it cannot be told: ${contents.unseen}`;
      return true;
    }
    const stays = contents.found.filter((one) => !mayGo(one));
    const rest = stays.length > 0 ? stays : contents.found;
    why = rest.length === 0 ? undefined : heldBy(rest);
    return rest.length === 0 || stays.length > 0;
  };
  await until(look, patienceMs, signal);
  return why;
}
