import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { version } from '../../../cli/version.ts';
import type { Config } from '../../../config/schema.ts';
import { explain } from '../../../domain/errors.ts';
import type { Services } from '../../../services.ts';
import { every } from '../../access/every.ts';
import { ClusterClients } from '../../cluster-clients.ts';
import { SharedBook } from './book.ts';
import { afterRequest, type HostState } from './hosts.ts';
import { startSampler } from './sampler.ts';

/** One process of the service. */
export interface Replica {
  readonly version: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  /** When it was last seen. */
  readonly at: string;
}

/** A webhook's last delivery, of whatever outcome. */
export interface Delivered {
  readonly at: string;
  readonly outcome: string;
}

/** What the service sees of others, and of itself, while it runs. */
export interface Watch {
  readonly hosts: Pick<SharedBook<HostState>, 'read'>;
  readonly deliveries: Pick<SharedBook<Delivered>, 'read'>;
  readonly replicas: Pick<SharedBook<Replica>, 'read'>;
  /** One request that was sent; without a reply nobody answered. */
  asked(host: string, reply?: { readonly status: number; readonly headers: Readonly<Record<string, string>> }): void;
  delivered(sender: string, outcome: string): void;
  stop(): Promise<void>;
}

/** Milliseconds between two times that what was noted is put into the store. */
const pause = 15_000;

export function startWatch(config: Config, { persistence }: Pick<Services, 'persistence'>, log: Logger): Watch {
  const { store, locks } = persistence;
  const now = (): Date => new Date();
  const hosts = new SharedBook<HostState>(store, 'hosts', 100);
  const deliveries = new SharedBook<Delivered>(store, 'deliveries', 100);
  const replicas = new SharedBook<Replica>(store, 'replicas', 20);
  const [self, startedAt] = [`${hostname()}/${process.pid}`, now().toISOString()];
  const share = async (): Promise<void> => {
    try {
      replicas.note(self, () => ({ version, startedAt, at: now().toISOString() }));
      for (const book of [hosts, deliveries, replicas]) await book.share();
    } catch (error) {
      log.warn(`what hosts answered could not be remembered: ${explain(error)}`);
    }
  };
  const sharing = every(pause, share);
  const clients = new ClusterClients(config.clusters);
  const sampling = startSampler({ clusters: Object.keys(config.clusters), take: (name) => clients.take(name), store, locks, log, now });
  return {
    hosts,
    deliveries,
    replicas,
    asked: (host, reply) => hosts.note(host, (known) => afterRequest(known, reply, now())),
    delivered: (sender, outcome) => deliveries.note(sender, () => ({ at: now().toISOString(), outcome })),
    stop: async () => {
      await sampling.stop();
      await sharing.stop();
      await share();
      await clients.close();
    },
  };
}
