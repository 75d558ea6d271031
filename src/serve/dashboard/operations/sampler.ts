import type { Logger } from 'pino';
import type { ApiServer } from '../../../domain/cluster.ts';
import { explain, OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { Locks } from '../../../domain/locks.ts';
import type { Store } from '../../../domain/store.ts';
import { type Sample, type Uptime, withSample } from '../../../domain/uptime.ts';
import type { Schedule } from '../../../runtime/schedule.ts';
import { every } from '../../access/every.ts';

export interface SamplerParts {
  /** Names of app.yml. */
  readonly clusters: readonly string[];
  readonly take: (cluster: string) => Promise<{ readonly client: Pick<ApiServer, 'ask'>; release(): void }>;
  readonly store: Pick<Store, 'get' | 'put'>;
  readonly locks: Locks;
  readonly log: Pick<Logger, 'debug' | 'error'>;
  readonly now: () => Date;
}

const space = 'uptime';
/** Milliseconds between two questions to a cluster, and what other replicas need not ask again. */
const pause = 60_000;
const recent = 50_000;
/** Milliseconds that an answer may take. */
const patience = 10_000;

export const uptimeOf = (store: Pick<Store, 'get'>, cluster: string): Promise<Uptime | undefined> => store.get<Uptime>(space, cluster);

/** Asks the API server of every cluster once a minute, one replica for all, and remembers whether it answered. */
export function startSampler(parts: SamplerParts): Schedule {
  if (parts.clusters.length === 0) return { stop: async () => {} };
  const stopping = new AbortController();
  const going = every(pause, () => sampleAll(parts, stopping.signal));
  return {
    stop: async () => {
      stopping.abort();
      await going.stop();
    },
  };
}

export async function sampleAll(parts: SamplerParts, signal: AbortSignal): Promise<void> {
  const { clusters, locks, log } = parts;
  try {
    await locks.hold('cluster-samples', 0, async (lost) => {
      await Promise.all(clusters.map((name) => sampleOne(parts, name, AbortSignal.any([signal, lost]))));
    });
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof OutsideError)
      log.debug(`clusters were not asked whether they answer: ${explain(error)}`); // another replica asks
    else log.error(`clusters could not be asked whether they answer: ${explain(error)}`);
  }
}

async function sampleOne({ take, store, now }: SamplerParts, name: string, signal: AbortSignal): Promise<void> {
  const known = await uptimeOf(store, name);
  if (known !== undefined && now().getTime() - Date.parse(known.at) < recent) return;
  const sample = await ask(take, name, now, signal);
  if (!signal.aborted) await store.put(space, name, withSample(known, sample));
}

/** A server that refuses us is up. https://kubernetes.io/docs/reference/using-api/health-checks/ */
async function ask(take: SamplerParts['take'], name: string, now: () => Date, signal: AbortSignal): Promise<Sample> {
  const begun = performance.now();
  const answered = (): Sample => ({ at: now(), latencyMs: Math.max(1, Math.round(performance.now() - begun)) });
  const enough = AbortSignal.timeout(patience);
  try {
    const taken = await take(name);
    try {
      const { status } = await taken.client.ask({ method: 'GET', path: '/readyz' }, AbortSignal.any([signal, enough]));
      return status < 500 ? answered() : { at: now(), problem: `/readyz answers with ${status}` };
    } finally {
      taken.release();
    }
  } catch (error) {
    if (error instanceof RefusedError) return answered();
    const problem = enough.aborted ? `no answer within ${patience / 1000} s` : explain(error);
    return { at: now(), problem: problem.slice(0, 300) };
  }
}
