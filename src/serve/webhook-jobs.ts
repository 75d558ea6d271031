import type { Logger } from 'pino';
import type { Metrics } from '../adapters/metrics.ts';
import type { Config } from '../config/schema.ts';
import { explain, OutsideError } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import { type Schedule, startSchedule } from '../runtime/schedule.ts';
import type { ConnectedWebhooks, Services } from '../services.ts';
import { isNewAt } from '../updates/memory.ts';
import type { Scanned } from '../updates/scan.ts';
import { missedDeliveries, type Suspect, suspect } from '../webhooks/missed.ts';
import { redeliverFailed } from '../webhooks/redeliver.ts';
import { checkWebhooks, stoppedAt } from '../webhooks/stopped.ts';
import { wantedHook } from './wanted-webhooks.ts';

interface WebhookJobParts {
  readonly config: Config;
  readonly services: Pick<Services, 'persistence' | 'webhookForge'>;
  readonly metrics: Pick<Metrics, 'missed'>;
  readonly log: Logger;
}

/** Hosts of registries that are to tell us of pushes. */
const tellingRegistries = ({ registries }: Config): string[] =>
  Object.entries(registries).flatMap(([host, { webhookSecret }]) => (webhookSecret === undefined ? [] : [host]));

const tellingForges = (config: Config): string[] => Object.keys(config.forges).filter((name) => wantedHook(config, name) !== undefined);

/** Who should call us, as deliveries name it. */
export const tellingSenders = (config: Config): string[] => [
  ...tellingForges(config).map((name) => `${config.forges[name]?.type}/${name}`),
  ...tellingRegistries(config).map((host) => `registry/${host}`),
];

/** What is done about webhooks that do not come. */
export function webhookJobs({ config, services, metrics, log }: WebhookJobParts) {
  const { store } = services.persistence;
  const registries = tellingRegistries(config);
  for (const host of registries) metrics.missed(`registry/${host}`, 0);
  return {
    'check-webhooks': async (): Promise<void> => {
      for (const { package: name, version, sender } of await missedDeliveries(store, new Date())) {
        log.warn({ sender }, `no delivery told of ${name} ${version}: the schedule found it; see to the registry's webhook`);
        metrics.missed(sender, 1);
      }
      const warn = (text: string): void => log.warn(text);
      await forEach(config, services, async ({ type, forge }, wanted) => {
        if (type === 'gitlab') await checkWebhooks({ store, warn }, forge, wanted);
      });
    },
    redeliver: (): Promise<void> =>
      forEach(config, services, async ({ type, forge }, wanted) => {
        if (type === 'github') await redeliverFailed({ store, now: new Date(), info: (text) => log.info(text) }, forge, wanted);
      }),
    firstSeen: (scanned: Pick<Scanned, 'apps'>, began: Date): Promise<readonly Suspect[]> => firstSeen(store, scanned, began),
    /** After a scan of everything. */
    suspect: (found: readonly Suspect[]): Promise<void> => suspect(store, found, registries),
  };
}

type Work = (connected: ConnectedWebhooks, wanted: NonNullable<ReturnType<typeof wantedHook>>) => Promise<void>;

/** Every forge that is to deliver; throws at the end what failed at one. */
async function forEach(config: Config, services: WebhookJobParts['services'], work: Work): Promise<void> {
  const failed: unknown[] = [];
  for (const name of tellingForges(config)) {
    const wanted = wantedHook(config, name);
    const connected = await services.webhookForge(name);
    if (wanted === undefined || connected === undefined) continue;
    await work(connected, wanted).catch((error: unknown) => failed.push(error));
  }
  if (failed.length > 0) throw new OutsideError('webhooks', failed.map(explain).join('; '));
}

/** Versions in merge requests of one environment that the scan opened or changed, and was the first to see. */
async function firstSeen(store: Store, { apps }: Pick<Scanned, 'apps'>, began: Date): Promise<Suspect[]> {
  const updates = apps.flatMap(({ action, problem }) =>
    problem === undefined && (action.kind === 'open' || action.kind === 'update') ? action.proposal.updates : [],
  );
  const found: Suspect[] = [];
  for (const { reference, to } of updates) {
    if (await isNewAt(store, reference.package, to.version, began))
      found.push({ package: reference.package.name, version: to.version, at: began.toISOString() });
  }
  return found;
}

/** For the metrics: by forge, how many webhooks it has stopped calling. */
export async function stoppedWebhooks(store: Store, config: Config): Promise<ReadonlyMap<string, number>> {
  const found = await Promise.all(tellingForges(config).map(async (name) => [name, await stoppedAt(store, name)] as const));
  return new Map(found.flatMap(([name, count]) => (count === undefined ? [] : [[name, count]])));
}

/** Every hour, off the hour, when the scan is under way; none where nobody is to deliver. */
export async function webhookSchedule(config: Config, { persistence }: Pick<Services, 'persistence'>, log: Logger): Promise<Schedule> {
  if (tellingForges(config).length === 0 && tellingRegistries(config).length === 0) return { stop: async () => {} };
  const queue = persistence.queue();
  return startSchedule({
    name: 'webhooks',
    cron: '23 * * * *',
    timezone: 'Etc/UTC',
    now: () => new Date(),
    onTick: async (id) => {
      const jobs = (['check-webhooks', 'redeliver'] as const).map((kind) => ({ data: { kind }, key: '', trace: id }));
      await queue.add(jobs, { sender: 'schedule', id });
    },
    onError: (error) => log.error(`the schedule could not ask for a look at webhooks: ${explain(error)}`),
  });
}
