import { type ClusterClient, connectCluster } from '../adapters/cluster/client.ts';
import { readKubeconfig } from '../adapters/cluster/kubeconfig.ts';
import type { Config } from '../config/schema.ts';
import type { ClusterAddress } from '../domain/cluster.ts';
import { UsageError } from '../domain/errors.ts';

/** A client that somebody works with, until he releases it. */
export interface Taken {
  readonly client: ClusterClient;
  /** To be called once. */
  release(): void;
}

interface Kept {
  readonly client: ClusterClient;
  users: number;
  /** Nobody gets it any more. */
  retired: boolean;
}

/** What is known of a server is known by its client: one for all who ask that server, as the same user. */
export class ClusterClients {
  readonly #clusters: Config['clusters'];
  readonly #current = new Map<string, Kept>();
  readonly #open = new Set<Kept>();
  /** Of clusters of app.yml: by which key their client was taken last. */
  readonly #last = new Map<string, string>();

  constructor(clusters: Config['clusters']) {
    this.#clusters = clusters;
  }

  /** One of our own servers. */
  at(address: ClusterAddress): ClusterClient {
    return this.#kept(address, true).client;
  }

  /** A cluster of app.yml. */
  async take(name: string): Promise<Taken> {
    const place = this.#clusters[name];
    if (place === undefined) throw new UsageError(`app.yml has no cluster named "${name}"`);
    const { kubeconfig, context } = place;
    const address = await readKubeconfig({ kubeconfig, ...(context !== undefined && { context }) });
    // Plugins may give another token each time: whoever still works with the one before keeps its client, and nobody else does.
    const [key, before] = [keyOf(address), this.#last.get(name)];
    this.#last.set(name, key);
    if (before !== undefined && ![...this.#last.values()].includes(before)) this.#retire(before);
    const kept = this.#kept(address, false);
    kept.users += 1;
    return { client: kept.client, release: () => this.#release(kept) };
  }

  #kept(address: ClusterAddress, throwAway: boolean): Kept {
    const key = keyOf(address);
    const kept = this.#current.get(key) ?? { client: connectCluster(address, { throwAway }), users: 0, retired: false };
    this.#current.set(key, kept);
    this.#open.add(kept);
    return kept;
  }

  #retire(key: string): void {
    const kept = this.#current.get(key);
    if (kept === undefined) return;
    this.#current.delete(key);
    kept.retired = true;
    if (kept.users === 0) void this.#close(kept);
  }

  #release(kept: Kept): void {
    kept.users -= 1;
    if (kept.retired && kept.users === 0) void this.#close(kept);
  }

  async #close(kept: Kept): Promise<void> {
    if (this.#open.delete(kept)) await kept.client.close();
  }

  async close(): Promise<void> {
    for (const kept of [...this.#open]) await this.#close(kept);
  }
}

const keyOf = (address: ClusterAddress): string => JSON.stringify(address);
