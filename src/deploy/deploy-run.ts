import type { DeployFailure, KeptObject } from '../domain/deployment.ts';
import { explain, OutsideError } from '../domain/errors.ts';
import { idOf, type ObjectId } from '../domain/finding.ts';
import { identityOf } from '../manifests/identity.ts';
import type { LiveObject } from '../plan/live.ts';
import { decidePrune } from '../plan/prune.ts';
import { applyAll } from './apply/apply.ts';
import { type Rehearsed, rehearse } from './apply/preflight.ts';
import { noting, type Written } from './apply/written.ts';
import { refusedByFormer } from './lock/former.ts';
import type { HeldLease } from './lock/lease.ts';
import type { DeployPorts, RunPlan, WantedRun } from './ports.ts';
import { pruneAll } from './prune/prune.ts';
import { waitForRollouts } from './rollout/rollout.ts';
import { type Done, refused } from './run-report.ts';
import { type Survey, survey } from './survey.ts';
import type { Target } from './target.ts';

/** What a run has found, and is about to write. */
interface Work extends Survey {
  readonly rehearsed: readonly Rehearsed[];
}

/** One deployment run, under the lock. */
export class DeployRun {
  readonly #ports: DeployPorts;
  readonly #wanted: WantedRun;
  readonly #held: HeldLease;
  readonly #signal: AbortSignal;
  readonly #written: Written;
  readonly #since: Date;
  #applied: readonly Rehearsed[] = [];
  #pruned: readonly ObjectId[] = [];
  readonly #kept: KeptObject[] = [];
  readonly #failures: DeployFailure[] = [];
  readonly #notes: string[] = [];

  constructor(ports: DeployPorts, wanted: WantedRun, held: HeldLease, signal: AbortSignal) {
    this.#ports = ports;
    this.#wanted = wanted;
    this.#held = held;
    this.#signal = signal;
    this.#written = noting(held.server);
    this.#since = ports.now();
  }

  async carryOut(): Promise<Done> {
    const { progress, record, now } = this.#ports;
    const alive = await refusedByFormer(this.#held.server, this.#wanted, now(), this.#signal);
    if (alive.length > 0) return refused(alive);
    const seen = await survey(this.#written.server, this.#wanted, this.#held.run, progress, this.#signal);
    if (seen.refusals.length > 0) return refused(seen.refusals);
    const { state, takeOver } = this.#wanted;
    const rehearsal = await rehearse(seen.target, state.objects, seen.live, { takeOver }, progress, this.#signal);
    this.#notes.push(...seen.decision.notes, ...rehearsal.notes);
    if (rehearsal.refusals.length > 0) return refused(rehearsal.refusals, this.#notes);
    const work = { ...seen, rehearsed: rehearsal.rehearsed };
    this.#signal.throwIfAborted();
    await record.begin(this.#held.run, planOf(work));
    await this.#write(work).catch((error: unknown) => this.#stopped(work, error));
    return { refusals: [], applied: this.#applied, pruned: this.#pruned, kept: this.#kept, failures: this.#failures, notes: this.#notes };
  }

  async #write(work: Work): Promise<void> {
    const { target, rehearsed } = work;
    const { applied, failures } = await applyAll(target, rehearsed, this.#held.run, this.#ports.progress, this.#signal);
    this.#signal.throwIfAborted(); // a lock that was lost is no failure of single objects
    this.#applied = effectsOf(rehearsed, applied);
    this.#failures.push(...failures);
    if (failures.length > 0) return this.#withoutPrune(work);
    this.#kept.push(...work.decision.kept);
    if (work.decision.prune.length > 0) await this.#prune(work);
    await this.#rollouts(target, applied);
  }

  /** What would have gone stays, and is said; what was applied may never come up without what was not. */
  #withoutPrune({ question }: Work): void {
    const { kept, notes } = decidePrune({ ...question, failed: true });
    this.#kept.push(...kept);
    this.#notes.push(...notes);
    if (this.#wanted.wait) this.#notes.push('Rollouts were not waited for, since not every object could be applied.');
  }

  async #prune({ target, question, decision }: Work): Promise<void> {
    await this.#ports.record.prune(this.#held.run, decision.prune.map(idOf));
    const run = { rules: question, stillOurs: () => this.#held.stillOurs(), patienceMs: this.#wanted.timeoutMs };
    const { pruned, kept, failures } = await pruneAll(target, decision.prune, run, this.#ports.progress, this.#signal);
    this.#pruned = pruned;
    this.#kept.push(...kept);
    this.#failures.push(...failures);
    this.#signal.throwIfAborted();
  }

  async #rollouts(target: Target, applied: readonly ObjectId[]): Promise<void> {
    const { wait, timeoutMs } = this.#wanted;
    if (!wait) return void this.#notes.push('Rollouts were not waited for.');
    const options = { timeoutMs, since: this.#since };
    const { failures, notes } = await waitForRollouts(target, applied, options, this.#ports.progress, this.#signal);
    this.#failures.push(...failures);
    this.#notes.push(...notes);
  }

  /** In the middle: what was done is what the server has accepted. */
  #stopped({ target, rehearsed, decision }: Work, error: unknown): void {
    const cause: unknown = this.#signal.aborted ? this.#signal.reason : error;
    if (!(cause instanceof OutsideError)) throw error;
    const kindOf = (object: ObjectId) => target.kindOf(object);
    this.#applied = rehearsed.filter(({ object }) => this.#written.has('PATCH', kindOf(object), object));
    this.#pruned = decision.prune.filter((object: LiveObject) => this.#written.has('DELETE', object.served, object));
    this.#failures.push({ message: explain(cause), outside: true, help: 'run it again: it goes on from here' });
  }
}

function planOf({ rehearsed, decision }: Work): RunPlan {
  const number = (effect: Rehearsed['effect']): number => rehearsed.filter((one) => one.effect === effect).length;
  return { created: number('created'), changed: number('changed'), pruned: decision.prune.length };
}

function effectsOf(rehearsed: readonly Rehearsed[], applied: readonly ObjectId[]): readonly Rehearsed[] {
  const done = new Set(applied.map(identityOf));
  return rehearsed.filter(({ object }) => done.has(identityOf(object)));
}
