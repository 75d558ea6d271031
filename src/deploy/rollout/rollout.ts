import { setTimeout as sleep } from 'node:timers/promises';
import type { DeployFailure } from '../../domain/deployment.ts';
import { explain, isPassing, type OutsideError } from '../../domain/errors.ts';
import { type ObjectId, objectName } from '../../domain/finding.ts';
import { some } from '../../domain/wording.ts';
import type { Progress } from '../progress.ts';
import type { Target } from '../target.ts';
import { comesUp } from './health/health-of.ts';
import { type Looked, Onlooker } from './look.ts';
import { pauseAfter } from './pauses.ts';
import { type Why, whyNot } from './why.ts';

export interface RolloutOptions {
  /** Milliseconds, from now. */
  readonly timeoutMs: number;
  /** When the run began: failures that are older are not held against it. */
  readonly since: Date;
  /** For tests; default the machine's. */
  readonly clock?: Clock;
}

export interface Clock {
  /** Milliseconds since whenever; never goes back. */
  now(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Rollouts {
  /** All that failed, or had not come up in time. */
  readonly failures: readonly DeployFailure[];
  /** Whole sentences: what is ready and remarkable all the same; what was still under way when another's failure ended the wait. */
  readonly notes: readonly string[];
}

/** Milliseconds between two looks at the pods of what is not ready. */
const podPause = 10_000;
/** Milliseconds in which the controller of what was just made may not have said anything yet. */
const settling = 4000;
/** The last words ask for events, object by object: of so many objects. */
const mostExplained = 50;
const mostNamed = 5;

const machine: Clock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    await sleep(ms, undefined, { signal });
  },
};

/**
 * Waits until everything that was applied has come up, one object fails for good, or the time is up. Looked at is what stands there now: a change
 * that somebody else makes meanwhile is waited for as ours is. Throws the signal's reason when it fires.
 */
export async function waitForRollouts(
  target: Target,
  objects: readonly ObjectId[],
  { timeoutMs, since, clock = machine }: RolloutOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Rollouts> {
  const wait = new Wait(target, objects.filter(comesUp), new Onlooker(target, since), progress);
  const begin = clock.now();
  let podsAt = begin;
  for (let looks = 1; ; looks += 1) {
    const lookedAt = clock.now();
    await wait.look(lookedAt - begin < settling, signal);
    const left = begin + timeoutMs - clock.now();
    if (!wait.isOver && clock.now() - podsAt >= podPause) {
      await wait.lookAtPods(signal);
      podsAt = clock.now();
    }
    if (wait.isOver || left <= 0) return wait.conclusion(timeoutMs, signal);
    const pause = pauseAfter(looks, clock.now() - lookedAt);
    await clock.wait(Math.min(pause, left), signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }
}

/** How far one wait has come. */
class Wait {
  readonly #target: Target;
  readonly #onlooker: Onlooker;
  readonly #progress: Progress;
  readonly #notes: string[] = [];
  #pending: readonly ObjectId[];
  /** The last look at what is pending. */
  readonly #last = new Map<ObjectId, Looked>();
  #unseen: ReadonlyMap<ObjectId, OutsideError> = new Map();
  #failed: readonly Looked[] = [];
  /** What had failed when the wait began, most likely long ago: no reason to leave the others. undefined before the first look. */
  #before: readonly Looked[] | undefined;

  constructor(target: Target, objects: readonly ObjectId[], onlooker: Onlooker, progress: Progress) {
    this.#target = target;
    this.#onlooker = onlooker;
    this.#progress = progress;
    this.#pending = objects;
    progress.phase('rollout', objects.length);
  }

  get isOver(): boolean {
    return this.#pending.length === 0 || this.#failed.length > 0 || this.#refused.length > 0;
  }

  /** Those that we are not allowed to look at: no later look will be better. */
  get #refused(): readonly ObjectId[] {
    return [...this.#unseen].flatMap(([object, error]) => (isPassing(error) ? [] : [object]));
  }

  async look(justApplied: boolean, signal: AbortSignal): Promise<void> {
    const { looked, unseen } = await this.#onlooker.look(this.#pending, justApplied, signal);
    for (const one of looked) this.#last.set(one.object, one);
    this.#unseen = new Map(unseen.flatMap(({ objects, error }) => objects.map((object) => [object, error] as const)));
    for (const { object, health } of looked) if (health.state === 'ready') this.#ready(object, health.message);
    const failed = looked.filter(({ health }) => health.state === 'failed');
    if (this.#before === undefined) this.#before = failed;
    else this.#failed = failed;
    const over = new Set([...looked.filter(({ health }) => health.state === 'ready'), ...this.#before].map(({ object }) => object));
    this.#pending = this.#pending.filter((object) => !over.has(object));
    for (const object of over) this.#last.delete(object);
  }

  #ready(object: ObjectId, remark: string): void {
    this.#progress.done(objectName(object));
    if (remark !== '') this.#notes.push(`${objectName(object)}: ${remark}.`);
  }

  /** Some pods never come up, which their workload says only when its deadline has passed. */
  async lookAtPods(signal: AbortSignal): Promise<void> {
    const unready = this.#looked();
    const whys = await whyNot(this.#target, unready, { withEvents: false }, signal);
    this.#failed = unready.filter(({ uid }) => whys.get(uid)?.forGood === true);
  }

  #looked(): readonly Looked[] {
    return this.#pending.flatMap((object) => this.#last.get(object) ?? []);
  }

  async conclusion(timeoutMs: number, signal: AbortSignal): Promise<Rollouts> {
    const isEarly = this.#failed.length > 0 || this.#refused.length > 0;
    const blind = isEarly ? this.#refused : [...this.#unseen.keys()];
    const rest = isEarly ? this.#failed : this.#looked().filter(({ object }) => !this.#unseen.has(object));
    const seen = [...(this.#before ?? []), ...rest];
    const whys = await whyNot(this.#target, seen.slice(0, mostExplained), { withEvents: true }, signal);
    const late = isEarly ? '' : `it has not come up within ${duration(timeoutMs)}: `;
    const failures = [
      ...seen.map((one) => failure(one, whys.get(one.uid), late)),
      ...blind.map((object) => ({
        object,
        message: `how far it has come cannot be seen: ${explain(this.#unseen.get(object))}`,
        outside: true,
      })),
    ];
    const named = new Set(failures.map(({ object }) => object));
    return { failures, notes: [...this.#notes, ...underWay(this.#pending.filter((object) => !named.has(object)))] };
  }
}

function failure({ object, health }: Looked, why: Why | undefined, late: string): DeployFailure {
  const reason = why === undefined || why.message === '' ? '' : `; ${why.message}`;
  return {
    object,
    message: `${health.state === 'failed' ? '' : late}${health.message}${reason}`,
    ...(why?.help === undefined ? {} : { help: why.help }),
  };
}

const underWay = (objects: readonly ObjectId[]): readonly string[] =>
  objects.length === 0
    ? []
    : [`${some(objects.map(objectName), mostNamed)} had not come up either when the wait ended, and may come up yet.`];

/** `10m`, `90s`. */
const duration = (ms: number): string => (ms >= 60_000 && ms % 60_000 === 0 ? `${ms / 60_000}m` : `${Math.round(ms / 1000)}s`);
