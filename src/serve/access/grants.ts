import { endGrants } from '../../access/end/end.ts';
import { passLock } from '../../access/grant/book.ts';
import { landGrants } from '../../access/grant/landed.ts';
import { isConfigured } from '../../access/settings.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { explain } from '../../domain/errors.ts';
import { RetryAt } from '../../domain/queue.ts';
import { withCluster } from '../cluster.ts';
import { endPlace, endPorts } from './ending.ts';
import { type AccessCluster, type AccessEnvironment, type AccessParts, textOf } from './environments.ts';
import { rememberEnvironment } from './figures.ts';
import { landPlace, landPorts } from './landing.ts';

type Clustered = AccessEnvironment & { readonly cluster: AccessCluster };

/** Milliseconds that a pass waits for another one of the same environment. */
const patience = 60_000;
/** Milliseconds until what failed is tried again. */
const pause = 15_000;
/** Milliseconds that the ends of grants wait for the forge, so that none is late because a forge does not answer. */
const forgePatience = 25_000;

/**
 * Gives what was merged, ends what is over, and finds what somebody tampered with. Throws RetryAt for what failed, which the next tick tries again: a job that
 * failed otherwise waits longer every time.
 */
export async function keepGrants(parts: AccessParts, environment: AccessEnvironment, trace: string, signal: AbortSignal): Promise<void> {
  const { cluster } = environment;
  if (cluster === undefined) return;
  const one: Clustered = { ...environment, cluster };
  try {
    await rememberEnvironment(parts.services.persistence, one);
    await parts.services.persistence.locks.hold(passLock(textOf(one)), patience, (lost) =>
      withCluster(cluster.place, (server) => onePass(parts, one, server, trace, AbortSignal.any([signal, lost]))),
    );
  } catch (error) {
    signal.throwIfAborted();
    throw new RetryAt(explain(error), new Date(parts.now().getTime() + pause), { cause: error });
  }
}

async function onePass(parts: AccessParts, environment: Clustered, server: ApiServer, trace: string, signal: AbortSignal): Promise<void> {
  // Where nobody may approve any more, nothing is given, and what was given ends all the same.
  if (isConfigured(parts.settings)) await land(parts, environment, server, trace, signal);
  await endGrants(endPorts(parts, environment, server, trace), endPlace(environment), signal);
}

async function land(parts: AccessParts, environment: Clustered, server: ApiServer, trace: string, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(forgePatience)]);
  try {
    await landGrants(landPorts(parts, environment, server, trace), landPlace(parts, environment), late);
  } catch (error) {
    signal.throwIfAborted();
    const why = late.aborted ? `it took longer than ${forgePatience / 1000} s` : parts.redact(explain(error));
    parts.log.warn({ trace, environment: environment.name }, `what was merged is not granted yet: ${why}`);
  }
}
