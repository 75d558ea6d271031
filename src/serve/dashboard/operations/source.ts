import { addressOf } from '../../../adapters/forges/github/address.ts';
import { version } from '../../../cli/version.ts';
import type { Config, ForgeConfig } from '../../../config/schema.ts';
import type { Operations, ShownCluster } from '../../../dashboard/operations/report.ts';
import type { OperationsSource } from '../../../dashboard/operations/room.ts';
import type { EnvironmentSnapshot } from '../../../domain/fleet.ts';
import { type Job, jobReport } from '../../../domain/queue.ts';
import type { Redact } from '../../../domain/redact.ts';
import type { Store } from '../../../domain/store.ts';
import { hourOf, hourStart, shareUp, type Uptime, weekHours } from '../../../domain/uptime.ts';
import { anchored } from '../../../journal/anchoring.ts';
import { nextTick } from '../../../runtime/schedule.ts';
import type { Services } from '../../../services.ts';
import { readFleet } from '../../../updates/fleet/read.ts';
import { stoppedWebhooks, tellingSenders } from '../../webhook-jobs.ts';
import type { DashboardParts } from '../parts.ts';
import { uptimeOf } from './sampler.ts';
import { notedScan } from './scans.ts';

interface OperationsParts extends Pick<DashboardParts, 'config' | 'watch' | 'redact' | 'places'> {
  readonly services: Pick<Services, 'persistence' | 'settings'>;
}

/** All of it is in the store or in memory: nobody else is asked. */
export function operationsSource(parts: OperationsParts): OperationsSource {
  const { services, redact } = parts;
  const { store } = services.persistence;
  const queue = services.persistence.queue();
  const fleet = (): Promise<readonly EnvironmentSnapshot[]> => readFleet(store, services.settings.environments);
  return {
    queue: {
      list: async (states) =>
        (await queue.list(states)).map((job) => ({ ...job, ...(job.problem !== undefined && { problem: redact(job.problem) }) })),
      retry: (id) => queue.retry(id),
    },
    environmentOf: async (job) => environmentIn(await fleet(), job),
    read: async (now) => {
      const [environments, jobs] = await Promise.all([fleet(), queue.list()]);
      return {
        scans: await scans(parts, now),
        jobs: jobs.map((job) => shownJob(job, environmentIn(environments, job), redact)),
        clusters: await clusters(parts.config, store, now),
        troubles: troubles(environments, redact),
        hosts: await hosts(parts),
        ...(isToldOf(parts.config) && { webhooks: await webhooks(parts) }),
        service: await service(parts),
      };
    },
  };
}

function environmentIn(environments: readonly EnvironmentSnapshot[], { data }: Job): string | undefined {
  if ('environment' in data) return data.environment;
  return 'repository' in data ? environments.find(({ repository }) => repository === data.repository)?.environment : undefined;
}

function shownJob(job: Job, environment: string | undefined, redact: Redact): Operations['jobs'][number] {
  return {
    ...jobReport(job),
    ...(job.problem !== undefined && { problem: redact(job.problem) }),
    ...(environment !== undefined && { environment }),
  };
}

async function scans({ config: { schedule }, services, redact }: OperationsParts, now: Date): Promise<NonNullable<Operations['scans']>> {
  const [last, next] = [await notedScan(services.persistence.store), nextTick({ cron: schedule.scan, timezone: schedule.timezone }, now)];
  return {
    ...(last !== undefined && { last: { ...last, errors: last.errors.map((one) => ({ ...one, message: redact(one.message) })) } }),
    ...(next !== undefined && { next: next.toISOString() }),
    schedule: schedule.scan,
    timezone: schedule.timezone,
  };
}

async function clusters({ clusters: all, environments }: Config, store: Store, now: Date): Promise<ShownCluster[]> {
  const names = Object.keys(all);
  const known = await Promise.all(names.map((name) => uptimeOf(store, name)));
  return names.map((cluster, at) => ({
    cluster,
    environments: environments.flatMap((one) => ('name' in one && one.cluster === cluster ? [one.name] : [])),
    ...shownUptime(known[at], now),
  }));
}

const dayHours = 24;

function shownUptime(known: Uptime | undefined, now: Date): Pick<ShownCluster, 'state' | 'hours'> & Partial<ShownCluster> {
  const hours = Array.from({ length: dayHours }, (_, back) => {
    const hour = hourOf(now) - dayHours + 1 + back;
    const [, asked = 0, answered = 0] = known?.hours.find(([one]) => one === hour) ?? [];
    return { from: hourStart(hour).toISOString(), asked, answered };
  });
  if (known === undefined) return { state: 'unknown', hours };
  const { up, hours: _, ...seen } = known;
  const [day, week] = [shareUp(known, dayHours, now), shareUp(known, weekHours, now)];
  return { state: up ? 'up' : 'down', ...seen, ...(day !== undefined && { day }), ...(week !== undefined && { week }), hours };
}

/** The same trouble of several environments is one. */
function troubles(environments: readonly EnvironmentSnapshot[], redact: Redact): Operations['troubles'] {
  const all = environments.flatMap(({ environment, problems }) => problems.map((problem) => ({ ...problem, environment })));
  return [...Map.groupBy(all, ({ scope, message }) => JSON.stringify([scope, message])).values()].flatMap((same) => {
    const [first] = same.toSorted((a, b) => a.since.localeCompare(b.since));
    const places = [...new Set(same.map(({ environment }) => environment))];
    return first === undefined ? [] : [{ scope: first.scope, message: redact(first.message), since: first.since, environments: places }];
  });
}

/** Those of app.yml first, then others that were asked. */
async function hosts({ config, watch }: OperationsParts): Promise<NonNullable<Operations['hosts']>> {
  const seen = await watch.hosts.read();
  const named = new Map([
    ...Object.entries(config.forges).flatMap(([name, forge]): [string, string][] =>
      forge.type === 'local' ? [] : [[apiHost(name, forge), `forge ${name}`]],
    ),
    ...Object.keys(config.registries).map((host): [string, string] => [host, 'registry']),
  ]);
  const others = [...seen.keys()].filter((host) => !named.has(host)).sort();
  return [...named.keys(), ...others].map((host) => {
    const { limits = {}, ...state } = seen.get(host) ?? {};
    return {
      host,
      use: named.get(host) ?? '',
      ...state,
      limits: Object.entries(limits).map(([resource, limit]) => ({ resource, ...limit })),
    };
  });
}

const apiHost = (name: string, { type, url }: Exclude<ForgeConfig, { type: 'local' }>): string =>
  new URL(type === 'github' ? addressOf(name, url).api : url).host;

/** The local forge needs no webhooks: what is pushed to it is seen at once. */
const isToldOf = (config: Config): boolean =>
  tellingSenders(config).length > 0 || Object.values(config.forges).some(({ type }) => type !== 'local');

async function webhooks({ config, services, watch }: OperationsParts): Promise<NonNullable<Operations['webhooks']>> {
  const [delivered, stopped] = [await watch.deliveries.read(), await stoppedWebhooks(services.persistence.store, config)];
  return tellingSenders(config).map((sender) => {
    const count = stopped.get(sender.slice(sender.indexOf('/') + 1));
    return { sender, ...delivered.get(sender), ...(count !== undefined && !sender.startsWith('registry/') && { stopped: count }) };
  });
}

async function service({ config, services, watch, places }: OperationsParts): Promise<NonNullable<Operations['service']>> {
  const { persistence } = services;
  const at = await anchored(
    persistence.store,
    places().map(({ name }) => name),
  );
  return {
    version,
    replicas: [...(await watch.replicas.read())].map(([name, one]) => ({ name, ...one })),
    store: config.store.url.startsWith('postgres') ? 'postgres' : 'embedded',
    journal: {
      newest: (await persistence.journal().newest())?.number ?? 0,
      ...(at !== undefined && { anchored: { number: at.number, at: at.at.toISOString() } }),
    },
  };
}
