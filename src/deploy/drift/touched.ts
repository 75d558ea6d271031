import type { ManagedFields } from '../../domain/cluster.ts';
import { fieldManager } from '../../domain/ownership.ts';
import { type LeafChange, pathOfItem, pathOfKey } from '../../manifests/leaves.ts';
import { record } from '../../manifests/objects.ts';
import { isHand, isSignal, isSpared } from './hands.ts';
import { type Owners, ownersOf } from './owners.ts';

type Value = Readonly<Record<string, unknown>>;

/** Why a value of an object is not the one that is wanted. */
export interface Touched {
  /** Others than our deployments made it so. */
  readonly byOthers: readonly LeafChange[];
  /** The repository says something else than when it was applied last. */
  readonly notDeployed: readonly LeafChange[];
  /** What an autoscaler has set: which number is right, it decides. */
  readonly scaled: readonly LeafChange[];
  /** The others, each once. */
  readonly managers: readonly ManagedFields[];
}

const none: readonly ManagedFields[] = [];

/**
 * Parts differences (`from` is what is wanted, `to` what is there) by who made them. `isCurrent`: the object was applied from the very document
 * that is wanted now, so that what we own and what nobody owns has been tampered with.
 */
export function touchedBy(changes: readonly LeafChange[], live: Value, isCurrent: boolean): Touched {
  const owners = ownersOf(live);
  const sorted = changes.map((change) => ({ change, others: (owners.get(change.path) ?? none).filter(isOther) }));
  const isScaled = ({ others }: (typeof sorted)[number]): boolean => others.some((one) => isAutoscaler(one));
  const isOthers = ({ others }: (typeof sorted)[number]): boolean => others.length > 0 || isCurrent;
  const foreign = sorted.filter((one) => !isScaled(one) && isOthers(one));
  const changesOf = (some: typeof sorted): readonly LeafChange[] => some.map(({ change }) => change);
  return {
    byOthers: changesOf(foreign),
    notDeployed: changesOf(sorted.filter((one) => !isScaled(one) && !isOthers(one))),
    scaled: changesOf(sorted.filter(isScaled)),
    managers: [...new Map(foreign.flatMap(({ others }) => others).map((one) => [one.manager, one])).values()],
  };
}

const isOther = ({ manager }: ManagedFields): boolean => manager !== fieldManager;

const isAutoscaler = (entry: ManagedFields): boolean => entry.subresource === 'scale' && !isByHand(entry);

const isByHand = ({ manager = '', subresource }: ManagedFields): boolean => isHand({ manager, subresource });

/** Values that people have put beside ours, by the owners after a dry run: no apply takes them back, so that its answer holds them, too. */
export function addedByHand(owners: Owners): ReadonlySet<string> {
  const added = [...owners].filter(([path, entries]) => entries.every(isByHand) && !isSignal(path) && !path.startsWith('status.'));
  return new Set(added.map(([path]) => path));
}

/** Those of them that a deployment which sets back what people change takes away. */
export function removable(added: ReadonlySet<string>, owners: Owners, apiVersion: string): ReadonlySet<string> {
  const isOurWay = (entry: ManagedFields): boolean => (entry.subresource ?? '') === '' && entry.apiVersion === apiVersion;
  return new Set([...added].filter((path) => !isSpared(path) && owners.get(path)?.every(isOurWay) === true));
}

/** Whether people may have put values beside ours; tells without the object itself. */
export function mayHaveAdditions(managedFields: readonly ManagedFields[]): boolean {
  return managedFields.some((entry) => isByHand(entry) && entry.subresource !== 'status');
}

/** The value without what stands at these paths, and without what holds nothing then. */
export function without(value: unknown, gone: ReadonlySet<string>, path = ''): unknown {
  if (typeof value !== 'object' || value === null) return gone.has(path) ? undefined : value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => without(item, gone, pathOfItem(path, item, index)));
    const left = items.filter((item) => item !== undefined);
    return left.length === 0 && items.length > 0 ? undefined : left;
  }
  const entries = Object.entries(record(value)).map(([key, part]) => [key, without(part, gone, pathOfKey(path, key))] as const);
  const left = entries.filter(([, part]) => part !== undefined);
  return left.length === 0 && entries.length > 0 ? undefined : Object.fromEntries(left);
}
