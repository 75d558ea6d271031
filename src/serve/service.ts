import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createMetrics, type Metrics } from '../adapters/metrics.ts';
import { createSlack } from '../adapters/slack.ts';
import type { Loaded } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { explain } from '../domain/errors.ts';
import { type Job, type Queue, RetryAt, type Worker } from '../domain/queue.ts';
import type { Redact } from '../domain/redact.ts';
import { type HttpServer, type Route, startServer } from '../http/server.ts';
import { createWebhooks } from '../http/webhooks/webhooks.ts';
import { type AnchorPlace, anchored, anchorNewest } from '../journal/anchoring.ts';
import { followJournal } from '../journal/follow.ts';
import { type DeliveryPorts, deliver, say } from '../notifications/deliver.ts';
import { outlasting } from '../notifications/outage.ts';
import { type JobObserver, worker } from '../runtime/work.ts';
import { createServices, type Services } from '../services.ts';
import { Access } from './access/access.ts';
import { accessFigures } from './access/figures.ts';
import { startAccessLooks } from './access/looks.ts';
import { startAccessTicks } from './access/ticks.ts';
import { anchorPlaces } from './anchor.ts';
import { AskedJobs } from './asked-jobs.ts';
import { startChainWatch } from './chain-watch.ts';
import { recordConfiguration } from './configuration.ts';
import { createEntrance, requireLogin } from './dashboard/entrance.ts';
import { EndedJobs, LiveEvents, storeStamp } from './dashboard/live.ts';
import { startWatch, type Watch } from './dashboard/operations/watch.ts';
import type { DashboardParts } from './dashboard/parts.ts';
import { createRooms } from './dashboard/rooms.ts';
import { createDeployments } from './deployments.ts';
import { clusterFigures } from './drift-watch.ts';
import { githubApps } from './github-app.ts';
import { createHandlers, heartbeat, lastScan } from './handlers.ts';
import { healthRoutes } from './health.ts';
import { createJudging } from './judging.ts';
import { startLocalPushes } from './local-pushes.ts';
import { createPages } from './pages.ts';
import { startSchedules } from './schedules.ts';
import { sweepSchedule, Validation } from './validation.ts';
import { stoppedWebhooks, webhookJobs, webhookSchedule } from './webhook-jobs.ts';
import { webhookSettings } from './webhook-settings.ts';

export interface Service {
  /** Where it listens. */
  readonly url: string;
  /** Takes no more, finishes what runs or hands it back. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly log: Logger;
  readonly redact: Redact;
  /** Where programs and caches are looked for. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Jobs worked on at once, here: scans of packages beside the scan of everything. */
const jobsAtOnce = 4;
const attempts = 5;
/** Milliseconds that jobs get to end; an orchestrator waits for 30 s before it kills. */
const patience = 15_000;

/** `lockkeeper serve`: takes deliveries, keeps the schedule, works jobs off, until stopped. Throws UsageError, OutsideError. */
export async function startService(loaded: Loaded, { log, redact, env }: ServeOptions): Promise<Service> {
  const { config } = loaded;
  requireLogin(config);
  const metrics = createMetrics({
    queue: () => persistence.queue().stats(),
    journal: async () => (await persistence.journal().newest())?.number ?? 0,
    anchor: () =>
      anchored(
        persistence.store,
        places().map(({ name }) => name),
      ),
    lastScan: () => lastScan(persistence.store),
    clusters: () => clusterFigures(persistence, config),
    access: () => accessFigures(config, services),
    stoppedWebhooks: () => stoppedWebhooks(persistence.store, config),
  });
  let watch: Watch | undefined;
  const services = await createServices(loaded, {
    redact,
    warn: (text) => log.warn(text),
    asked: (host, seconds, reply) => {
      metrics.asked(host, seconds, reply);
      watch?.asked(host, reply);
    },
    unfinished: true,
  });
  const { persistence } = services;
  const chat = chatPorts(services, config, redact);
  const places = (): readonly AnchorPlace[] =>
    anchorPlaces(config, services.forges, chat && ((channel, text, key) => say(chat, channel, text, key)));
  let stopping = false;
  const parts: (() => Promise<void>)[] = [() => services.close(), async () => watch?.stop()];
  const stop = async (): Promise<void> => {
    stopping = true;
    for (const part of parts.splice(0).toReversed()) await part();
  };
  try {
    const notify = chat && notifier(chat, metrics);
    const judging = createJudging({
      env,
      config,
      debug: (line) => log.debug(line),
      warn: (text) => log.warn(text),
    });
    parts.push(() => judging.close()); // after the work that asks it
    const validation = new Validation({ config, services, judging, metrics, log, redact, now: () => new Date() });
    const { deployment, drift } = createDeployments({
      config,
      services,
      metrics,
      log,
      redact,
      tells: chat !== undefined,
      othersAt: (repository, trace) => validation.othersAt(repository, trace),
    });
    const access = new Access({ config, services, metrics, log, redact, tells: chat !== undefined, now });
    const handlers = createHandlers({
      services,
      metrics,
      log,
      anchor: () =>
        anchorNewest({ journal: persistence.journal(), store: persistence.store, now, warn: (text) => log.error(text) }, places()),
      beat: heartbeat(services, config.notifications.heartbeat, log),
      webhooks: webhookJobs({ config, services, metrics, log }),
      validation,
      deployment,
      drift,
      access,
      asked: new AskedJobs({ services, redact, now }),
      ...(notify !== undefined && { notify }),
    });
    watch = startWatch(config, services, log);
    const chain = startChainWatch(services, log);
    parts.push(() => chain.stop());
    let work: Worker | undefined;
    parts.push(async () => work?.stop(patience)); // after the server: what is taken until then is kept
    const ended = new EndedJobs();
    const live = new LiveEvents({ stamp: () => storeStamp(persistence, ended.count) });
    const server = await listen(config, services, {
      setup: githubApps(loaded, services, log),
      dashboard: {
        journal: followJournal(() => persistence.journal()),
        verified: chain.verified,
        live,
        tells: chat !== undefined,
        watch,
        places,
        judgeAgain: (...of) => validation.again(...of),
      },
      queue: validation.watching(persistence.queue()),
      log,
      metrics,
      redact,
      ready: () => (stopping ? Promise.resolve('stopping') : unready(services)),
    });
    parts.push(() => server.close());
    parts.push(() => live.stop()); // before the server, which waits for its answers
    // Who finds the port taken changes nothing, and from here on work is done as this app.yml says.
    await recordConfiguration(services, config, redact);
    work = await persistence.queue().work(worker(handlers, watched(metrics, log, ended)), {
      atOnce: jobsAtOnce + deployment.atOnce,
      attempts,
    });
    // Before all is looked at: what is pushed from here on shows.
    const pushes = await startLocalPushes(config, services, {
      store: persistence.store,
      queue: validation.watching(persistence.queue()),
      log,
    });
    parts.push(() => pushes.stop());
    await persistence.queue().add(deployment.jobs('start'));
    const schedule = await startSchedules(config, services, {
      anchored: places().length > 0,
      deployments: (trace) => deployment.jobs(trace),
      drifts: drift.looksAtAny,
      log,
    });
    parts.push(() => schedule.stop());
    const looks = await startAccessLooks({ access, queue: persistence.queue(), log });
    parts.push(() => looks.stop());
    const upkeep = await webhookSchedule(config, services, log);
    parts.push(() => upkeep.stop());
    const ticks = startAccessTicks({ access, queue: persistence.queue(), log });
    parts.push(() => ticks.stop());
    const sweep = await sweepSchedule(persistence.queue(), log);
    parts.push(() => sweep.stop());
    return { url: server.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const now = (): Date => new Date();

/** Webhooks, health, metrics and pages. */
async function listen(
  config: Config,
  services: Services,
  {
    log,
    redact,
    metrics,
    ready,
    setup,
    dashboard,
    queue,
  }: {
    readonly setup: readonly Route[];
    /** What pages are made from beside services. */
    readonly dashboard: Omit<DashboardParts, 'config' | 'services' | 'redact' | 'log' | 'metrics'>;
    /** Takes what deliveries ask for. */
    readonly queue: Pick<Queue, 'add'>;
    readonly log: Logger;
    readonly redact: Redact;
    readonly metrics: Metrics;
    readonly ready: () => Promise<string | undefined>;
  },
): Promise<HttpServer> {
  const webhooks = await createWebhooks(webhookSettings(config), {
    queue,
    counts: {
      count: (sender, outcome) => {
        metrics.deliveries.count(sender, outcome);
        dashboard.watch.delivered(sender, outcome);
      },
    },
    log,
    now,
  });
  return startServer({
    host: config.server.host,
    port: config.server.port,
    ...createPages(createRooms({ config, services, redact, log, metrics, ...dashboard })),
    entrance: createEntrance({ config, services, log }),
    routes: [{ path: '/webhooks/', answer: webhooks }, ...healthRoutes(ready, metrics), ...setup],
    onError: (error, path) => log.error({ err: error, path }, 'answering'),
  });
}

/** The text of what is wrong; undefined when work can be done. */
async function unready({ persistence }: Services): Promise<string | undefined> {
  try {
    await persistence.queue().stats();
    return undefined;
  } catch (error) {
    return `the store cannot be used: ${explain(error)}`;
  }
}

function watched(metrics: Metrics, log: Logger, seen: EndedJobs): JobObserver {
  return {
    began: ({ data, key, trace, attempts: attempt }) => log.debug({ trace, job: data.kind, key, attempt }, 'begins'),
    ended: (job, seconds, problem) => {
      metrics.jobs.ended(job, seconds, problem);
      seen.add(job);
      const { data, key, trace, attempts: attempt } = job;
      if (problem === undefined) log.debug({ trace, job: data.kind, key, seconds }, 'done');
      else
        log.warn(
          { trace, job: data.kind, key, attempt, parked: attempt >= attempts && !(problem instanceof RetryAt) },
          `a job failed: ${explain(problem)}`,
        );
    },
  };
}

function chatPorts(services: Services, { notifications: { slack } }: Config, redact: Redact): DeliveryPorts | undefined {
  if (slack === undefined) return undefined;
  return {
    chat: createSlack({ token: slack.token, url: slack.url, redact }),
    store: services.persistence.store,
    locks: services.persistence.locks,
    channelOf: (environment) => slack.channels[environment] ?? slack.channel,
    wait: (ms) => sleep(ms),
  };
}

function notifier(ports: DeliveryPorts, metrics: Metrics) {
  return async (thread: string, { addedAt }: Job, signal: AbortSignal): Promise<void> => {
    try {
      await deliver(ports, thread, signal);
      metrics.notified('sent');
    } catch (error) {
      metrics.notified('failed');
      throw outlasting(error, { since: new Date(addedAt), now: now(), random: Math.random() });
    }
  };
}
