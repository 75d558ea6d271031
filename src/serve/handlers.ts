import type { Logger } from 'pino';
import type { Metrics } from '../adapters/metrics.ts';
import { explain, OutsideError } from '../domain/errors.ts';
import type { Job } from '../domain/queue.ts';
import type { Store } from '../domain/store.ts';
import { announceProposals, keepThreads } from '../notifications/proposals.ts';
import type { Handlers } from '../runtime/work.ts';
import type { Services } from '../services.ts';
import { type News, newsOf } from '../updates/news.ts';
import { type EnvironmentRows, environmentRows, reportOf } from '../updates/report-rows.ts';
import { type Scanned, type ScanPorts, type ScanResult, scan } from '../updates/scan.ts';
import { scanPackage, scanRepository, scanSource } from '../updates/scan-some.ts';
import { rememberTold, type Suspect } from '../webhooks/missed.ts';
import type { Access } from './access/access.ts';
import type { AskedJobs } from './asked-jobs.ts';
import { environmentNamed, repositoryOf } from './dashboard/actions.ts';
import { noteScan } from './dashboard/operations/scans.ts';
import type { Deployment } from './deployment.ts';
import type { DriftWatch } from './drift-watch.ts';
import { forgetUnused } from './upkeep.ts';
import type { Validation } from './validation.ts';
import type { webhookJobs } from './webhook-jobs.ts';

export interface HandlerParts {
  readonly services: Services;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Tells people; absent where app.yml names no Slack. */
  readonly notify?: (thread: string, job: Job, signal: AbortSignal) => Promise<void>;
  /** Puts the journal's newest hash where app.yml wants it. */
  readonly anchor: () => Promise<void>;
  /** Tells a watchdog that the scan of everything was done. */
  readonly beat: () => Promise<void>;
  readonly webhooks: ReturnType<typeof webhookJobs>;
  readonly validation: Validation;
  readonly deployment: Deployment;
  readonly drift: DriftWatch;
  readonly access: Access;
  readonly asked: AskedJobs;
}

/** What is kept of an environment that was scanned. */
interface Rows extends EnvironmentRows {
  readonly news: readonly News[];
}

const rowsOf = (one: Scanned): Rows => ({ ...environmentRows(one), news: newsOf(one) });

type Look = (ports: ScanPorts) => Promise<ScanResult<Rows>>;

/** What each kind of job does: the same flows that commands call. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { services, beat, notify, anchor, webhooks, validation, deployment, drift, access, asked } = parts;
  const { store } = services.persistence;
  const { settings, forges } = services;
  const some = async (look: Look, job: Job, signal: AbortSignal): Promise<void> => {
    const { errors } = await scanned(parts, job, look, signal);
    // The next try looks again at what could not be looked at; what was done is done.
    if (errors.length > 0) throw failed(errors);
  };
  return {
    scan: async (_, job, signal) => {
      const fresh: Suspect[] = [];
      const look: Look = (ports) =>
        scan(ports, settings, { dryRun: false }, async (one) => {
          fresh.push(...(await webhooks.firstSeen(one, ports.now)));
          return rowsOf(one);
        });
      const { environments, errors } = await scanned(parts, job, look, signal);
      if (environments.length === 0 && errors.length > 0) throw failed(errors);
      await rememberScan(store, new Date());
      await webhooks.suspect(fresh);
      await beat();
    },
    'scan-package': async (data, job, signal) => {
      await rememberTold(store, data.package, new Date());
      await some((ports) => scanPackage(ports, settings, data.package, rowsOf), job, signal);
    },
    'scan-environment': (data, job, signal) => some((ports) => scanRepository(ports, settings, data.repository, rowsOf), job, signal),
    validate: (data, job, signal) => validation.validate({ ...job, data }, signal),
    'validate-open': (_, job, signal) => validation.sweep(job, undefined, signal),
    pipeline: (data, job) => validation.pipeline({ ...job, data }),
    'validate-repository': ({ repository }, job, signal) => validation.sweep(job, repository, signal),
    command: (data, job, signal) => {
      const ask = (number: number, comment: number): Promise<void> =>
        access.ask(data.repository, { kind: 'request', number, comment }, job.trace, signal);
      return validation.command({ ...job, data }, ask, signal);
    },
    deploy: async (data, job, signal) => {
      try {
        await deployment.deploy({ ...job, data }, signal);
      } finally {
        await validation.othersAt(data.repository, job.trace); // comments may say that it is in progress
      }
    },
    propose: (data, job, signal) => asked.propose(data, job, rowsOf, (look) => scanned(parts, job, look, signal), signal),
    rollback: async (data, job, signal) => {
      await asked.rollback(data, job, signal);
      const one = await environmentNamed(services, data.environment);
      if (one === undefined) return;
      const repository = repositoryOf(one); // what is open now is seen, judged and told by a scan
      await services.persistence.queue().add([{ data: { kind: 'scan-environment', repository }, key: repository, trace: job.trace }]);
    },
    drift: (_, job, signal) => drift.look(job, signal),
    'access-review': (data, { trace }, signal) => access.review(data.repository, data.request, trace, signal),
    access: (data, { trace }, signal) => access.keep(data.repository, trace, signal),
    'access-issue': ({ repository, issue, comment }, { trace }, signal) =>
      access.ask(repository, { kind: 'issue', number: issue, comment }, trace, signal),
    'access-audit': () => access.audit(),
    'refresh-source': (data, job, signal) => some((ports) => scanSource(ports, settings, forges, data.repository, rowsOf), job, signal),
    'check-webhooks': webhooks['check-webhooks'],
    redeliver: webhooks.redeliver,
    upkeep: () => forgetUnused(store, new Date()),
    anchor: () => anchor(),
    notify: async ({ thread }, job, signal) => notify?.(thread, job, signal),
  };
}

async function scanned(
  { services, metrics, log, notify, validation }: HandlerParts,
  job: Job,
  look: Look,
  signal: AbortSignal,
): Promise<ScanResult<Rows>> {
  const about = log.child({ trace: job.trace });
  const { persistence } = services;
  const begun = performance.now();
  const progress = { add: () => {}, done: (what: string) => about.debug(what) };
  const result = await look(services.scanPorts(progress, signal));
  const { environments, proposals, errors } = reportOf(result);
  const seconds = (performance.now() - begun) / 1000;
  metrics.scanned({ kind: job.data.kind, seconds, at: new Date(), environments: environments.map(({ name }) => name), proposals, errors });
  if (job.data.kind === 'scan')
    await noteScan(persistence.store, { at: new Date().toISOString(), seconds, environments: environments.length, errors });
  const acted = proposals.filter(({ action }) => action !== 'keep');
  for (const { environment, title, action, url } of acted) about.info({ environment, url }, `${action}: ${title}`);
  for (const { scope, message } of errors) about.warn({ scope }, message);
  about.info(
    { seconds: Number(seconds.toFixed(2)), environments: environments.length, proposals: acted.length, errors: errors.length },
    'scanned',
  );
  const news = result.environments.flatMap((one) => one.news);
  // What we have just written is judged at once, wherever no delivery tells of it.
  await validation.ask(
    news.flatMap(({ request, state, updatedAt }) => (state === 'open' && updatedAt === undefined ? [request] : [])),
    job.trace,
  );
  if (notify !== undefined) {
    await announceProposals({ store: persistence.store, locks: persistence.locks, queue: persistence.queue() }, news, job.trace);
    await keepThreads(persistence.store, news);
  }
  return result;
}

/** For every replica's metrics, and after a restart. */
const rememberScan = (store: Store, at: Date): Promise<void> => store.put('service', 'last-scan', at.toISOString());

export async function lastScan(store: Store): Promise<Date | undefined> {
  const at = await store.get<string>('service', 'last-scan');
  return at === undefined ? undefined : new Date(at);
}

function failed(errors: ScanResult<Rows>['errors']): Error {
  const texts = errors.map(({ scope, message }) => (message.includes(scope) ? message : `${scope}: ${message}`));
  return new OutsideError(errors[0]?.scope ?? '', texts.join('; ').slice(0, 500));
}

/** Told to the log and no further: nobody is kept from working by a watchdog that does not answer. */
export function heartbeat(services: Services, url: string | undefined, log: Logger): () => Promise<void> {
  return async () => {
    if (url === undefined) return;
    try {
      const { status } = await services.http.request({ url, timeoutMs: 10_000 });
      if (status >= 400) log.warn(`the heartbeat was answered with status ${status}: notifications.heartbeat in app.yml`);
    } catch (error) {
      log.warn(`the heartbeat was not heard: ${explain(error)}`);
    }
  };
}
