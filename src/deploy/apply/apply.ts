import { setTimeout as sleep } from 'node:timers/promises';
import { statusOf } from '../../domain/api-status.ts';
import type { ServedKind } from '../../domain/cluster.ts';
import type { DeployFailure } from '../../domain/deployment.ts';
import { explain, isPassing, OutsideError } from '../../domain/errors.ts';
import { idOf, type ObjectId, objectName } from '../../domain/finding.ts';
import { isDefinition, kindsOf } from '../../manifests/definitions.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { groupKind } from '../../manifests/identity.ts';
import { applyOrder } from '../../manifests/order.ts';
import { stamp } from '../../manifests/stamp.ts';
import type { Progress } from '../progress.ts';
import { refusal, refusalsOf } from '../refusal.ts';
import type { Target } from '../target.ts';
import { conflictsOf, inTheWay } from './conflicts.ts';
import { awaitDiscovered, awaitEstablished, kindKey } from './definitions.ts';
import { migrate } from './migrate.ts';
import { missingIn, type Rehearsed } from './preflight.ts';
import { remove } from './recreate.ts';
import { type Decision, type RehearseOptions, rehearseObject, type Way } from './rehearse-object.ts';
import { applyRequest, askSteadily, marksOf } from './requests.ts';

export interface Applied {
  readonly applied: readonly ObjectId[];
  /** All of them; what depends on one is named, too, and was not tried. */
  readonly failures: readonly DeployFailure[];
}

/**
 * Applies what was rehearsed, step by step in the order of dependencies, the objects of a step side by side. What fails stops what stands on it,
 * and nothing else. Throws the reason of `signal`, once all that was on its way has ended.
 */
export async function applyAll(
  target: Target,
  rehearsed: readonly Rehearsed[],
  run: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Applied> {
  progress.phase('apply', rehearsed.length);
  const applying = new Applying(target, rehearsed, run, progress, signal);
  for (const step of applyOrder(rehearsed.map((one) => ({ ...idOf(one.object), one })))) await applying.step(step.map(({ one }) => one));
  return applying;
}

class Applying implements Applied {
  readonly applied: ObjectId[] = [];
  readonly failures: DeployFailure[] = [];
  readonly #target: Target;
  readonly #run: string;
  readonly #progress: Progress;
  readonly #signal: AbortSignal | undefined;
  /** Kinds and namespaces that could not be made → the object that failed, and whether another run may go better. */
  readonly #missing = new Map<string, { readonly name: string; readonly outside: boolean }>();
  /** Of all objects of the run. */
  readonly #names: ReadonlySet<string>;
  /** Until when a server may still learn of the definitions and namespaces that were made. */
  #learning = 0;
  #unreachable = false;

  constructor(target: Target, rehearsed: readonly Rehearsed[], run: string, progress: Progress, signal: AbortSignal | undefined) {
    this.#names = new Set(rehearsed.map(({ object }) => object.name));
    this.#target = target;
    this.#run = run;
    this.#progress = progress;
    this.#signal = signal;
  }

  async step(step: readonly Rehearsed[]): Promise<void> {
    const done = await Promise.allSettled(step.map((one) => this.#target.turns(() => this.#one(one))));
    const thrown = done.find((one) => one.status === 'rejected');
    if (thrown !== undefined) throw thrown.reason;
    if (step.some(({ object, effect }) => groupKind(object) === 'Namespace' && effect === 'created'))
      this.#learning = performance.now() + learningMs;
    await this.#served(step.filter(({ object, effect }) => isDefinition(object) && effect !== 'unchanged').map(({ object }) => object));
  }

  async #one(rehearsed: Rehearsed): Promise<void> {
    const { object } = rehearsed;
    const failures = this.#skipped(object) ?? (await this.#tried(rehearsed));
    if (failures.length === 0) this.applied.push(idOf(object));
    else this.#failed(object, failures);
    this.#progress.done(objectName(object));
  }

  #failed(object: DesiredObject, failures: readonly DeployFailure[]): void {
    this.failures.push(...failures);
    const failed = { name: objectName(object), outside: failures.every(({ outside }) => outside === true) };
    if (groupKind(object) === 'Namespace') this.#missing.set(`namespace ${object.name}`, failed);
    if (isDefinition(object)) for (const kind of kindsOf(object)) this.#missing.set(kindKey(kind), failed);
  }

  #skipped(object: DesiredObject): readonly DeployFailure[] | undefined {
    const missing = this.#missing.get(kindKey(object)) ?? this.#missing.get(`namespace ${object.namespace}`);
    if (missing !== undefined) {
      const { name, outside } = missing;
      return [{ ...refusal(object, `was not tried, because ${name} could not be applied`), ...(outside && { outside }) }];
    }
    return this.#unreachable
      ? [{ ...refusal(object, 'was not tried, because the server could not be reached any more'), outside: true }]
      : undefined;
  }

  async #tried({ object, way }: Rehearsed): Promise<readonly DeployFailure[]> {
    try {
      const kind = this.#target.kindOf(object);
      if (kind !== undefined) return await this.#apply(kind, object, way);
      return [refusal(object, `the cluster does not serve ${object.kind} of ${object.apiVersion}`)];
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      if (error.status === undefined) this.#unreachable = true;
      return [{ ...refusal(object, explain(error)), outside: isPassing(error) }];
    }
  }

  async #apply(kind: ServedKind, object: DesiredObject, way: Way): Promise<readonly DeployFailure[]> {
    if (way.kind === 'late') return this.#decided(kind, object, await this.#rehearsed(kind, object, way.options));
    if (way.kind === 'recreate') {
      const left = await remove(this.#target, kind, object, way.uid, this.#signal);
      return left.length > 0 ? left : this.#anew(kind, object);
    }
    if (way.from !== undefined) await migrate(this.#target, kind, object, way.from, this.#signal);
    const stamped = stamp(object, marksOf(this.#target, object, this.#run, way.applied));
    if ('refused' in stamped) return [refusal(object, stamped.refused)];
    const request = applyRequest(kind, object, stamped.body, { force: way.force });
    const send = () => outlasting(() => askSteadily(this.#target.server, request, this.#signal), this.#signal);
    const reply = await this.#patiently(send, (one) => (one.status < 400 ? [] : [statusOf(one).message]));
    const conflicts = conflictsOf(reply);
    if (conflicts.length > 0) return conflicts.map((one) => inTheWay(object, one));
    return reply.status < 400 ? [] : refusalsOf(object, reply);
  }

  async #anew(kind: ServedKind, object: DesiredObject): Promise<readonly DeployFailure[]> {
    const decision = await this.#rehearsed(kind, object, { takeOver: false });
    const again = decision.kind === 'fine' && decision.effect !== 'created';
    return again
      ? [refusal(object, 'was deleted to be made anew, and somebody else made it first')]
      : this.#decided(kind, object, decision);
  }

  #decided(kind: ServedKind, object: DesiredObject, decision: Decision): Promise<readonly DeployFailure[]> | readonly DeployFailure[] {
    if (decision.kind === 'fine') return this.#apply(kind, object, decision.way);
    if (decision.kind === 'refused') return decision.failures;
    return [refusal(object, `it belongs to the environment ${decision.environment}`)];
  }

  #rehearsed(kind: ServedKind, object: DesiredObject, options: RehearseOptions): Promise<Decision> {
    const complaints = (decision: Decision) => (decision.kind === 'refused' ? decision.failures.map(({ message }) => message) : []);
    return this.#patiently(() => rehearseObject(this.#target, kind, object, options, this.#signal), complaints);
  }

  /** Again for a while, where a server may not know yet what was made just now, or what is being made beside it. */
  async #patiently<T>(ask: () => Promise<T>, complaints: (answer: T) => readonly string[]): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await ask();
      const said = complaints(answer);
      const lags = said.some((message) => /not found|not declared|unknown field/.test(message));
      const isBeside = attempt < triesBeside && said.some((message) => missingIn(message).some((name) => this.#names.has(name)));
      if (!lags || !(isBeside || performance.now() < this.#learning)) return answer;
      await sleep(500, undefined, { signal: this.#signal });
    }
  }

  async #served(definitions: readonly DesiredObject[]): Promise<void> {
    const made = definitions.filter(
      (one) => !this.failures.some(({ object }) => object !== undefined && objectName(object) === objectName(one)),
    );
    if (made.length === 0) return;
    await Promise.all(
      made.map(async (definition) => {
        const failure = await this.#target.turns(() => awaitEstablished(this.#target, definition, this.#signal));
        if (failure !== undefined) this.#failed(definition, [failure]);
      }),
    );
    await awaitDiscovered(this.#target, made, this.#signal);
    this.#learning = performance.now() + learningMs;
  }
}

const learningMs = 15_000;

/** Of what stands in the same step. */
const triesBeside = 10;

const rounds = 3;

/** A webhook that is about to start, a server that is overloaded: it is given more time than a single request. */
async function outlasting<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await ask();
    } catch (error) {
      if (round === rounds || !(error instanceof OutsideError) || error.status === undefined || !isPassing(error)) throw error;
    }
    await sleep(2000 * round * (1 + Math.random()), undefined, { signal });
  }
}
