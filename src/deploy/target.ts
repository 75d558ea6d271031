import pLimit, { type LimitFunction } from 'p-limit';
import type { ApiServer, Discovery, ServedKind } from '../domain/cluster.ts';
import { atOnce } from '../plan/plan-against.ts';

/** The cluster that a deployment run writes to, as which environment. */
export interface Target {
  readonly server: ApiServer;
  readonly environment: string;
  /** Names that it had before: what carries them is ours, too. */
  readonly formerly: readonly string[];
  /** The kind of an object; undefined where the cluster does not serve it. */
  kindOf(object: { readonly apiVersion: string; readonly kind: string }): ServedKind | undefined;
  /** Everything that it serves, as it was last seen. */
  served(): Discovery;
  /** Looks again what it serves; after definitions were applied. */
  refresh(signal?: AbortSignal): Promise<void>;
  /** One for all requests of the run: so many are in flight at once. */
  readonly turns: LimitFunction;
}

/** Throws OutsideError when the server cannot be asked what it serves. */
export async function openTarget(
  of: { readonly server: ApiServer; readonly environment: string; readonly formerly: readonly string[] },
  signal?: AbortSignal,
): Promise<Target> {
  const target = new ServedTarget(of);
  await target.refresh(signal);
  return target;
}

class ServedTarget implements Target {
  readonly server: ApiServer;
  readonly environment: string;
  readonly formerly: readonly string[];
  readonly turns = pLimit(atOnce);
  #served: Discovery = { kinds: [], unseen: [] };
  #byName: ReadonlyMap<string, ServedKind> = new Map();

  constructor({
    server,
    environment,
    formerly,
  }: { readonly server: ApiServer; readonly environment: string; readonly formerly: readonly string[] }) {
    this.server = server;
    this.environment = environment;
    this.formerly = formerly;
  }

  kindOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): ServedKind | undefined {
    return this.#byName.get(`${apiVersion} ${kind}`);
  }

  served(): Discovery {
    return this.#served;
  }

  async refresh(signal?: AbortSignal): Promise<void> {
    this.#served = await this.server.discover(signal);
    this.#byName = new Map(this.#served.kinds.map((kind) => [`${kind.apiVersion} ${kind.kind}`, kind]));
  }
}
