import type { Logger } from 'pino';
import type { Metrics } from '../adapters/metrics.ts';
import type { Config } from '../config/schema.ts';
import { knownDrift, rememberDrift } from '../deploy/drift/drift-memory.ts';
import type { Progress } from '../deploy/progress.ts';
import { type Approval, approvalOf } from '../deploy/record/approved.ts';
import type { RunAbout } from '../deploy/record/entries.ts';
import { type MergedWork, mergedBetween } from '../deploy/record/merged.ts';
import { corrected, decide, memoryAfter, placeOf, type Remembered, remember, remembered, timeOf } from '../deploy/record/remembered.ts';
import { RunLogWriter } from '../deploy/record/run-log.ts';
import type { DeployReport } from '../domain/deployment.ts';
import { OutsideError, UsageError } from '../domain/errors.ts';
import { objectName } from '../domain/finding.ts';
import type { Forge } from '../domain/forge.ts';
import { type Job, type NewJob, RetryAt } from '../domain/queue.ts';
import type { Redact } from '../domain/redact.ts';
import { rollbackOffer } from '../domain/rollback.ts';
import { keptPlan } from '../plan/kept-plan.ts';
import type { Services } from '../services.ts';
import type { ClusterRuns, RunHooks } from './cluster-runs.ts';
import { type DeployedEnvironment, deployedEnvironments, headOf, repositoryText, rulesOf } from './deployed-environments.ts';
import type { EnvironmentStates } from './environment-states.ts';
import { type Keeping, RunRecord, shown } from './run-record.ts';

export interface DeploymentParts {
  readonly config: Config;
  readonly services: Pick<Services, 'forges' | 'journal'> & { readonly persistence: Keeping };
  readonly states: EnvironmentStates;
  readonly clusters: ClusterRuns;
  readonly metrics: Pick<Metrics, 'deployed'>;
  readonly log: Logger;
  readonly redact: Redact;
  readonly now: () => Date;
  /** Whether people are told in a chat. */
  readonly tells: boolean;
  /** Has comments say that a run is in progress in the environment of that repository, `FORGE:PATH`. */
  readonly othersAt: (repository: string, trace: string) => Promise<void>;
}

/** One run, as far as it is known before it begins. */
interface Errand {
  readonly environment: DeployedEnvironment;
  readonly commit: string;
  readonly known: Remembered | undefined;
  /** What came since the last good run; undefined where none is known. */
  readonly work: MergedWork | undefined;
  /** It runs because the cluster was changed by hand. */
  readonly corrects: boolean;
}

const mostAtOnce = 8;

/** What the service does to bring clusters to where their repositories are. */
export class Deployment {
  readonly #parts: DeploymentParts;
  readonly #environments: readonly DeployedEnvironment[];

  constructor(parts: DeploymentParts) {
    this.#parts = parts;
    this.#environments = deployedEnvironments(parts.config).filter(({ by }) => by === 'service');
  }

  /** So many runs may go at once, each of which waits most of its time: they take no place from other work. */
  get atOnce(): number {
    return Math.min(this.#environments.length, mostAtOnce);
  }

  /** A look at every environment that this service deploys; a repository alone is looked at where it is one of them. */
  jobs(trace: string, only?: readonly string[]): NewJob[] {
    const repositories = this.#environments.map(({ repository }) => repositoryText(repository));
    return repositories.filter((one) => only?.includes(one) !== false).map((repository) => deployJob(repository, trace));
  }

  /** Brings one environment's cluster to the head of its default branch, where that has not been done. */
  async deploy({ data, trace }: Job & { readonly data: { readonly kind: 'deploy' } }, signal: AbortSignal): Promise<void> {
    const environment = this.#environments.find(({ repository }) => repositoryText(repository) === data.repository);
    if (environment === undefined) return;
    const { store } = this.#parts.services.persistence;
    const { repository, name, cluster } = environment;
    const log = this.#parts.log.child({ trace, environment: name });
    const forge = this.#forge(repository.forge);
    const place = placeOf(name, cluster);
    const drift = await knownDrift(store, repository, place);
    const commit = await this.#counted(name, signal, () => headOf(forge, repository.path));
    const known = await this.#counted(name, signal, () => this.#known(environment, commit, signal));
    const corrects = drift?.correct === true && drift.commit === commit && known?.last.outcome === 'succeeded';
    const decision = decide(commit, rulesOf(environment), known);
    if (decision.kind === 'skip' && !corrects) return log.debug({ commit, why: decision.why }, 'nothing to deploy');
    const work = known?.good && (await mergedSince(forge, repository.path, known.good, commit));
    await this.#run({ environment, commit, known, work, corrects }, trace, log, signal);
    if (corrects) await rememberDrift(store, repository, { ...drift, correct: false, correctedAt: this.#parts.now().toISOString() });
    // What was apart is looked at again, and a head that moved without a delivery is not waited for.
    if (drift !== undefined && drift.finding !== '') await this.#add([{ data: { kind: 'drift' }, key: '', trace }]);
    if ((await headOf(forge, repository.path)) !== commit) await this.#add([deployJob(data.repository, trace)]);
  }

  /** Where something is to be done, the cluster is asked whether it has not been done already. */
  async #known(environment: DeployedEnvironment, commit: string, signal: AbortSignal): Promise<Remembered | undefined> {
    const { services, clusters } = this.#parts;
    const { store } = services.persistence;
    const { repository, name, cluster } = environment;
    const of = { place: placeOf(name, cluster), repository: repositoryText(repository), rules: rulesOf(environment) };
    const known = await remembered(store, repository, of.place);
    if (known?.last.commit === commit && known.last.outcome === 'succeeded') return known;
    const better = corrected(known, await clusters.last(environment.place, name, signal), of);
    if (better !== undefined && better !== known) await remember(store, repository, better);
    return better;
  }

  async #run(errand: Errand, trace: string, log: Logger, signal: AbortSignal): Promise<void> {
    const { environment, commit } = errand;
    const { repository, name, place } = environment;
    const { journal, persistence } = this.#parts.services;
    const threads = { store: persistence.store, locks: persistence.locks, queue: persistence.queue() };
    const record = new RunRecord({ journal, ...(this.#parts.tells && { threads }) }, aboutOf(errand), trace);
    const approval = await this.#approval(errand);
    log.info({ commit, requests: errand.work?.requests.length }, 'deploying');
    const state = await this.#parts.states.at(repository, commit);
    const approved = approval.prune && { approvedPrune: approval.prune.map(objectName), approvedBy: approval.by };
    const { formerly, share, timeoutMs } = environment;
    const settings = { environment: name, repository: repositoryText(repository), formerly, share, timeoutMs };
    const wanted = { ...settings, state, commit, takeOver: environment.corrects, ...approved };
    const { redact, now } = this.#parts;
    const kept = { store: persistence.store, locks: persistence.locks, redact, now, warn: (text: string) => log.warn(text) };
    const runLog = new RunLogWriter(kept, aboutOf(errand));
    await runLog.start();
    const hooks: RunHooks = {
      begin: async (run, plan) => {
        // Who had the lock before may have deployed a newer commit: an older one never goes over it.
        if ((await headOf(this.#forge(repository.forge), repository.path)) !== commit)
          throw new RetryAt(`${commit} is not the newest commit any more`, this.#parts.now());
        await record.begin(run, plan);
        await runLog.begin(run, plan);
        await this.#parts.othersAt(repositoryText(repository), trace);
      },
      prune: (run, objects) => record.prune(run, objects),
      progress: logged(runLog.progress, log),
      warn: (text) => {
        log.warn(text);
        runLog.note(text);
      },
    };
    const report = await this.#timed(name, signal, () => this.#parts.clusters.deploy(place, wanted, hooks, signal)).catch(
      async (error: unknown) => {
        await runLog.broke(error);
        throw error;
      },
    );
    await runLog.end(report);
    await this.#ended(errand, approval, report, record, log, signal);
  }

  async #timed(name: string, signal: AbortSignal, run: () => Promise<DeployReport>): Promise<DeployReport> {
    const began = performance.now();
    const report = shown(await this.#counted(name, signal, run), this.#parts.redact);
    this.#parts.metrics.deployed(name, report.outcome, secondsSince(began));
    return report;
  }

  /** Where cluster or forge do not answer, that is counted. */
  async #counted<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } catch (error) {
      if (!signal.aborted && !(error instanceof RetryAt)) this.#parts.metrics.deployed(name, 'interrupted', secondsSince(began));
      throw error;
    }
  }

  /** Where only something outside failed, the queue tries it again; all else is for people. */
  async #ended(
    errand: Errand,
    approval: Approval,
    report: DeployReport,
    record: RunRecord,
    log: Logger,
    signal: AbortSignal,
  ): Promise<void> {
    // Who stops us stops no run for good: the job is handed back, and another process goes on.
    if (report.outcome !== 'succeeded') signal.throwIfAborted();
    const { environment, commit, known, work } = errand;
    const { repository, name, cluster } = environment;
    const { outcome, failures, notes } = report;
    const passes = outcome !== 'succeeded' && failures.length > 0 && failures.every(({ outside }) => outside === true);
    await record.end(report, passes ? 'This passes: it is tried again by itself.' : offerOf(errand));
    if (!passes) {
      const of = { place: placeOf(name, cluster), commit, rules: rulesOf(environment), allowed: approval.prune };
      await remember(this.#parts.services.persistence.store, repository, memoryAfter(known, report, of));
    }
    const { run, created, changed, pruned } = report;
    const figures = { run, commit, outcome, created: created.length, changed: changed.length, pruned: pruned.length };
    const said = [work?.note, approval.note, ...notes].filter((note) => note !== undefined);
    for (const note of said) log.info({ run }, note);
    for (const { object, message } of failures) log.warn({ run, ...(object && { object: objectName(object) }) }, message);
    log.info(figures, outcome === 'succeeded' ? 'deployed' : `the deployment run was not carried through: ${outcome}`);
    if (passes)
      throw new OutsideError(cluster, `run ${run} has ${outcome}: ${failures.map(({ message }) => message).join('; ')}`.slice(0, 500));
  }

  async #approval({ environment: { repository }, known, work }: Errand): Promise<Approval> {
    const { store } = this.#parts.services.persistence;
    const planned = (work?.requests ?? []).map(async (request) => ({ request, plan: await keptPlan(store, repository, request.commits) }));
    return approvalOf(await Promise.all(planned), known?.outstanding ?? []);
  }

  async #add(jobs: readonly NewJob[]): Promise<void> {
    await this.#parts.services.persistence.queue().add(jobs);
  }

  #forge(name: string): Forge {
    const found = this.#parts.services.forges.get(name);
    if (found === undefined) throw new UsageError(`forges.${name}: there is no token and no GitHub App yet`);
    return found;
  }
}

const logged = (progress: Progress, log: Logger): Progress => ({
  phase(name, units) {
    log.debug(`${name}: ${units}`);
    progress.phase(name, units);
  },
  done: (what) => progress.done(what),
});

const secondsSince = (began: number): number => (performance.now() - began) / 1000;

const deployJob = (repository: string, trace: string): NewJob => ({ data: { kind: 'deploy', repository }, key: repository, trace });

/** Nothing, where it is the very commit that was deployed. */
const mergedSince = (forge: Forge, path: string, good: NonNullable<Remembered['good']>, to: string): Promise<MergedWork> =>
  good.commit === to ? Promise.resolve({ requests: [] }) : mergedBetween(forge, path, { from: good.commit, to, since: timeOf(good.run) });

function aboutOf({ environment: { name, repository, cluster }, commit, work, corrects }: Errand): RunAbout {
  const because = corrects ? { because: 'what was changed by hand is set back (drift.correct)' } : {};
  return { environment: name, repository: repositoryText(repository), cluster, commit, work, ...because };
}

/** Where a run deploys one app's new version, going back is about that app. */
function offerOf({ environment: { name }, commit, known, work }: Errand): string {
  const [only, ...others] = work?.requests ?? [];
  const [, app, from, to] = (others.length === 0 && /^(\S+) (\S+) → (\S+)$/.exec(only?.title ?? '')) || [];
  const { text } = app === undefined ? rollbackOffer(name, undefined, commit, known?.good?.commit) : rollbackOffer(name, app, to, from);
  return `${text} · the same commit once more: lockkeeper deploy --env ${name}`;
}
