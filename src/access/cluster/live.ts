import { isDeepStrictEqual } from 'node:util';
import type { Grant } from '../../domain/access.ts';
import { statusOf } from '../../domain/api-status.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';
import { expiresAnnotation, grantLabel } from '../../domain/ownership.ts';
import { bindingOf, bindingsIn, type ClusterNaming, nameOf, timerOf, timersIn, type Value } from './objects.ts';
import { recordOf, textOf } from './values.ts';

/** An object as it stands in the cluster. */
export interface LiveObject {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** All of it. */
  readonly value: Value;
}

/** All that carries one id in one namespace. */
export interface LiveGrant {
  readonly id: string;
  readonly namespace: string;
  readonly binding?: LiveObject;
  readonly timer?: LiveObject;
  /** Names of further bindings and timers with that id: nobody of ours made them. */
  readonly others: readonly string[];
}

/** Objects of one page of a list. */
const pageSize = 500;

/** All that carries a grant's label, whoever made it. A timer that is going, and whose binding is gone, is nothing any more. Throws OutsideError. */
export async function liveGrants(server: ApiServer, signal: AbortSignal): Promise<readonly LiveGrant[]> {
  const [bindings, timers] = await Promise.all([
    listAll(server, '/apis/rbac.authorization.k8s.io/v1/rolebindings', grantLabel, signal),
    listAll(server, '/apis/batch/v1/jobs', grantLabel, signal),
  ]);
  const found = new Map<string, LiveGrant>();
  const add = (kind: 'binding' | 'timer', object: LiveObject): void => {
    const metadata = metadataOf(object.value);
    const [id, namespace] = [textOf(recordOf(metadata['labels'])[grantLabel]), textOf(metadata['namespace'])];
    const key = `${namespace}/${id}`;
    const grant = found.get(key) ?? { id, namespace, others: [] };
    const own = object.name === nameOf(id);
    found.set(key, own ? { ...grant, [kind]: object } : { ...grant, others: [...grant.others, object.name] });
  };
  for (const one of bindings) add('binding', one);
  for (const one of timers) add('timer', one);
  return [...found.values()].filter(
    ({ binding, timer, others }) => binding !== undefined || others.length > 0 || (timer !== undefined && !isGoing(timer)),
  );
}

/** Every object with such a label, of every page. */
export async function listAll(server: ApiServer, path: string, selector: string, signal: AbortSignal): Promise<readonly LiveObject[]> {
  const found: LiveObject[] = [];
  for (let next = ''; ; ) {
    const query = `labelSelector=${encodeURIComponent(selector)}&limit=${pageSize}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
    const reply = await server.ask({ method: 'GET', path: `${path}?${query}` }, signal);
    if (reply.status !== 200) throw new OutsideError(server.host, `GET ${path}: ${statusOf(reply).message}`, { status: reply.status });
    const list = recordOf(JSON.parse(reply.body));
    const items: readonly unknown[] = Array.isArray(list['items']) ? list['items'] : [];
    found.push(...items.map((item) => liveObject(recordOf(item))));
    next = textOf(recordOf(list['metadata'])['continue']);
    if (next === '') return found;
  }
}

/** Undefined where there is none. */
export async function readObject(server: ApiServer, path: string, signal: AbortSignal): Promise<LiveObject | undefined> {
  const reply = await server.ask({ method: 'GET', path }, signal);
  if (reply.status === 404) return undefined;
  if (reply.status !== 200) throw new OutsideError(server.host, `GET ${path}: ${statusOf(reply).message}`, { status: reply.status });
  return liveObject(recordOf(JSON.parse(reply.body)));
}

export function liveObject(value: Value): LiveObject {
  const { name, uid, resourceVersion } = metadataOf(value);
  return { name: textOf(name), uid: textOf(uid), resourceVersion: textOf(resourceVersion), value };
}

export const timerPath = (grant: Pick<Grant, 'id' | 'namespace'>): string => `${timersIn(grant.namespace)}/${nameOf(grant.id)}`;
export const bindingPath = (grant: Pick<Grant, 'id' | 'namespace'>): string => `${bindingsIn(grant.namespace)}/${nameOf(grant.id)}`;

export const metadataOf = (value: Value): Value => recordOf(value['metadata']);

export const isGoing = ({ value }: LiveObject): boolean => metadataOf(value)['deletionTimestamp'] !== undefined;

/** What somebody changed of what was given, in words; undefined: nothing. */
export function differs({ binding, timer, others }: LiveGrant, grant: Grant, naming: ClusterNaming): string | undefined {
  if (others.length > 0) return `its label stands on others too: ${others.join(', ')}`;
  if (binding === undefined) return 'its binding is gone';
  if (timer === undefined) return 'its timer is gone';
  return bindingDiffers(binding.value, grant, naming, timer.uid) ?? timerDiffers(timer.value, grant);
}

/** What of a binding is not as it was given. */
export function bindingDiffers(value: Value, grant: Grant, naming: ClusterNaming, timerUid: string): string | undefined {
  const wanted = bindingOf(grant, naming, timerUid);
  if (!isDeepStrictEqual(value['subjects'], wanted['subjects'])) return 'its binding has other subjects';
  if (!isDeepStrictEqual(value['roleRef'], wanted['roleRef'])) return 'its binding has another role';
  const [live, asked] = [metadataOf(value), metadataOf(wanted)];
  if (recordOf(live['labels'])[grantLabel] !== grant.id) return 'its binding has lost its label';
  if (recordOf(live['annotations'])[expiresAnnotation] !== grant.until) return `its binding has another ${expiresAnnotation}`;
  if (!isDeepStrictEqual(live['ownerReferences'], asked['ownerReferences'])) return 'its binding is not owned by its timer';
  return heldDiffers(live, 'binding');
}

/** What of a timer is not as it was given: it may end earlier, and not later. */
export function timerDiffers(value: Value, grant: Pick<Grant, 'id' | 'namespace' | 'until'>): string | undefined {
  const metadata = metadataOf(value);
  if (recordOf(metadata['labels'])[grantLabel] !== grant.id) return 'its timer has lost its label';
  const [spec, wanted] = [recordOf(value['spec']), recordOf(timerOf(grant, 0)['spec'])];
  for (const key of ['parallelism', 'suspend', 'ttlSecondsAfterFinished', 'manualSelector', 'selector'])
    if (!isDeepStrictEqual(spec[key], wanted[key])) return `its timer has another ${key}`;
  if (spec['managedBy'] !== undefined) return 'its timer is managed by somebody else';
  if (metadata['ownerReferences'] !== undefined) return 'its timer has an owner';
  if (isLate(value, grant, createdAt(value))) return 'its timer ends later than the grant';
  return heldDiffers(metadata, 'timer');
}

/** Milliseconds: the API server counts in whole seconds. */
const leeway = 1000;

/** Whether a timer that began then, in milliseconds, ends after the grant; one without a deadline never ends. */
export function isLate(value: Value, { until }: Pick<Grant, 'until'>, begun: number): boolean {
  const seconds = recordOf(value['spec'])['activeDeadlineSeconds'];
  return typeof seconds !== 'number' || begun + seconds * 1000 > Date.parse(until) + leeway;
}

/** By the API server's clock, in milliseconds. */
export const createdAt = (value: Value): number => Date.parse(textOf(metadataOf(value)['creationTimestamp']));

/** When the controller that counts its time saw it first, in milliseconds: late, where it did not run. */
export const startedAt = (value: Value): number => {
  const said = textOf(recordOf(value['status'])['startTime']);
  return said === '' ? createdAt(value) : Date.parse(said);
};

/** The garbage collector's own are gone as soon as it has done its work. */
const heldDiffers = ({ finalizers, deletionTimestamp }: Value, what: string): string | undefined => {
  if (finalizers !== undefined) return `its ${what} is held by ${Array.isArray(finalizers) ? finalizers.join(', ') : 'a finalizer'}`;
  return deletionTimestamp === undefined ? undefined : `its ${what} is being deleted`;
};
