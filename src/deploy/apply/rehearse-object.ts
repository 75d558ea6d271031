import { isDeepStrictEqual } from 'node:util';
import { pathOf } from '../../domain/api-path.ts';
import { statusOf } from '../../domain/api-status.ts';
import type { ApiReply, ServedKind } from '../../domain/cluster.ts';
import type { DeployFailure } from '../../domain/deployment.ts';
import { explain, isPassing, OutsideError } from '../../domain/errors.ts';
import { objectName } from '../../domain/finding.ts';
import { environmentLabel, identityAnnotation, identityText } from '../../domain/ownership.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { stamp } from '../../manifests/stamp.ts';
import { comparable } from '../../plan/compare.ts';
import { refusal, refusalsOf } from '../refusal.ts';
import type { Target } from '../target.ts';
import { conflictsOf, type FieldConflict, inTheWay, mayTake, shownField } from './conflicts.ts';
import type { Predecessors } from './managers.ts';
import { leaving, noted, predecessorsOf } from './migrate.ts';
import { unchangeable } from './recreate.ts';
import { applyRequest, askSteadily, type LiveValue, liveIn, marksOf, noRun } from './requests.ts';
import { appliedText } from './settled.ts';

export interface RehearseOptions {
  /** What people changed by hand is set back: `drift.correct`. */
  readonly takeOver: boolean;
}

export type Effect = 'created' | 'changed' | 'unchanged';

/** How an object is to be applied. */
export type Way =
  | {
      readonly kind: 'apply';
      /** Fields are taken from their owners. */
      readonly force: boolean;
      /** What they set becomes ours first. */
      readonly from: Predecessors | undefined;
      /** Text of the annotation `applied`; empty where it could not be found out. */
      readonly applied: string;
    }
  /** Deleted first, if it is still the object with that uid. */
  | { readonly kind: 'recreate'; readonly uid: string }
  /** Rehearsed when its turn comes: what it stands on is not there yet. */
  | { readonly kind: 'late'; readonly options: RehearseOptions };

export type Decision =
  | { readonly kind: 'fine'; readonly effect: Effect; readonly way: Way; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly failures: readonly DeployFailure[] }
  /** It belongs to another environment. */
  | { readonly kind: 'foreign'; readonly environment: string };

/** Asks this very cluster what applying the object would do; writes nothing. Throws OutsideError where the server cannot be reached. */
export async function rehearseObject(
  target: Target,
  kind: ServedKind,
  object: DesiredObject,
  options: RehearseOptions,
  signal?: AbortSignal,
): Promise<Decision> {
  const stamped = stamp(object, marksOf(target, object, noRun, 'rehearsed'));
  if ('refused' in stamped) return { kind: 'refused', failures: [refusal(object, stamped.refused)] };
  try {
    return await new Rehearsal(target, kind, object, stamped.body, options, signal).decide();
  } catch (error) {
    if (!(error instanceof OutsideError) || error.status === undefined) throw error;
    return { kind: 'refused', failures: [{ ...refusal(object, explain(error)), outside: isPassing(error) }] };
  }
}

/** Fields that no manifest has, by who set them. */
interface Leaving {
  readonly kubectl: readonly string[];
  readonly hands: readonly string[];
}

class Rehearsal {
  readonly #target: Target;
  readonly #kind: ServedKind;
  readonly #object: DesiredObject;
  readonly #body: string;
  readonly #options: RehearseOptions;
  readonly #signal: AbortSignal | undefined;

  constructor(
    target: Target,
    kind: ServedKind,
    object: DesiredObject,
    body: string,
    options: RehearseOptions,
    signal: AbortSignal | undefined,
  ) {
    this.#target = target;
    this.#kind = kind;
    this.#object = object;
    this.#body = body;
    this.#options = options;
    this.#signal = signal;
  }

  async decide(): Promise<Decision> {
    const reply = await this.#apply(false);
    if (reply.status === 201) return this.#fine('created', this.#way(objectIn(reply), false, undefined), []);
    const live = liveIn(await this.#target.server.ask({ method: 'GET', path: pathOf(this.#kind, this.#object) }, this.#signal));
    if (live === undefined) return this.#unrehearsed(undefined, reply);
    const owner = foreignOwner(this.#target, this.#object, live);
    if (owner !== undefined) return { kind: 'foreign', environment: owner };
    const { deletionTimestamp, finalizers = [] } = live.metadata;
    if (deletionTimestamp !== undefined) return this.#leaves(finalizers);
    const conflicts = conflictsOf(reply);
    const kept = conflicts.filter((one) => !mayTake(one, this.#object, this.#options.takeOver));
    if (kept.length > 0) return { kind: 'refused', failures: kept.map((one) => inTheWay(this.#object, one)) };
    return this.#existing(live, conflicts, conflicts.length === 0 ? reply : await this.#apply(true));
  }

  async #existing(live: LiveValue, conflicts: readonly FieldConflict[], reply: ApiReply): Promise<Decision> {
    if (reply.status !== 200) return this.#unrehearsed(live, reply);
    const from = predecessorsOf(live, this.#options.takeOver);
    const after = objectIn(reply);
    const gone = from === undefined ? { kubectl: [], hands: [] } : await this.#leaving(live, after, from);
    const stays = gone.kubectl.length + gone.hands.length === 0;
    const same = stays && isDeepStrictEqual(comparable(live), comparable(after));
    const force = conflicts.length > 0;
    return this.#fine(same ? 'unchanged' : 'changed', this.#way(after, force, from), this.#notes(conflicts, gone));
  }

  async #leaving(live: LiveValue, { metadata }: LiveValue, from: Predecessors): Promise<Leaving> {
    const applied = await noted(this.#target, this.#kind, live, this.#signal);
    const [after, { apiVersion }] = [metadata.managedFields ?? [], this.#object];
    const kubectl = leaving(live, applied, after, apiVersion);
    const both = from === 'kubectl' ? kubectl : leaving(live, applied, after, apiVersion, from);
    return { kubectl, hands: both.filter((path) => !kubectl.includes(path)) };
  }

  async #unrehearsed(live: LiveValue | undefined, reply: ApiReply): Promise<Decision> {
    const { message } = statusOf(reply);
    if (message.includes('does not support dry run')) {
      const way = { kind: 'apply', force: false, from: live && predecessorsOf(live, this.#options.takeOver), applied: '' } as const;
      const note = `${objectName(this.#object)} could not be rehearsed: ${message}.`;
      return this.#fine(live === undefined ? 'created' : 'changed', way, [note]);
    }
    if (live === undefined) return this.#refused(reply);
    const of = { kind: this.#kind, object: this.#object, live, body: this.#body };
    const why = await unchangeable(this.#target, of, reply, this.#signal);
    if (why === 'recreate') return this.#fine('changed', { kind: 'recreate', uid: live.metadata.uid }, [recreated(this.#object)]);
    return why === undefined ? this.#refused(reply) : { kind: 'refused', failures: why };
  }

  #refused(reply: ApiReply): Decision {
    return { kind: 'refused', failures: refusalsOf(this.#object, reply) };
  }

  #fine(effect: Effect, way: Way, notes: readonly string[]): Decision {
    return { kind: 'fine', effect, way, notes };
  }

  #way({ metadata }: LiveValue, force: boolean, from: Predecessors | undefined): Way {
    return { kind: 'apply', force, from, applied: appliedText(this.#object, metadata.managedFields ?? []) ?? '' };
  }

  #apply(force: boolean): Promise<ApiReply> {
    return askSteadily(this.#target.server, applyRequest(this.#kind, this.#object, this.#body, { force, dryRun: true }), this.#signal);
  }

  #leaves(finalizers: readonly string[]): Decision {
    const held = finalizers.length === 0 ? '' : `, and its finalizers hold it: ${finalizers.join(', ')}`;
    const help = 'run the deployment again when it is gone';
    return { kind: 'refused', failures: [refusal(this.#object, `the object in the cluster is being deleted${held}`, help)] };
  }

  #notes(conflicts: readonly FieldConflict[], { kubectl, hands }: Leaving): string[] {
    const name = objectName(this.#object);
    const taken = Map.groupBy(conflicts, ({ manager }) => manager);
    return [
      ...[...taken].map(([manager, of]) => `${name}: ${listed(of.map(({ field }) => shownField(field)))} taken over from ${manager}.`),
      ...(kubectl.length === 0
        ? []
        : [
            `${name} was applied with kubectl; what its manifest does not have leaves, or becomes the server’s default: ${listed(kubectl)}.`,
          ]),
      ...(hands.length === 0 ? [] : [`${name}: what was put there by hand leaves: ${listed(hands)}.`]),
    ];
  }
}

const objectIn = ({ body }: ApiReply): LiveValue => JSON.parse(body) as LiveValue;

const mostListed = 5;

const listed = (items: readonly string[]): string =>
  `${items.slice(0, mostListed).join(', ')}${items.length > mostListed ? ` and ${items.length - mostListed} more` : ''}`;

const recreated = (object: DesiredObject): string => `${objectName(object)} is deleted and made anew, as its annotation allows.`;

/** The other environment whose object it is; a label that was copied makes it nobody's. */
function foreignOwner({ environment, formerly }: Target, object: DesiredObject, { metadata }: LiveValue): string | undefined {
  const owner = metadata.labels?.[environmentLabel];
  if (owner === undefined || owner === environment || formerly.includes(owner)) return undefined;
  return metadata.annotations?.[identityAnnotation] === identityText(object) ? owner : undefined;
}
