import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { accessLevels } from '../domain/access.ts';
import type { DeployOutcome } from '../domain/deployment.ts';
import { type Job, jobStates, type QueueStats } from '../domain/queue.ts';
import { rateLimitIn } from '../domain/rate-limit.ts';

/** What the service counts and measures, as Prometheus reads it: https://prometheus.io/docs/practices/naming/ */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** A delivery of somebody else's. */
  readonly deliveries: { count(sender: string, outcome: string): void };
  readonly jobs: { began(job: Job): void; ended(job: Job, seconds: number, problem?: unknown): void };
  /** A scan that came to its end. */
  scanned(scan: ScanFigures): void;
  /** One HTTP request that we sent; without a status nobody answered. */
  asked(host: string, seconds: number, answer?: { readonly status: number; readonly headers: Readonly<Record<string, string>> }): void;
  /** One merge request that was judged, or could not be. */
  validated(outcome: ValidationOutcome, seconds: number): void;
  /** One deployment run. */
  deployed(environment: string, outcome: RunOutcome, seconds: number): void;
  notified(outcome: 'sent' | 'failed'): void;
  readonly access: {
    /** Something that must not be. */
    alarmed(environment: string): void;
    /** A grant that was seen to be gone, that long after it was due. */
    removed(environment: string, seconds: number): void;
  };
  /** Versions that a sender should have told of and did not; 0 says that it is one that should. */
  missed(sender: string, count: number): void;
}

/** failed: there is no verdict, because something that it needs failed; unknown: there is none, because a bundle could not be had. */
const validationOutcomes = ['accepted', 'rejected', 'unknown', 'superseded', 'failed'] as const;
export type ValidationOutcome = (typeof validationOutcomes)[number];

/** interrupted: it did not come to an end of its own, because cluster or forge did not answer. */
export type RunOutcome = DeployOutcome | 'interrupted';

/** How an environment's cluster stands, as far as that is known. */
export interface ClusterFigures {
  readonly environment: string;
  readonly lastSuccess?: Date;
  /** Whether the last run went well. */
  readonly ok?: boolean;
  /** How many objects of each kind of drift. */
  readonly drift?: Readonly<Record<string, number>>;
}

/** The grants of one environment that are open. */
export interface AccessFigures {
  readonly environment: string;
  readonly open: readonly { readonly level: string; readonly until: Date }[];
}

export interface ScanFigures {
  /** `scan`, `scan-package` … */
  readonly kind: string;
  readonly seconds: number;
  readonly at: Date;
  /** Names of the environments that were read. */
  readonly environments: readonly string[];
  readonly proposals: readonly { readonly environment: string; readonly action: string }[];
  readonly errors: readonly { readonly scope: string }[];
}

/** Asked when somebody reads the metrics. */
export interface MetricSources {
  queue(): Promise<QueueStats>;
  /** Number of the journal's newest entry; 0 without one. */
  journal(): Promise<number>;
  /** The newest entry that was put somewhere else. */
  anchor(): Promise<{ readonly number: number; readonly at: Date } | undefined>;
  /** When the last scan of everything came to its end, in whatever replica. */
  lastScan(): Promise<Date | undefined>;
  /** Environments with a cluster. */
  clusters(): Promise<readonly ClusterFigures[]>;
  /** Of environments with a cluster. */
  access(): Promise<readonly AccessFigures[]>;
  /** Webhooks that each forge has stopped calling, where that is known. */
  stoppedWebhooks(): Promise<ReadonlyMap<string, number>>;
}

/** Until there is something to say, a gauge says nothing: zero would be a time long ago. */
function setOrRemove(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}

type Collect<T extends string> = (this: Gauge<T>) => Promise<void>;

/** What the store cannot say is left out: the rest is wanted most while it is down. */
function orNothing<T extends string>(labelNames: readonly T[], collect: Collect<T>): Collect<T> {
  return async function () {
    try {
      await collect.call(this);
    } catch {
      if (labelNames.length > 0) this.reset();
      else this.remove();
    }
  };
}

const seconds = (at: Date | undefined): number | undefined => (at === undefined ? undefined : at.getTime() / 1000);

export function createMetrics(sources: MetricSources): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Counter({ name: `lockkeeper_${name}`, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[] = [], collect?: Collect<T>) =>
    new Gauge({ name: `lockkeeper_${name}`, help, labelNames, registers, ...(collect && { collect: orNothing(labelNames, collect) }) });
  const histogram = <T extends string>(name: string, help: string, labelNames: readonly T[], buckets: number[]) =>
    new Histogram({ name: `lockkeeper_${name}`, help, labelNames, buckets, registers });

  gauge('scan_last_success_timestamp_seconds', 'When the last scan of everything came to its end.', [], async function (this: Gauge) {
    setOrRemove(this, seconds(await sources.lastScan()));
  });
  const scanSeconds = histogram('scan_duration_seconds', 'How long scans took.', ['kind'], [1, 2, 5, 10, 30, 60, 120, 300, 900, 3600]);
  const scanErrors = gauge('scan_errors', 'What could not be looked at in the last scan of everything.', ['scope']);
  const environmentAge = gauge('environment_last_scan_timestamp_seconds', 'When an environment was last scanned.', ['environment']);
  const proposals = counter('proposals_total', 'What was done with merge requests.', ['environment', 'action']);
  const requests = counter('http_requests_total', 'Requests sent; status 0: nobody answered.', ['host', 'status']);
  const requestSeconds = histogram(
    'http_request_duration_seconds',
    'Until the head of the answer.',
    ['host'],
    [0.01, 0.05, 0.1, 0.5, 1, 5, 30],
  );
  const headroom = gauge('rate_limit_remaining', 'Requests left until the limit is reset.', ['host']);
  const limit = gauge('rate_limit_limit', 'Requests that the host allows per period.', ['host']);
  const jobs = counter('jobs_total', 'Jobs that were worked on.', ['kind', 'outcome']);
  const jobSeconds = histogram('job_duration_seconds', 'How long jobs took.', ['kind'], [0.1, 0.5, 1, 5, 10, 60, 300, 1800]);
  const deliveries = counter('webhook_deliveries_total', 'Deliveries of forges and registries.', ['sender', 'outcome']);
  const missed = counter('webhook_missed_total', 'Versions that the schedule found and no delivery had told of.', ['sender']);
  gauge('webhook_disabled', 'Webhooks that the forge has stopped calling.', ['forge'], async function (this: Gauge<'forge'>) {
    for (const [forge, count] of await sources.stoppedWebhooks()) this.set({ forge }, count);
  });
  const validations = counter('validations_total', 'Merge requests that were judged, or could not be.', ['outcome']);
  for (const outcome of validationOutcomes) validations.inc({ outcome }, 0); // else nobody sees the first one
  const validationSeconds = histogram(
    'validation_duration_seconds',
    'From reading a merge request to saying what is wrong with it.',
    ['outcome'],
    [0.5, 1, 2, 5, 10, 20, 60, 300],
  );
  const runs = counter('deployments_total', 'Deployment runs.', ['environment', 'outcome']);
  const runSeconds = histogram(
    'deployment_seconds',
    'From asking for the lock to the end of a deployment run.',
    ['environment'],
    [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800],
  );
  gauge(
    'deployment_last_success_timestamp_seconds',
    'When the last deployment run that went well began.',
    ['environment'],
    async function (this: Gauge<'environment'>) {
      for (const { environment, lastSuccess } of await sources.clusters())
        if (lastSuccess !== undefined) this.set({ environment }, lastSuccess.getTime() / 1000);
    },
  );
  gauge(
    'deployment_ok',
    'Whether the last deployment run went well: 1 or 0.',
    ['environment'],
    async function (this: Gauge<'environment'>) {
      for (const { environment, ok } of await sources.clusters()) if (ok !== undefined) this.set({ environment }, ok ? 1 : 0);
    },
  );
  gauge(
    'drift_objects',
    'Objects in clusters that are not as their repositories say.',
    ['environment', 'kind'],
    async function (this: Gauge<'environment' | 'kind'>) {
      for (const { environment, drift = {} } of await sources.clusters())
        for (const [kind, number] of Object.entries(drift)) this.set({ environment, kind }, number);
    },
  );
  const alarms = counter('access_alarms_total', 'What must not be: bindings of nobody, files without a right to be there.', [
    'environment',
  ]);
  gauge('access_grants', 'Grants that are open.', ['environment', 'level'], async function (this: Gauge<'environment' | 'level'>) {
    for (const { environment, open } of await sources.access()) {
      alarms.inc({ environment }, 0); // else nobody sees the first one
      for (const level of accessLevels) this.set({ environment, level }, open.filter((one) => one.level === level).length);
    }
  });
  gauge(
    'access_overdue_seconds',
    'How long the grant that is overdue longest should be gone.',
    ['environment'],
    async function (this: Gauge<'environment'>) {
      for (const { environment, open } of await sources.access())
        this.set(
          { environment },
          open.reduce((most, { until }) => Math.max(most, (Date.now() - until.getTime()) / 1000), 0),
        );
    },
  );
  const removals = histogram(
    'access_removal_seconds',
    'From when a grant was due to end until it was seen to be gone.',
    ['environment'],
    [1, 5, 10, 20, 30, 60, 120, 300, 900, 3600],
  );
  const notifications = counter('notifications_total', 'Messages to people.', ['outcome']);
  gauge('journal_anchored_timestamp_seconds', 'When the newest hash was last seen to be somewhere else.', [], async function (this: Gauge) {
    setOrRemove(this, seconds((await sources.anchor())?.at));
  });
  gauge(
    'journal_anchored_entry',
    'Number of the newest entry whose hash is in every place of journal.anchor.',
    [],
    async function (this: Gauge) {
      setOrRemove(this, (await sources.anchor())?.number);
    },
  );
  gauge('journal_entries', 'Number of the newest entry.', [], async function (this: Gauge) {
    this.set(await sources.journal());
  });
  gauge('queue_oldest_job_seconds', 'How long the oldest job that could be worked on has waited.', [], async function (this: Gauge) {
    this.set((await sources.queue()).oldest);
  });
  gauge('queue_jobs', 'Jobs by state; parked ones wait for a person.', ['state'], async function (this: Gauge<'state'>) {
    const { counts } = await sources.queue();
    for (const state of jobStates) this.set({ state }, counts[state]);
  });

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    deliveries: { count: (sender, outcome) => deliveries.inc({ sender, outcome }) },
    jobs: {
      began: () => {},
      ended: ({ data: { kind } }, took, problem) => {
        jobs.inc({ kind, outcome: problem === undefined ? 'done' : 'failed' });
        jobSeconds.observe({ kind }, took);
      },
    },
    scanned: (scan) => {
      const time = seconds(scan.at) ?? 0;
      scanSeconds.observe({ kind: scan.kind }, scan.seconds);
      for (const environment of scan.environments) environmentAge.set({ environment }, time);
      for (const { environment, action } of scan.proposals) if (action !== 'keep') proposals.inc({ environment, action });
      if (scan.kind !== 'scan') return;
      scanErrors.reset();
      for (const { scope } of scan.errors) scanErrors.inc({ scope });
    },
    asked: (host, took, answer) => {
      requests.inc({ host, status: String(answer?.status ?? 0) });
      requestSeconds.observe({ host }, took);
      const allowed = answer && rateLimitIn(answer.headers, new Date());
      if (allowed !== undefined) headroom.set({ host }, allowed.remaining);
      if (allowed?.limit !== undefined) limit.set({ host }, allowed.limit);
    },
    validated: (outcome, took) => {
      validations.inc({ outcome });
      validationSeconds.observe({ outcome }, took);
    },
    deployed: (environment, outcome, took) => {
      runs.inc({ environment, outcome });
      runSeconds.observe({ environment }, took);
    },
    access: {
      alarmed: (environment) => alarms.inc({ environment }),
      removed: (environment, took) => removals.observe({ environment }, took),
    },
    notified: (outcome) => notifications.inc({ outcome }),
    missed: (sender, count) => missed.inc({ sender }, count),
  };
}
