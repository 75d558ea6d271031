import type { ServedKind } from '../../domain/cluster.ts';
import type { DeployFailure } from '../../domain/deployment.ts';
import { type ObjectId, objectName } from '../../domain/finding.ts';
import { type DefinedKind, isDefinition } from '../../manifests/definitions.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { groupKind, identityOf } from '../../manifests/identity.ts';
import { record } from '../../manifests/objects.ts';
import type { Progress } from '../progress.ts';
import { refusal } from '../refusal.ts';
import type { Target } from '../target.ts';
import { definedBy, kindKey, nameTaken } from './definitions.ts';
import { judgeElsewhere, standIn } from './elsewhere.ts';
import { type Decision, type Effect, type RehearseOptions, rehearseObject, type Way } from './rehearse-object.ts';
import { placedBy } from './requests.ts';

/** An object that can be applied. */
export interface Rehearsed {
  /** In the namespace that the cluster keeps it in. */
  readonly object: DesiredObject;
  readonly effect: Effect;
  readonly way: Way;
}

export interface Preflight {
  readonly rehearsed: readonly Rehearsed[];
  /** All of them; with any, nothing may be written. */
  readonly refusals: readonly DeployFailure[];
  /** Whole sentences. */
  readonly notes: readonly string[];
}

/** Of what lists told: whether an object stands as it was applied, and the text of its annotation `applied`. */
export interface Looked {
  readonly objects: readonly (ObjectId & { readonly settled: boolean; readonly applied: string })[];
}

/**
 * What applying the objects would do, asked of this very cluster before anything is written: as dry runs, each as strict as the real one. What
 * stands on something that this run makes is rehearsed as far as it goes, and again when its turn comes. Throws OutsideError where the
 * server cannot be reached.
 */
export async function rehearse(
  target: Target,
  objects: readonly DesiredObject[],
  live: Looked,
  options: RehearseOptions,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Preflight> {
  progress.phase('preflight', objects.length);
  return new Rehearsals(target, objects, live, options, progress, signal).all();
}

type Outcome = Decision & { readonly object: DesiredObject };

class Rehearsals {
  readonly #target: Target;
  readonly #objects: readonly DesiredObject[];
  readonly #settled: ReadonlyMap<string, string>;
  readonly #standing: ReadonlySet<string>;
  readonly #options: RehearseOptions;
  readonly #progress: Progress;
  readonly #signal: AbortSignal | undefined;
  readonly #defined: ReadonlyMap<string, DefinedKind>;
  /** Names of what the run may make: others may stand on it. */
  readonly #made: ReadonlySet<string>;
  readonly #late: string[] = [];
  #newNamespaces: ReadonlySet<string> = new Set();
  #changedDefinitions: ReadonlySet<DesiredObject> = new Set();

  constructor(
    target: Target,
    objects: readonly DesiredObject[],
    live: Looked,
    options: RehearseOptions,
    progress: Progress,
    signal: AbortSignal | undefined,
  ) {
    this.#target = target;
    this.#defined = definedBy(objects.filter(isDefinition));
    this.#objects = objects.map((object) => placedBy(object, this.#kindOf(object)));
    this.#settled = new Map(live.objects.flatMap((one) => (one.settled ? [[identityOf(one), one.applied] as const] : [])));
    this.#standing = new Set(live.objects.map(identityOf));
    this.#made = new Set(this.#objects.filter((one) => !this.#settled.has(identityOf(one))).map(({ name }) => name));
    this.#options = options;
    this.#progress = progress;
    this.#signal = signal;
  }

  async all(): Promise<Preflight> {
    const [known, unclear] = parted(this.#objects);
    const isFirst = (object: DesiredObject): boolean => isDefinition(object) || groupKind(object) === 'Namespace';
    const first = await this.#each(known.filter(isFirst));
    const made = first.filter((one) => one.kind === 'fine' && one.effect !== 'unchanged');
    this.#changedDefinitions = new Set(made.map(({ object }) => object).filter(isDefinition));
    this.#newNamespaces = new Set(
      made.flatMap((one) =>
        groupKind(one.object) === 'Namespace' && one.kind === 'fine' && one.effect === 'created' ? [one.object.name] : [],
      ),
    );
    const outcomes = [...first, ...(await this.#each(known.filter((object) => !isFirst(object))))];
    return {
      rehearsed: outcomes.flatMap((one) => (one.kind === 'fine' ? [{ object: one.object, effect: one.effect, way: one.way }] : [])),
      refusals: [...unclear, ...outcomes.flatMap((one) => (one.kind === 'refused' ? one.failures : [])), ...strangers(outcomes)],
      notes: [...outcomes.flatMap((one) => (one.kind === 'fine' ? one.notes : [])), ...lateNote(this.#late)],
    };
  }

  #kindOf(object: DesiredObject): ServedKind | undefined {
    return this.#target.kindOf(object) ?? this.#defined.get(kindKey(object));
  }

  #each(objects: readonly DesiredObject[]): Promise<Outcome[]> {
    return this.#target.turns.map(objects, async (object) => {
      const decision = await this.#decide(object);
      this.#progress.done(objectName(object));
      return { ...decision, object };
    });
  }

  async #decide(object: DesiredObject): Promise<Decision> {
    const applied = this.#settled.get(identityOf(object));
    if (applied !== undefined) return { kind: 'fine', effect: 'unchanged', way: plain(applied), notes: [] };
    const taken = isDefinition(object) ? nameTaken(this.#target, object) : undefined;
    if (taken !== undefined) return { kind: 'refused', failures: [taken] };
    const kind = this.#target.kindOf(object);
    if (kind === undefined) return this.#defined.has(kindKey(object)) ? this.#afterwards(object) : unserved(object);
    if (kind.namespaced && this.#newNamespaces.has(object.namespace)) return this.#elsewhere(kind, object);
    const decision = await rehearseObject(this.#target, kind, object, this.#options, this.#signal);
    return decision.kind === 'refused' && this.#mayPass(object, decision.failures) ? this.#afterwards(object) : decision;
  }

  /** Whether what the server has against it may be gone once the rest of the set is applied. */
  #mayPass(object: DesiredObject, failures: readonly DeployFailure[]): boolean {
    const definition = this.#defined.get(kindKey(object))?.definition;
    if (definition !== undefined && this.#changedDefinitions.has(definition)) return true;
    return failures.every(({ message }) => missingIn(message).some((name) => this.#made.has(name)));
  }

  async #elsewhere(kind: ServedKind, object: DesiredObject): Promise<Decision> {
    const judged = await judgeElsewhere(this.#target, kind, object, await standIn(this.#target, this.#signal), this.#signal);
    if (judged === undefined) return this.#afterwards(object);
    if ('applied' in judged) return { kind: 'fine', effect: 'created', way: plain(judged.applied), notes: [] };
    return this.#mayPass(object, judged.failures) ? this.#afterwards(object) : { kind: 'refused', failures: judged.failures };
  }

  #afterwards(object: DesiredObject): Decision {
    this.#late.push(objectName(object));
    const effect = this.#standing.has(identityOf(object)) ? 'changed' : 'created';
    return { kind: 'fine', effect, way: { kind: 'late', options: this.#options }, notes: [] };
  }
}

const plain = (applied: string): Way => ({ kind: 'apply', force: false, from: undefined, applied });

/** Names that a server misses: `clusterroles.rbac.authorization.k8s.io "x" not found`, `no PriorityClass with name x was found`. */
export const missingIn = (message: string): string[] =>
  [...message.matchAll(/"([^"\s]+)" (?:was )?not found|with name "?([^"\s]+)"? was found/g)].map(
    ([, quoted, named]) => quoted ?? named ?? '',
  );

/** Those that a server can be asked about, and what is against the others. */
function parted(objects: readonly DesiredObject[]): readonly [readonly DesiredObject[], readonly DeployFailure[]] {
  const first = new Map<string, DesiredObject>();
  const failures: DeployFailure[] = [];
  const known = objects.filter((object) => {
    const why = nameless(object) ?? twice(object, first.get(identityOf(object)));
    if (why === undefined) first.set(identityOf(object), object);
    else failures.push(why);
    return why === undefined;
  });
  return [known, failures];
}

function nameless(object: DesiredObject): DeployFailure | undefined {
  const { name } = record(object.value['metadata']);
  if ((name ?? '') !== '') return undefined;
  const help = 'write metadata.name instead of generateName: what a deployment applies again has to be found again';
  return refusal(object, 'it has no name of its own', help, ['metadata', 'generateName']);
}

function twice(object: DesiredObject, other: DesiredObject | undefined): DeployFailure | undefined {
  if (other === undefined) return undefined;
  const { file, line } = other.place;
  return refusal(object, `stands twice: here, and at ${file}:${line}`, 'delete one of them, or give it another name');
}

function unserved(object: DesiredObject): Decision {
  const message = `the cluster does not serve ${object.kind} of ${object.apiVersion}`;
  const help = 'correct kind and apiVersion, or add its CustomResourceDefinition to the environment';
  return { kind: 'refused', failures: [refusal(object, message, help, ['kind'])] };
}

/** Once for each other environment. */
function strangers(outcomes: readonly Outcome[]): DeployFailure[] {
  const foreign = outcomes.flatMap((one) => (one.kind === 'foreign' ? [one] : []));
  return [...Map.groupBy(foreign, ({ environment }) => environment)].map(([environment, of]) => {
    const names = of.slice(0, 5).map(({ object }) => objectName(object));
    const many = of.length === 1 ? '1 object belongs' : `${of.length} objects belong`;
    const more = of.length > names.length ? ` and ${of.length - names.length} more` : '';
    return {
      message: `${many} to the environment ${environment}: ${names.join(', ')}${more}`,
      help: `was it renamed? Then write formerly: [${environment}] in app.yml, or give --formerly ${environment}; else take them out of one of the two`,
    };
  });
}

function lateNote(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  return [`Not rehearsed before the first write, because they stand on what this run makes: ${shown}.`];
}
