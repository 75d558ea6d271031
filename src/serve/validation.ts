import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Metrics } from '../adapters/metrics.ts';
import { repositoryRef } from '../config/repository.ts';
import type { Config } from '../config/schema.ts';
import { OutsideError, RefusedError } from '../domain/errors.ts';
import type { Job, NewJob, Queue } from '../domain/queue.ts';
import type { Redact } from '../domain/redact.ts';
import { readManifests } from '../manifests/archive.ts';
import { BundleMemory, createBundles } from '../manifests/bundles.ts';
import { readDesiredState } from '../manifests/desired-state.ts';
import { keepPlan } from '../plan/kept-plan.ts';
import { type Schedule, startSchedule } from '../runtime/schedule.ts';
import type { Services } from '../services.ts';
import { type CommandPorts, obeyComment } from '../validation/commands.ts';
import { unlock } from '../validation/holds/unlock.ts';
import { sayInPipeline } from '../validation/later-pipeline.ts';
import { type JudgedEnvironment, type RequestPorts, Superseded, validateMergeRequest } from '../validation/merge-request.ts';
import { judgeAgain } from '../validation/remembered.ts';
import { findDue, type SweepPorts } from '../validation/sweep.ts';
import { reviewJob } from './access/jobs.ts';
import { forgeOf, judgedEnvironment, judgedEnvironments, nameOf } from './judged-environments.ts';
import type { Judging } from './judging.ts';
import { requestPlan } from './request-plan.ts';
import { releaseRun, runOf } from './run-lock.ts';
import { spoken } from './spoken.ts';

/** What is judged here now. */
interface Running {
  readonly environment: JudgedEnvironment;
  readonly id: number;
  readonly stop: AbortController;
  /** The head that it is about, once that is known. */
  commit?: string;
}

export interface ValidationParts {
  readonly config: Config;
  readonly services: Services;
  readonly judging: Judging;
  readonly metrics: Pick<Metrics, 'validated'>;
  readonly log: Logger;
  readonly redact: Redact;
  readonly now: () => Date;
}

/** What the service does about merge requests of environments. */
export class Validation {
  readonly #parts: ValidationParts;
  /** By the key of its job. */
  readonly #running = new Map<string, Running>();
  readonly #memory = new BundleMemory();

  constructor(parts: ValidationParts) {
    this.#parts = parts;
  }

  async validate({ data, trace, key }: Job & { readonly data: { readonly kind: 'validate' } }, signal: AbortSignal): Promise<void> {
    const environment = await judgedEnvironment(this.#parts, data.repository);
    if (environment === undefined) return;
    const { metrics, log } = this.#parts;
    const running: Running = { environment, id: data.request, stop: new AbortController() };
    this.#running.set(key, running);
    const began = performance.now();
    const about = log.child({ trace, environment: environment.name, request: data.request });
    try {
      const either = AbortSignal.any([signal, running.stop.signal]);
      const outcome = await validateMergeRequest(this.#ports(running, about, trace), environment, data.request, either);
      about.info({ outcome, seconds: seconds(began) }, 'validated');
      if (outcome === 'superseded') await this.#add([validateJob(data.repository, data.request, trace)]);
      if (outcome !== 'skipped') metrics.validated(outcome, seconds(began));
    } catch (error) {
      if (!signal.aborted) metrics.validated('failed', seconds(began));
      throw error;
    } finally {
      this.#running.delete(key); // of one key one job at a time is worked on
    }
  }

  async command(
    { data, trace }: Job & { readonly data: { readonly kind: 'command' } },
    askForAccess: CommandPorts['askForAccess'],
    signal: AbortSignal,
  ): Promise<void> {
    const environment = await judgedEnvironment(this.#parts, data.repository);
    if (environment === undefined) return;
    const { services, log, redact } = this.#parts;
    const asked = forgeOf(services, environment.repository.forge);
    const forge = {
      ...spoken(asked, redact),
      requestComment: asked.requestComment.bind(asked),
      mayWrite: asked.mayWrite.bind(asked),
    };
    const again = (id: number): Promise<void> => this.again(data.repository, id, trace);
    const unlocked = {
      store: services.persistence.store,
      traits: asked.traits,
      releaseRun: () => releaseRun(this.#parts, environment.name, signal),
      heldOtherwise: () => this.othersAt(data.repository, trace),
    };
    const release = (id: number, name: string): Promise<string> => unlock(unlocked, environment.repository, id, name);
    const reviewAccess = (id: number): Promise<void> => this.#add([reviewJob(data.repository, id, trace)]);
    const ports = { forge, again, unlock: release, askForAccess, reviewAccess };
    const kinds = await obeyComment(ports, environment.repository, data.request, data.comment);
    if (kinds.length > 0) log.info({ trace, environment: environment.name, request: data.request, commands: kinds }, 'obeyed a comment');
  }

  /** Judges a merge request of an environment's repository (`FORGE:PATH`) once more though nothing has changed. */
  async again(repository: string, id: number, trace: string = randomUUID()): Promise<void> {
    const ref = repositoryRef(repository);
    if (ref === undefined) return;
    await judgeAgain(this.#parts.services.persistence.store, ref, id);
    await this.#add([validateJob(repository, id, trace)]);
  }

  /** Every open merge request that something is to be said at; of one repository, or of all. */
  async sweep({ trace }: Job, repository: string | undefined, signal: AbortSignal): Promise<void> {
    const { log } = this.#parts;
    const one = repository === undefined ? undefined : await judgedEnvironment(this.#parts, repository);
    const { environments, errors } =
      repository === undefined ? await judgedEnvironments(this.#parts) : { environments: one ? [one] : [], errors: [] };
    const { due, problems } = await findDue(this.#sweepPorts(), environments, signal);
    await this.#add(due.map(({ environment, id }) => validateJob(nameOf(environment), id, trace)));
    const failed = [...errors.map(({ message }) => message), ...problems.map(({ environment, message }) => `${environment}: ${message}`)];
    if (failed.length > 0) throw new OutsideError('merge requests', failed.join('; ').slice(0, 500));
    log.debug({ trace, requests: due.length }, 'looked for merge requests that something is to be said at');
  }

  /** Says again what was said, in pipelines that began later. */
  async pipeline({ data, trace }: Job & { readonly data: { readonly kind: 'pipeline' } }): Promise<void> {
    const environment = await judgedEnvironment(this.#parts, data.repository);
    if (environment === undefined) return;
    const { services, redact, log } = this.#parts;
    const forge = forgeOf(services, environment.repository.forge);
    const ports = {
      forge: { ...spoken(forge, redact), state: forge.state.bind(forge), openRequests: forge.openRequests.bind(forge) },
      store: services.persistence.store,
      warn: (text: string) => log.warn({ trace }, text),
    };
    const due = await sayInPipeline(ports, environment, data);
    await this.#add(due.map((id) => validateJob(data.repository, id, trace)));
  }

  /** Has merge requests judged soon, each named `FORGE:PATH!ID`. */
  ask(requests: readonly string[], trace: string): Promise<void> {
    const jobs = requests.map((key) => validateJob(key.slice(0, key.lastIndexOf('!')), Number(key.slice(key.lastIndexOf('!') + 1)), trace));
    return this.#add(jobs);
  }

  /** Has comments say what is so, where merge requests or runs of an environment have come or gone. */
  othersAt(repository: string, trace: string): Promise<void> {
    return this.#add([othersJob(repository, trace)]);
  }

  /** The queue, for those who hand in what happened outside: when a merge request that is judged here has a newer head, that is given up. */
  watching(queue: Queue): Pick<Queue, 'add'> {
    return {
      add: async (jobs, delivery) => {
        const added = await queue.add(jobs, delivery);
        for (const { data, key } of added === 'added' ? jobs : [])
          if (data.kind === 'validate') void this.#lookAgain(this.#running.get(key));
        return added;
      },
    };
  }

  /** Forges deliver more than once for one head. What cannot be asked is asked again at the end of the validation. */
  async #lookAgain(running: Running | undefined): Promise<void> {
    if (running?.commit === undefined) return;
    const { forge, path } = running.environment.repository;
    const now = await forgeOf(this.#parts.services, forge)
      .request(path, running.id)
      .catch(() => undefined);
    if (now !== undefined && now.commit !== running.commit) running.stop.abort(new Superseded('there is a newer commit'));
  }

  async #add(jobs: readonly NewJob[]): Promise<void> {
    if (jobs.length > 0) await this.#parts.services.persistence.queue().add(jobs);
  }

  #sweepPorts(): SweepPorts {
    const { services } = this.#parts;
    return {
      forge: (name) => forgeOf(services, name),
      store: services.persistence.store,
      run: ({ name }, signal) => runOf(this.#parts, name, signal),
    };
  }

  #ports(running: Running, log: Logger, trace: string): RequestPorts {
    const { repository } = running.environment;
    const { services, judging, config, redact } = this.#parts;
    const forge = forgeOf(services, repository.forge);
    return {
      ...judging,
      forge: {
        ...spoken(forge, redact),
        state: (path) => forge.state(path),
        openRequests: (path, target) => forge.openRequests(path, target),
        request: async (path, id) => {
          const request = await forge.request(path, id);
          running.commit ??= request.commit;
          return request;
        },
      },
      store: services.persistence.store,
      stateAt: async (commit, mayFetch) => {
        const bundles = createBundles((url) => (mayFetch(url) ? services.download(url) : refused(url)), this.#memory);
        return readDesiredState(
          readManifests(await forge.archive(repository.path, commit), `${repository.forge}:${repository.path}`),
          bundles,
        );
      },
      plan: async (base, head, signal) => {
        const plan = await requestPlan({ config, warn: (text) => log.warn(text) }, running.environment.name, [base, head], signal);
        // What could not all be read says nothing of what its merge deletes.
        if (running.commit !== undefined && base.complete && head.complete)
          await keepPlan(services.persistence.store, repository, running.commit, plan);
        return plan;
      },
      run: (signal) => runOf(this.#parts, running.environment.name, signal),
      heldOtherwise: () => this.othersAt(nameOf(running.environment), trace),
      now: this.#parts.now,
      serviceUrl: config.server.url.replace(/(?<!\/)\/+$/, ''),
      warn: (text) => log.warn(text),
    };
  }
}

function refused(url: string): Promise<never> {
  const { host } = new URL(url);
  const what = 'it was not asked for: a merge request from a fork may move bundles to other versions, and bring no new ones';
  return Promise.reject(new RefusedError(host, `${what}; who may push here can push its commit to a branch of this repository`));
}

const seconds = (began: number): number => Number(((performance.now() - began) / 1000).toFixed(3));

const validateJob = (repository: string, request: number, trace: string): NewJob => ({
  data: { kind: 'validate', repository, request },
  key: `${repository}!${request}`,
  trace,
});

const othersJob = (repository: string, trace: string): NewJob => ({
  data: { kind: 'validate-repository', repository },
  key: repository,
  trace,
});

/** Every hour, when the scan on the hour is done: lost deliveries do no harm. */
export const sweepSchedule = (queue: Queue, log: Logger): Promise<Schedule> =>
  startSchedule({
    name: 'validate-open',
    cron: '41 * * * *',
    timezone: 'Etc/UTC',
    now: () => new Date(),
    onTick: async (id) => void (await queue.add([{ data: { kind: 'validate-open' }, key: '', trace: id }], { sender: 'schedule', id })),
    onError: (error) => log.error({ err: error }, 'the schedule could not ask for a look at merge requests'),
  });
