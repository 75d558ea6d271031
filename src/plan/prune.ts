import type { KeptObject } from '../domain/deployment.ts';
import { idOf, type ObjectId, objectName } from '../domain/finding.ts';
import { deployedAtLabel, identityAnnotation, pruneAnnotation } from '../domain/ownership.ts';
import { count, some } from '../domain/wording.ts';
import { groupKind, groupOf } from '../manifests/identity.ts';
import type { Live, LiveObject } from './live.ts';
import type { Wanted } from './wanted.ts';

/** What decides about a single object. */
export interface PruneRules {
  readonly wanted: Wanted;
  /** The run that asks, `YYYYMMDDhhmmss`. */
  readonly run: string;
  /** The environment's name, and those that it had before. */
  readonly environments: readonly string[];
  /** Kinds, as `Kind` or `group/Kind`: see isProtected. */
  readonly protect: readonly string[];
}

export interface PruneQuestion extends PruneRules {
  readonly live: Live;
  /** Most that may go, of what is wanted and what would go together; 0 to 1. */
  readonly share: number;
  /** False when not all of what is wanted could be read. */
  readonly complete: boolean;
  /** An object could not be applied. */
  readonly failed: boolean;
  /** By uid, why a namespace or a definition holds what would go with it: see whatHolds. */
  readonly held?: ReadonlyMap<string, string>;
}

export interface PruneDecision {
  readonly prune: readonly LiveObject[];
  /** What is not wanted any more, and stays. */
  readonly kept: readonly KeptObject[];
  /** Why the run must not begin; then nothing is pruned. */
  readonly refusal?: string;
  /** Whole sentences: why nothing at all is pruned. */
  readonly notes: readonly string[];
}

/** What a deployment run deletes of what the cluster has. The rules are design.md's, section 7. */
export function decidePrune(question: PruneQuestion): PruneDecision {
  const judged = question.live.objects
    .filter((object) => isLeft(object, question))
    .map((object) => ({ object, reason: stays(object, question) }));
  const goes = judged.filter(({ reason }) => reason === undefined).map(({ object }) => object);
  const kept = judged.flatMap(({ object, reason }) => (reason === undefined ? [] : [{ object: idOf(object), reason }]));
  const stop = nothingGoes(question, goes);
  if (stop === undefined || (goes.length === 0 && stop.refusal === undefined))
    return { prune: goes, kept, notes: stop === undefined ? [] : stop.notes };
  const { reason, notes, refusal } = stop;
  return {
    prune: [],
    kept: [...kept, ...goes.map((object) => ({ object: idOf(object), reason }))],
    notes,
    ...(refusal !== undefined && { refusal }),
  };
}

/** Owned objects, and endpoints that carry their service's labels, are other objects' shadows, and no news to anybody. */
const isLeft = (object: LiveObject, { wanted }: PruneRules): boolean =>
  !isWanted(object, wanted) && !object.owned && !(groupKind(object) === 'Endpoints' && !object.named);

const isWanted = (object: LiveObject, wanted: Wanted): boolean => [object, ...object.alsoAs].some((face) => wanted.has(face));

const stays = (object: LiveObject, question: PruneQuestion): string | undefined =>
  staysBecause(object, question) ?? question.held?.get(object.uid);

/** Why prune leaves an object that carries our label; undefined where nothing speaks against its deletion. */
export function staysBecause(object: LiveObject, rules: PruneRules): string | undefined {
  return notOurs(object, rules) ?? notOlder(object, rules) ?? mustStay(object, rules) ?? needed(object, rules);
}

function notOurs(object: LiveObject, { environments, wanted }: PruneRules): string | undefined {
  if (!environments.includes(object.environment))
    return object.environment === ''
      ? 'it does not carry the label of an environment any more'
      : `it belongs to the environment ${object.environment}`;
  if (object.owned) return 'another object owns it, and takes it along';
  if (isWanted(object, wanted)) return 'it is wanted';
  return object.named ? undefined : `its annotation ${identityAnnotation} does not name it: its labels were copied, or written by hand`;
}

function notOlder({ deployedAt }: LiveObject, { run }: PruneRules): string | undefined {
  if (deployedAt === '') return `its label ${deployedAtLabel} is missing: no run is known to have applied it`;
  if (!isRun(deployedAt)) return `its label ${deployedAtLabel} is ${deployedAt}, which is no run of ours: 14 digits`;
  return deployedAt < run ? undefined : `the run ${deployedAt} applied it, which is not older than this one`;
}

const isRun = (text: string): boolean => /^\d{14}$/.test(text);

function mustStay(object: LiveObject, { protect }: PruneRules): string | undefined {
  if (object.pruneDisabled) return `its annotation ${pruneAnnotation} is disabled`;
  if (object.builtIn) return 'it is a part of Kubernetes itself';
  if (isSystemNamespace(object)) return systemNamespace;
  const entry = [object, ...object.alsoAs].flatMap((face) => protectedBy(protect, face, object.served.plural) ?? [])[0];
  if (entry !== undefined) return `prune.protect of environment.yml names ${entry}`;
  if (!object.deleting) return undefined;
  const holders = object.finalizers.length === 0 ? '' : `, and waits for ${some(object.finalizers, 3)}`;
  return `it is being deleted already${holders}`;
}

/** What other wanted objects cannot be without. */
function needed(object: LiveObject, { wanted }: PruneRules): string | undefined {
  if (isNamespace(object) && wanted.inNamespace(object.name)) return 'objects in it are wanted';
  return isDefinition(object) && wanted.ofDefinition(object.name) ? 'custom resources of it are wanted' : undefined;
}

export const isNamespace = (object: ObjectId): boolean => groupKind(object) === 'Namespace';
export const isDefinition = (object: ObjectId): boolean => groupKind(object) === 'apiextensions.k8s.io/CustomResourceDefinition';

export const systemNamespace = 'it is a namespace of the system';

/** Never pruned, whatever environment.yml protects. Objects of ours in them are objects like others. */
export const isSystemNamespace = (object: ObjectId): boolean =>
  isNamespace(object) && (object.name.startsWith('kube-') || ['default', 'lockkeeper-system'].includes(object.name));

/**
 * The entry that protects the kind: its name, for that kind in every group, or `group/Kind`. Case and plural are taken as they come: an entry
 * that is meant to protect must not fail to for a slip.
 */
export function protectedBy(
  protect: readonly string[],
  { apiVersion, kind }: Pick<ObjectId, 'apiVersion' | 'kind'>,
  plural = '',
): string | undefined {
  const names = [kind, plural].filter((name) => name !== '').flatMap((name) => [name, `${groupOf(apiVersion)}/${name}`]);
  return protect.find((entry) => names.some((name) => name.toLowerCase() === entry.toLowerCase()));
}

interface Stop {
  readonly reason: string;
  readonly notes: readonly string[];
  readonly refusal?: string;
}

/** What keeps a whole run from pruning. */
function nothingGoes(question: PruneQuestion, goes: readonly LiveObject[]): Stop | undefined {
  const { live, wanted, complete, failed } = question;
  if (!complete) return stopped('not all of the new state could be read: it may still be wanted', unread);
  if (wanted.count === 0) return stopped(wantsNothing, 'Nothing at all is wanted: that is taken for a mistake, and nothing is pruned.');
  if (failed) return stopped('not every object could be applied', 'Not every object could be applied: nothing is pruned until all are.');
  if (live.unseen.length > 0)
    return stopped('not all of the cluster could be seen', ...live.unseen.map((what) => `${what}: nothing is pruned until it can be.`));
  return newerRun(question) ?? tooMany(question, goes);
}

const stopped = (reason: string, ...notes: readonly string[]): Stop => ({ reason, notes });

const unread = 'Not all of the new state could be read: nothing is pruned until it can be.';
export const wantsNothing = 'nothing at all is wanted, which is taken for a mistake';

/** Its stamp on any object that names itself; on a copy it says nothing. */
function newerRun({ live, run, environments }: PruneQuestion): Stop | undefined {
  const newer = live.objects.find(
    ({ named, environment, deployedAt }) => named && environments.includes(environment) && isRun(deployedAt) && deployedAt > run,
  );
  if (newer === undefined) return undefined;
  const note = `${objectName(newer)} was applied by the run ${newer.deployedAt}, which is newer than this one, ${run}: nothing is pruned.`;
  return stopped(`a newer run, ${newer.deployedAt}, has begun`, `${note} If there was none, correct its label ${deployedAtLabel}.`);
}

/** 0.29 of 100 is 28.999999999999996. */
const rounding = 1e-6;

function tooMany({ wanted, share }: PruneQuestion, goes: readonly LiveObject[]): Stop | undefined {
  const all = wanted.count + goes.length;
  if (goes.length <= share * all + rounding) return undefined;
  const names = some(
    goes.map((object) => objectName(object)),
    3,
  );
  const refusal = `${count(goes.length, 'object')} of ${all} would be pruned (${names}), more than the share of ${share} that prune.share in app.yml allows`;
  return {
    reason: `more would be pruned than the share of ${share} that prune.share in app.yml allows`,
    notes: [`${refusal}: a deployment is refused.`],
    refusal,
  };
}
