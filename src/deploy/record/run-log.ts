import type { DeployPhase, DeployReport } from '../../domain/deployment.ts';
import { explain } from '../../domain/errors.ts';
import type { Locks } from '../../domain/locks.ts';
import type { Redact } from '../../domain/redact.ts';
import type { RunLog, RunStep, RunSummary } from '../../domain/run-log.ts';
import type { Store } from '../../domain/store.ts';
import type { RunPlan } from '../ports.ts';
import type { Progress } from '../progress.ts';
import type { RunAbout } from './entries.ts';

/** By environment: summaries of its runs, newest first; by environment and id: one run's log. */
const space = 'runs';
const logKey = (environment: string, id: string): string => JSON.stringify([environment, id]);

/** Runs that are kept of one environment; the journal has all of them. */
const mostRuns = 50;
const mostRequests = 5;
const mostLines = 200;
const mostObjects = 300;
const longestText = 600;
/** Between two writes of a run that goes on, milliseconds. */
const pause = 1_000;
/** For another process that writes the same list, milliseconds. */
const patience = 10_000;

export interface RunLogPorts {
  readonly store: Pick<Store, 'get' | 'put' | 'delete'>;
  readonly locks: Locks;
  readonly redact: Redact;
  readonly now: () => Date;
  /** Told why something could not be kept: no run fails for its log. */
  readonly warn: (text: string) => void;
}

/** Newest first. */
export const runsOf = async (store: Pick<Store, 'get'>, environment: string): Promise<readonly RunSummary[]> =>
  (await store.get<readonly RunSummary[]>(space, environment)) ?? [];

/** By the record's id, or the run's; undefined for one that is not kept (any more). */
export async function runLogOf(store: Pick<Store, 'get'>, environment: string, run: string): Promise<RunLog | undefined> {
  const found = (await runsOf(store, environment)).find((one) => one.id === run || one.run === run);
  return found && (await store.get<RunLog>(space, logKey(environment, found.id)));
}

/** Writes down what one run does while it does it. */
export class RunLogWriter {
  readonly #ports: RunLogPorts;
  #log: RunLog;
  #writing: Promise<void> | undefined;
  #writtenAt = 0;

  constructor(ports: RunLogPorts, about: RunAbout) {
    this.#ports = ports;
    const began = ports.now();
    this.#log = { ...startOf(about, began), steps: [], lines: [] };
  }

  /** For whoever asks what is going on. */
  async start(): Promise<void> {
    await this.#list();
    await this.#write();
  }

  get progress(): Progress {
    return {
      phase: (name, units) => this.#phase(name, units),
      done: (what) => this.#done(what),
    };
  }

  note(text: string): void {
    const line = { at: this.#now(), text: this.#text(text) };
    this.#log = { ...this.#log, lines: [...this.#log.lines, line].slice(-mostLines) };
    this.#soon();
  }

  /** It has the lock, and is about to write. */
  async begin(run: string, plan: RunPlan): Promise<void> {
    this.#log = { ...this.#log, run, plan };
    await this.#list();
  }

  async end(report: DeployReport): Promise<void> {
    const { run, outcome, created, changed, unchanged, pruned, kept, failures, notes, seconds } = report;
    const first = <T>(all: readonly T[]): readonly T[] => all.slice(0, mostObjects);
    this.#log = {
      ...this.#log,
      run,
      state: outcome,
      endedAt: this.#now(),
      seconds,
      counts: {
        created: created.length,
        changed: changed.length,
        unchanged,
        pruned: pruned.length,
        kept: kept.length,
        failures: failures.length,
      },
      report: {
        created: first(created),
        changed: first(changed),
        pruned: first(pruned),
        kept: first(kept),
        failures: first(failures),
        notes: first(notes),
      },
    };
    await this.#finish();
  }

  /** It came to no end of its own. */
  async broke(error: unknown): Promise<void> {
    this.note(explain(error));
    this.#log = { ...this.#log, state: 'interrupted', endedAt: this.#now() };
    await this.#finish();
  }

  #phase(name: DeployPhase, units: number): void {
    this.#log = { ...this.#log, steps: [...this.#log.steps, { name, units, done: 0, at: this.#now() }] };
    this.#soon();
  }

  #done(what: string): void {
    const step = this.#log.steps.at(-1);
    if (step === undefined) return;
    const next: RunStep = { ...step, done: step.done + 1, last: this.#text(what) };
    this.#log = { ...this.#log, steps: [...this.#log.steps.slice(0, -1), next] };
    this.#soon();
  }

  #now = (): string => this.#ports.now().toISOString();
  #text = (text: string): string => this.#ports.redact(text).slice(0, longestText);

  /** At most one write at a time, and not for every object: the next event, or the end, brings the rest. */
  #soon(): void {
    if (this.#writing !== undefined || this.#ports.now().getTime() - this.#writtenAt < pause) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #finish(): Promise<void> {
    await this.#writing;
    await this.#write();
    await this.#list();
  }

  async #write(): Promise<void> {
    this.#writtenAt = this.#ports.now().getTime();
    await this.#kept(() => this.#ports.store.put(space, logKey(this.#log.environment, this.#log.id), this.#log));
  }

  /** In the list of the environment's runs; those that are too many go. */
  async #list(): Promise<void> {
    const { store, locks } = this.#ports;
    const { environment } = this.#log;
    await this.#kept(() =>
      locks.hold(`runs ${environment}`, patience, async () => {
        const known = await runsOf(store, environment);
        const others = known.filter((one) => one.id !== this.#log.id && !isSameTry(one, this.#log));
        const all = [summaryOf(this.#log), ...others].toSorted((a, b) => (a.beganAt < b.beganAt ? 1 : -1));
        const kept = all.slice(0, mostRuns);
        await store.put(space, environment, kept);
        for (const { id } of known) if (!kept.some((one) => one.id === id)) await store.delete(space, logKey(environment, id));
      }),
    );
  }

  async #kept(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#ports.warn(`the log of a run of ${this.#log.environment} could not be kept: ${explain(error)}`);
    }
  }
}

/** A run that never began, and is tried again by the queue: one line for all of its tries. */
const isSameTry = (one: RunSummary, { commit }: RunSummary): boolean =>
  one.state === 'interrupted' && one.run === undefined && one.commit === commit;

const none = { created: 0, changed: 0, unchanged: 0, pruned: 0, kept: 0, failures: 0 };

function startOf({ environment, cluster, commit, work, because }: RunAbout, began: Date): Omit<RunLog, 'steps' | 'lines'> {
  const requests = work?.requests ?? [];
  return {
    id: began.toISOString().replaceAll(/\D/g, ''),
    environment,
    cluster,
    commit,
    state: 'running',
    beganAt: began.toISOString(),
    requests: requests.slice(0, mostRequests).map(({ id, title, url, author, by }) => ({
      id,
      title: title.slice(0, longestText),
      url,
      author,
      ...(by !== undefined && { by }),
    })),
    moreRequests: Math.max(0, requests.length - mostRequests),
    ...(because !== undefined && { because }),
    ...(work?.compareUrl !== undefined && { compareUrl: work.compareUrl }),
    counts: none,
  };
}

function summaryOf({ id, run, commit, state, beganAt, endedAt, seconds, requests, moreRequests, because, counts }: RunLog): RunSummary {
  return {
    id,
    ...(run !== undefined && { run }),
    commit,
    state,
    beganAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(seconds !== undefined && { seconds }),
    requests,
    moreRequests,
    ...(because !== undefined && { because }),
    counts,
  };
}
