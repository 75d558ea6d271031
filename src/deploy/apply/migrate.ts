import { setTimeout as sleep } from 'node:timers/promises';
import { pathOf } from '../../domain/api-path.ts';
import type { ManagedFields, ServedKind } from '../../domain/cluster.ts';
import { fieldManager } from '../../domain/ownership.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Target } from '../target.ts';
import { beside, type FieldSet, union } from './field-sets.ts';
import { isMigrated, type Predecessors, setByHand } from './managers.ts';
import { applyRequest, type LiveValue, liveIn } from './requests.ts';
import { isOwn } from './settled.ts';

/** Where kubectl keeps what it applied. https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-last-applied-configuration */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

const lastAppliedOf = ({ metadata }: LiveValue): string | undefined => metadata.annotations?.[lastApplied];

/** Whether kubectl applied it, so that what it set is ours to go on with. */
const wasKubectl = (live: LiveValue): boolean =>
  (live.metadata.managedFields ?? []).some(isMigrated) || (isUntracked(live) && lastAppliedOf(live) !== undefined);

/** Whose fields become ours when it is applied; `hands`: people's, too. undefined where there are none. */
export function predecessorsOf(live: LiveValue, hands: boolean): Predecessors | undefined {
  if (hands && isSetByHand(live.metadata.managedFields ?? [])) return 'kubectl and hands';
  return wasKubectl(live) ? 'kubectl' : undefined;
}

/** Whether people set fields that a run may take back. */
export function isSetByHand(entries: readonly ManagedFields[]): boolean {
  const version = entries.find(isOwn)?.apiVersion;
  return entries.some((entry) => setByHand(entry, version ?? entry.apiVersion ?? '').fields !== undefined);
}

/** Nobody took note of who set what, when it was applied. */
const isUntracked = ({ metadata: { managedFields = [] } }: LiveValue): boolean =>
  managedFields.length === 0 || managedFields.some(({ manager }) => manager === 'before-first-apply');

/**
 * The managedFields of an object once what its predecessors set is ours: then a field that our manifest does not have leaves with the next apply,
 * as it would with kubectl's. `applied`: the fields of kubectl's own note of what it applied, where nobody else took note. Pure.
 */
export function migrated(
  entries: readonly ManagedFields[],
  applied: FieldSet | undefined,
  apiVersion: string,
  from: Predecessors = 'kubectl',
): readonly ManagedFields[] {
  const own = entries.find(isOwn);
  const moved = entries.filter((entry) => isMigrated(entry) && entry.manager !== 'before-first-apply');
  const version = own?.apiVersion ?? moved.at(-1)?.apiVersion ?? apiVersion;
  const sets = [own, ...moved].flatMap((entry) => (entry?.fieldsV1 !== undefined && entry.apiVersion === version ? [entry.fieldsV1] : []));
  const parts = entries.filter((entry) => !isOwn(entry) && !isMigrated(entry)).map((entry) => parted(entry, version, from));
  const all: readonly FieldSet[] = [
    ...sets,
    ...(applied === undefined ? [] : [applied]),
    ...parts.flatMap(({ fields }) => (fields === undefined ? [] : [fields])),
  ];
  const others = parts.flatMap(({ left }) => left ?? []);
  if (all.length === 0) return others;
  const fieldsV1 = all.reduce(union);
  return [{ manager: fieldManager, operation: 'Apply', apiVersion: version, fieldsType: 'FieldsV1', fieldsV1 }, ...others];
}

const parted = (entry: ManagedFields, version: string, from: Predecessors): ReturnType<typeof setByHand> =>
  from === 'kubectl' ? { left: entry } : setByHand(entry, version);

/** Fields that predecessors set, that no manifest has and nobody else holds: they leave. `after`: the managedFields of the rehearsed object. */
export function leaving(
  live: LiveValue,
  applied: FieldSet | undefined,
  after: readonly ManagedFields[],
  apiVersion: string,
  from: Predecessors = 'kubectl',
): string[] {
  const own = migrated(live.metadata.managedFields ?? [], applied, apiVersion, from).find(isOwn);
  const others = after.filter((entry) => !isMigrated(entry)).map((entry) => parted(entry, own?.apiVersion ?? apiVersion, from).left);
  const stay = others.reduce<FieldSet>((set, entry) => union(set, entry?.fieldsV1 ?? {}), {});
  return beside(own?.fieldsV1 ?? {}, stay).filter((path) => !path.includes(lastApplied));
}

/** The fields of kubectl's own note, as the server sees them; undefined where they are not needed or cannot be known. */
export async function noted(target: Target, kind: ServedKind, live: LiveValue, signal?: AbortSignal): Promise<FieldSet | undefined> {
  const note = lastAppliedOf(live);
  if (note === undefined || !isUntracked(live)) return undefined;
  const { name, namespace = '' } = live.metadata;
  const reply = await target.server.ask(applyRequest(kind, { name, namespace }, note, { force: true, dryRun: true }), signal);
  return liveIn(reply)?.metadata.managedFields?.find(isOwn)?.fieldsV1;
}

const tries = 5;

/**
 * Makes what predecessors set ours: managedFields are written anew, if the object is still the one that was read, and nothing else of it. Who
 * dies behind it leaves an object that the next run applies as any other. https://kubernetes.io/docs/reference/using-api/server-side-apply/#migration
 */
export async function migrate(
  target: Target,
  kind: ServedKind,
  object: DesiredObject,
  from: Predecessors,
  signal?: AbortSignal,
): Promise<void> {
  const path = pathOf(kind, object);
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const live = liveIn(await target.server.ask({ method: 'GET', path }, signal));
    if (live === undefined || predecessorsOf(live, from === 'kubectl and hands') === undefined) return;
    const managedFields = migrated(live.metadata.managedFields ?? [], await noted(target, kind, live, signal), object.apiVersion, from);
    const patch = [
      { op: 'add', path: '/metadata/managedFields', value: managedFields.length === 0 ? [{}] : managedFields },
      { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
    ];
    const request = { method: 'PATCH', path: `${path}?fieldManager=${fieldManager}`, body: JSON.stringify(patch) } as const;
    const reply = await target.server.ask({ ...request, type: 'application/json-patch+json', verdictOnly: true }, signal);
    if (reply.status !== 409) return; // where it is refused, applying says why
    await sleep(100 * attempt * (1 + Math.random()), undefined, { signal });
  }
}
