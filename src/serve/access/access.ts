import { hasOpen, readBook } from '../../access/grant/book.ts';
import { isConfigured } from '../../access/settings.ts';
import type { NewJob } from '../../domain/queue.ts';
import { askInComment, type Below } from './asking.ts';
import { auditForge } from './audit.ts';
import { type AccessEnvironment, type AccessParts, accessEnvironment, namedEnvironments, textOf } from './environments.ts';
import { warnOfLost } from './figures.ts';
import { keepGrants } from './grants.ts';
import { accessJob, reviewJob } from './jobs.ts';
import { openRequestsOf, reviewRequest } from './review.ts';
import { accessSettings } from './settings.ts';

/** What the service does about access. */
export class Access {
  readonly #parts: AccessParts;

  constructor(parts: Omit<AccessParts, 'settings'>) {
    this.#parts = { ...parts, settings: accessSettings(parts.config) };
  }

  /** app.yml names somebody who may approve. */
  get isOn(): boolean {
    return isConfigured(this.#parts.settings);
  }

  review(repository: string, request: number, trace: string, signal: AbortSignal): Promise<void> {
    return this.#at(repository, (environment) => reviewRequest(this.#parts, environment, request, trace, signal));
  }

  keep(repository: string, trace: string, signal: AbortSignal): Promise<void> {
    return this.#at(repository, (environment) => keepGrants(this.#parts, environment, trace, signal));
  }

  ask(repository: string, below: Below, trace: string, signal: AbortSignal): Promise<void> {
    return this.#at(repository, (environment) => askInComment(this.#parts, environment, below, trace, signal));
  }

  /** Says in the log which grants nobody ends any more. */
  warnOfLost(): Promise<void> {
    const { config, services, log } = this.#parts;
    return warnOfLost(config, services, log);
  }

  audit(): Promise<void> {
    return auditForge(this.#parts, this.#named());
  }

  /** A look at the grants of every environment with a cluster; where nobody may approve any more, of those in which something is left to end. */
  async jobs(trace: string): Promise<readonly NewJob[]> {
    const { store } = this.#parts.services.persistence;
    const kept = this.#named().filter(({ cluster }) => cluster !== undefined);
    const wanted = await Promise.all(kept.map(async (one) => this.isOn || hasOpen(await readBook(store, textOf(one)))));
    return kept.filter((_, at) => wanted[at]).map((one) => accessJob(textOf(one), trace));
  }

  /** A look at every request for access that is known to be open; at `all` that are open, where one may have been missed. */
  async reviews(trace: string, all: boolean): Promise<readonly NewJob[]> {
    const found = await Promise.all(
      this.#named().map(async (one) => (await openRequestsOf(this.#parts, one, all)).map((id) => reviewJob(textOf(one), id, trace))),
    );
    return found.flat();
  }

  #named(): readonly AccessEnvironment[] {
    return namedEnvironments(this.#parts.config, this.#parts.services);
  }

  async #at(repository: string, work: (environment: AccessEnvironment) => Promise<void>): Promise<void> {
    const environment = await accessEnvironment(this.#parts, repository);
    if (environment !== undefined) await work(environment);
  }
}
