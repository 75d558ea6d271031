import { isDeepStrictEqual } from 'node:util';
import type { KeptObject } from '../domain/deployment.ts';
import { idOf, type ObjectId, objectName } from '../domain/finding.ts';
import { pruneAnnotation } from '../domain/ownership.ts';
import type { DesiredObject, DesiredState } from '../manifests/desired-object.ts';
import { identityOf } from '../manifests/identity.ts';
import { record } from '../manifests/objects.ts';
import { type Change, changeOf, ownLeft } from './change.ts';
import { isPruneDisabled } from './live.ts';
import { lostWith } from './lost.ts';
import { isSystemNamespace, protectedBy, systemNamespace, wantsNothing } from './prune.ts';

/** What a change would do to the cluster. Texts are plain, and may hold text from outside: whoever shows them escapes them. */
export interface Plan {
  readonly create: readonly DesiredObject[];
  readonly change: readonly Change[];
  readonly prune: readonly Pruned[];
  /** Objects that are no longer wanted, and stay. */
  readonly kept: readonly KeptObject[];
  readonly unchanged: number;
  /** Whole sentences: what this plan could not know. */
  readonly notes: readonly string[];
}

export interface Pruned {
  readonly object: ObjectId;
  /** What goes with it, in words: `its 2 pods`. */
  readonly lost: string;
}

/** What merging `head` into `base` changes, by their files alone; without a base nothing was there. */
export function planOf(base: DesiredState | undefined, head: DesiredState): Plan {
  const [before, after] = [byIdentity(base?.objects ?? []), byIdentity(head.objects)];
  const change: Change[] = [];
  let unchanged = 0;
  for (const [identity, object] of after) {
    const old = before.get(identity);
    if (old === undefined) continue;
    if (isDeepStrictEqual(ownLeft(old.value), ownLeft(object.value))) unchanged += 1;
    else change.push(changeOf(object, old.value, object.value, object.value));
  }
  const gone = [...before].filter(([identity]) => !after.has(identity)).map(([, object]) => object);
  return {
    create: [...after].filter(([identity]) => !before.has(identity)).map(([, object]) => object),
    change,
    ...pruned(gone, head),
    unchanged,
    notes: [
      ...(base?.complete !== false ? [] : ['Not all of the state before could be read: what is listed as created may be there already.']),
      ...(head.complete ? [] : ['Not all of the new state could be read: nothing is pruned until it can be.']),
    ],
  };
}

const byIdentity = (objects: readonly DesiredObject[]): ReadonlyMap<string, DesiredObject> =>
  new Map(objects.map((object) => [identityOf(object), object]));

/** An object with its fields, in the repository or in the cluster. */
export type Standing = ObjectId & { readonly value: Readonly<Record<string, unknown>> };

/** Parts those that are wanted no more into what goes and what stays. */
export function pruned(gone: readonly Standing[], head: DesiredState): Pick<Plan, 'prune' | 'kept'> {
  const judged = gone.map((object) => ({ object, reason: keptBecause(object, head) }));
  return {
    prune: judged.filter(({ reason }) => reason === undefined).map(({ object }) => ({ object: idOf(object), lost: lostWith(object) })),
    kept: judged.flatMap(({ object, reason }) => (reason === undefined ? [] : [{ object: idOf(object), reason }])),
  };
}

function keptBecause(object: Standing, { environment, complete, objects }: DesiredState): string | undefined {
  if (isPruneDisabled(record(record(object.value['metadata'])['annotations'])[pruneAnnotation]))
    return `its annotation ${pruneAnnotation} is disabled`;
  if (isSystemNamespace(object)) return systemNamespace;
  const entry = protectedBy(environment.prune.protect, object);
  if (entry !== undefined) return `prune.protect of environment.yml names ${entry}`;
  if (!complete) return 'not all of the new state could be read: it may still be wanted';
  return objects.length === 0 ? wantsNothing : undefined;
}

/** `1 created, 2 changed, 38 unchanged` */
export function tally({ create, change, prune, kept, unchanged, notes }: Plan): string {
  const counts = [
    [create.length, 'created'],
    [change.length, 'changed'],
    [prune.length, 'pruned'],
    [kept.length, 'kept though no longer wanted'],
    [unchanged, 'unchanged'],
  ] as const;
  const told = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  if (told.length > 0) return told.join(', ');
  return notes.length === 0 ? 'nothing is there, and nothing is wanted' : 'nothing that could be compared';
}

/** What `plan --json` prints: see design.md, section 3. */
export const planJson = (environment: string, { create, change, prune, kept, unchanged, notes }: Plan): object => ({
  environment,
  create: create.map(objectName),
  change: change.map(({ object, diff, summary }) => ({ object: objectName(object), diff, summary })),
  prune: prune.map(({ object, lost }) => ({ object: objectName(object), lost })),
  kept: kept.map(({ object, reason }) => ({ object: objectName(object), reason })),
  unchanged,
  notes,
});
