import type { Config } from '../../config/schema.ts';
import type { Lease } from '../../dashboard/environment/view.ts';
import { holderNow } from '../../deploy/lock/release-lease.ts';
import { explain, OutsideError, UsageError } from '../../domain/errors.ts';
import type { Redact } from '../../domain/redact.ts';
import { clusterOf, withCluster } from '../cluster.ts';

/** Milliseconds that a page waits for a cluster. */
const patience = 3_000;
/** Milliseconds for which an answer is good enough. */
const lasting = 10_000;

interface Parts {
  readonly config: Pick<Config, 'environments' | 'clusters'>;
  readonly redact: Redact;
  readonly now: () => Date;
}

/** Who has the lock of an environment, as its cluster says: a page that is looked at by many asks once. */
export function leaseReader({ config, redact, now }: Parts): (environment: string) => Promise<Lease> {
  const known = new Map<string, { readonly until: number; readonly lease: Promise<Lease> }>();
  return (environment) => {
    const before = known.get(environment);
    if (before !== undefined && now().getTime() < before.until) return before.lease;
    const lease = readLease(config, environment, redact);
    known.set(environment, { until: now().getTime() + lasting, lease });
    return lease;
  };
}

async function readLease(config: Parts['config'], environment: string, redact: Redact): Promise<Lease> {
  const cluster = clusterOf(config, environment);
  if (cluster === undefined) return { kind: 'none' };
  const signal = AbortSignal.timeout(patience);
  try {
    const holder = await withCluster(cluster, (server) => holderNow(server, environment, signal));
    return holder === undefined ? { kind: 'free' } : { kind: 'held', holder: holder.name, since: holder.since };
  } catch (error) {
    if (signal.aborted) return { kind: 'unknown', why: `its cluster did not answer within ${patience / 1000} seconds` };
    if (error instanceof OutsideError || error instanceof UsageError) return { kind: 'unknown', why: redact(explain(error)) };
    throw error;
  }
}
