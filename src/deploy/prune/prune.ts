import type { DeployFailure, KeptObject } from '../../domain/deployment.ts';
import { explain, OutsideError, RefusedError } from '../../domain/errors.ts';
import { idOf, type ObjectId, objectName } from '../../domain/finding.ts';
import { count } from '../../domain/wording.ts';
import { pruneOrder } from '../../manifests/order.ts';
import type { LiveObject } from '../../plan/live.ts';
import { isDefinition, isNamespace, type PruneRules } from '../../plan/prune.ts';
import type { Progress } from '../progress.ts';
import type { Target } from '../target.ts';
import { type Deleted, deleteAsSeen } from './delete.ts';
import { waitUntilEmpty, waitUntilGone } from './until-gone.ts';

export interface PruneRun {
  /** Those by which the objects were chosen: what changed since is judged by them again. */
  readonly rules: PruneRules;
  /** Whether we still hold the lock, and no newer run has begun; asked before each step. */
  readonly stillOurs: () => Promise<boolean>;
  /** Milliseconds that the objects of a step may take to be gone. */
  readonly patienceMs: number;
}

export interface PruneOutcome {
  readonly pruned: readonly ObjectId[];
  readonly kept: readonly KeptObject[];
  /** All of them: one that is refused keeps no other. The next run tries them again. */
  readonly failures: readonly DeployFailure[];
}

/**
 * Deletes the objects as they were looked at, step by step in the order of pruneOrder, and waits for those of a step to be gone before the next.
 * A namespace goes when nothing is in it any more, a definition when it has no custom resource. Rejects with the reason of `signal` once it is
 * aborted; whatever else goes wrong is in the outcome.
 */
export async function pruneAll(
  target: Target,
  prune: readonly LiveObject[],
  run: PruneRun,
  progress: Progress,
  signal: AbortSignal,
): Promise<PruneOutcome> {
  progress.phase('prune', prune.length);
  const work = new Pruning(target, run, progress, signal);
  for (const step of pruneOrder(prune)) await work.step(step);
  return work.outcome();
}

class Pruning {
  readonly #target: Target;
  readonly #run: PruneRun;
  readonly #progress: Progress;
  readonly #signal: AbortSignal;
  readonly #pruned: ObjectId[] = [];
  readonly #kept: KeptObject[] = [];
  readonly #failures: DeployFailure[] = [];
  /** Nobody answered whether they go. */
  readonly #unanswered = new Set<LiveObject>();
  /** Why nothing more is deleted. */
  #stopped: string | undefined;

  constructor(target: Target, run: PruneRun, progress: Progress, signal: AbortSignal) {
    this.#target = target;
    this.#run = run;
    this.#progress = progress;
    this.#signal = signal;
  }

  outcome(): PruneOutcome {
    return { pruned: this.#pruned, kept: this.#kept, failures: this.#failures };
  }

  /** Of the step's objects each ends in one of the three lists. */
  async step(objects: readonly LiveObject[]): Promise<void> {
    const left = new Set(objects);
    try {
      if (this.#stopped === undefined && !(await this.#run.stillOurs())) this.#stopBecause('another run has taken over', {});
      if (this.#stopped === undefined) await this.#delete(objects, left);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof OutsideError)) throw error;
      this.#stopBecause(explain(error), { outside: true });
    }
    for (const object of left) this.#keep(object, this.#whyLeft(object), left);
  }

  #whyLeft(object: LiveObject): string {
    const then = this.#unanswered.has(object)
      ? 'whether it was deleted is not known, and the next run sees to it'
      : 'the next run tries again';
    return `${this.#stopped ?? 'it was not come to'}: ${then}`;
  }

  async #delete(objects: readonly LiveObject[], left: Set<LiveObject>): Promise<void> {
    const ready = await this.#withoutHolders(objects, left);
    const going: LiveObject[] = [];
    await this.#target.turns.map(ready, async (object) => {
      const deleted = await this.#deleteOne(object);
      if (deleted === 'gone') this.#gone(object, left);
      else if (deleted === 'going') going.push(object);
      else if (deleted !== undefined && 'kept' in deleted) this.#keep(object, deleted.kept, left);
      else if (deleted !== undefined)
        this.#fail({ object: idOf(object), message: `it could not be deleted: ${deleted.refused}` }, object, left);
    });
    const { patienceMs } = this.#run;
    const waiting = { patienceMs, onGone: (object: LiveObject): void => this.#gone(object, left) };
    const hanging = await waitUntilGone(this.#target, going, waiting, this.#signal);
    for (const { object, failure } of hanging) this.#fail(failure, object, left);
  }

  /** Those that take nothing along. */
  async #withoutHolders(objects: readonly LiveObject[], left: Set<LiveObject>): Promise<readonly LiveObject[]> {
    const holders = objects.filter((object) => isNamespace(object) || isDefinition(object));
    // What was defined since the run began may have objects in them, too.
    if (holders.length > 0) await this.#target.refresh(this.#signal);
    for (const holder of holders) {
      const why = await waitUntilEmpty(this.#target, holder, this.#run.patienceMs, this.#signal);
      if (why !== undefined) this.#keep(holder, why, left);
    }
    return objects.filter((object) => left.has(object));
  }

  /** undefined where nobody answers any more; then nothing further is tried. */
  async #deleteOne(object: LiveObject): Promise<Deleted | undefined> {
    if (this.#stopped !== undefined) return undefined;
    try {
      return await deleteAsSeen(this.#target.server, object, this.#run.rules, this.#signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof OutsideError)) throw error;
      // Refused, or the server behind an aggregated API is away: others may go.
      if (error instanceof RefusedError || error.status !== undefined) return { refused: explain(error) };
      this.#unanswered.add(object);
      this.#stopBecause(explain(error), { outside: true });
      return undefined;
    }
  }

  #stopBecause(why: string, more: Pick<DeployFailure, 'outside'>): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = why;
    this.#failures.push({ message: `Prune was given up after ${count(this.#pruned.length, 'object')}: ${why}`, ...more });
  }

  #gone(object: LiveObject, left: Set<LiveObject>): void {
    this.#pruned.push(idOf(object));
    this.#done(object, left);
  }

  #keep(object: LiveObject, reason: string, left: Set<LiveObject>): void {
    this.#kept.push({ object: idOf(object), reason });
    this.#done(object, left);
  }

  #fail(failure: DeployFailure, object: LiveObject, left: Set<LiveObject>): void {
    this.#failures.push(failure);
    this.#done(object, left);
  }

  #done(object: LiveObject, left: Set<LiveObject>): void {
    left.delete(object);
    this.#progress.done(objectName(object));
  }
}
