import type { Logger } from 'pino';
import type { ClusterFigures } from '../adapters/metrics.ts';
import type { Config } from '../config/schema.ts';
import { knownDrift, rememberDrift, seen, toTell } from '../deploy/drift/drift-memory.ts';
import { driftEntry } from '../deploy/record/entries.ts';
import { commitInCluster, placeOf, remembered, timeOf } from '../deploy/record/remembered.ts';
import type { Drift } from '../domain/deployment.ts';
import { explain, OutsideError, UsageError } from '../domain/errors.ts';
import { objectName } from '../domain/finding.ts';
import type { Job } from '../domain/queue.ts';
import { announceDrift } from '../notifications/deployments.ts';
import { type DeployedEnvironment, deployedEnvironments, headOf, repositoryText } from './deployed-environments.ts';
import type { Deployment, DeploymentParts } from './deployment.ts';
import type { Keeping } from './run-record.ts';

export interface DriftParts extends Omit<DeploymentParts, 'metrics' | 'othersAt'> {
  /** Has environments deployed again whose changes by hand are to be set back. */
  readonly deployment: Pick<Deployment, 'jobs'>;
}

/** Looks whether clusters are still as their repositories say. */
export class DriftWatch {
  readonly #parts: DriftParts;
  readonly #environments: readonly DeployedEnvironment[];

  constructor(parts: DriftParts) {
    this.#parts = parts;
    this.#environments = deployedEnvironments(parts.config);
  }

  get looksAtAny(): boolean {
    return this.#environments.length > 0;
  }

  /** One that cannot be looked at keeps nobody from looking at the others; throws at the end. */
  async look({ trace }: Job, signal: AbortSignal): Promise<void> {
    const failed: string[] = [];
    for (const environment of this.#environments) {
      signal.throwIfAborted();
      try {
        await this.#lookAt(environment, trace, signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof OutsideError || error instanceof UsageError)) throw error;
        failed.push(`${environment.name}: ${explain(error)}`);
      }
    }
    if (failed.length > 0) throw new OutsideError('clusters', failed.join('; ').slice(0, 500));
  }

  async #lookAt(environment: DeployedEnvironment, trace: string, signal: AbortSignal): Promise<void> {
    const { states, clusters, log: all } = this.#parts;
    const { name, repository, formerly, place, by } = environment;
    const log = all.child({ trace, environment: name });
    const before = await this.#commit(environment);
    if (before === undefined) return log.debug('nothing was deployed yet, and nothing is compared');
    const state = await states.at(repository, before);
    const found = await clusters.drift(place, { environment: name, formerly, state, wasDeployed: by === 'service' }, signal);
    // What changed while it was looked at was changed by a run.
    if (found === undefined || (await this.#commit(environment)) !== before) return;
    for (const note of found.notes) log.debug(note);
    await this.#found(
      environment,
      before,
      found.drifts.map((one) => this.#shown(one)),
      trace,
      log,
    );
  }

  async #found(environment: DeployedEnvironment, commit: string, all: readonly Drift[], trace: string, log: Logger): Promise<void> {
    const drifts = toTell(all);
    const { services, deployment, now, tells } = this.#parts;
    const { persistence, journal } = services;
    const { store, locks } = persistence;
    const { name, repository, cluster, by, corrects: wanted } = environment;
    const place = placeOf(name, cluster);
    // A run that did not go well is not repeated, nor is it to set something back.
    const corrects = wanted && by === 'service' && (await remembered(store, repository, place))?.last.outcome === 'succeeded';
    const { memory, isNews } = seen(await knownDrift(store, repository, place), all, { place, commit, corrects, now: now() });
    if (isNews) {
      const about = { environment: name, repository: repositoryText(repository), cluster, commit };
      const { number } = await journal.record(driftEntry(about, drifts, memory.correct));
      for (const { object, kind, summary } of drifts) log.warn({ object: objectName(object), kind }, summary);
      const news = { environment: name, repository: repositoryText(repository), since: memory.since, drifts, corrects: memory.correct };
      if (tells) await announceDrift({ store, locks, queue: persistence.queue() }, { ...news, shows: number }, trace);
    }
    await rememberDrift(store, repository, memory);
    if (memory.correct) await persistence.queue().add(deployment.jobs(trace, [repositoryText(repository)]));
  }

  /** What the cluster should be like; undefined where this service deploys and has not yet. */
  async #commit({ name, repository, cluster, by }: DeployedEnvironment): Promise<string | undefined> {
    const { forges, persistence } = this.#parts.services;
    if (by === 'service') return commitInCluster(await remembered(persistence.store, repository, placeOf(name, cluster)));
    const forge = forges.get(repository.forge);
    if (forge === undefined) throw new UsageError(`forges.${repository.forge}: there is no token and no GitHub App yet`);
    return headOf(forge, repository.path);
  }

  #shown(drift: Drift): Drift {
    return { ...drift, summary: this.#parts.redact(drift.summary) };
  }
}

/** For the metrics, in every replica and after a restart. */
export async function clusterFigures({ store }: Pick<Keeping, 'store'>, config: Config): Promise<ClusterFigures[]> {
  return Promise.all(
    deployedEnvironments(config).map(async ({ name, repository, cluster }) => {
      const place = placeOf(name, cluster);
      const [known, drift] = await Promise.all([remembered(store, repository, place), knownDrift(store, repository, place)]);
      return {
        environment: name,
        ...(known?.good !== undefined && { lastSuccess: timeOf(known.good.run) }),
        ...(known !== undefined && { ok: known.last.outcome === 'succeeded' }),
        ...(drift !== undefined && { drift: drift.counts }),
      };
    }),
  );
}
