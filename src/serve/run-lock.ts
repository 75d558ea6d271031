import type { Logger } from 'pino';
import type { ClusterClient } from '../adapters/cluster/client.ts';
import type { Config } from '../config/schema.ts';
import { holderNow, releaseDead } from '../deploy/lock/release-lease.ts';
import { explain, OutsideError, RefusedError, UsageError } from '../domain/errors.ts';
import type { RunInProgress } from '../validation/holds/text.ts';
import type { RunRelease } from '../validation/holds/unlock.ts';
import { clusterOf, withCluster } from './cluster.ts';

interface Parts {
  readonly config: Pick<Config, 'environments' | 'clusters'>;
  readonly log: Pick<Logger, 'warn' | 'debug'>;
}

/** The run that has the lock of an environment; undefined also where its cluster does not say: it is told for the sake of people alone. */
export async function runOf(parts: Parts, environment: string, signal: AbortSignal): Promise<RunInProgress | undefined> {
  const holder = await asked(parts, environment, signal, (server) => holderNow(server, environment, signal));
  return typeof holder === 'object' ? { environment, holder: holder.name, since: holder.since } : undefined;
}

export async function releaseRun(parts: Parts, environment: string, signal: AbortSignal): Promise<RunRelease> {
  const released = await asked(parts, environment, signal, (server) => releaseDead(server, environment, signal));
  return typeof released === 'object' ? released : { kind: released === 'no cluster' ? 'none' : 'unknown' };
}

/** A verdict, or an answer to somebody, does not wait for a cluster that does not answer. */
async function asked<T>(
  { config, log }: Parts,
  environment: string,
  signal: AbortSignal,
  work: (server: ClusterClient) => Promise<T>,
): Promise<T | 'no cluster' | 'no answer'> {
  const cluster = clusterOf(config, environment);
  if (cluster === undefined) return 'no cluster';
  try {
    return await withCluster(cluster, work);
  } catch (error) {
    if (signal.aborted || !(error instanceof OutsideError || error instanceof UsageError)) throw error;
    // An account that may not look never may: where it shall deploy, its deployments say so.
    log[error instanceof RefusedError ? 'debug' : 'warn'](`who has the lock of ${environment} is not known: ${explain(error)}`);
    return 'no answer';
  }
}
