import type { ApiServer } from '../../domain/cluster.ts';
import { type LeaseClock, steadyClock } from './clock.ts';
import { usualDuration } from './lease.ts';
import { type Holder, holderOf, type LeasedRun, leasedRun, released, signOfLife, silenceOf } from './lease-record.ts';
import { LeaseRequests } from './lease-requests.ts';

/** Who has the lock of an environment; undefined where nobody has. A run that is dead has it until another takes it. */
export async function holderNow(server: ApiServer, environment: string, signal: AbortSignal): Promise<Holder | undefined> {
  const lease = await new LeaseRequests(server, environment).read(signal);
  const holder = lease === undefined ? undefined : holderOf(lease);
  return holder?.name === '' ? undefined : holder;
}

/** The run that has the lock of an environment, or had it last; undefined where none is known. */
export async function lastRun(server: ApiServer, environment: string, signal: AbortSignal): Promise<LeasedRun | undefined> {
  const lease = await new LeaseRequests(server, environment).read(signal);
  return lease && leasedRun(lease);
}

/** What became of a lock that somebody wants released. */
export type Released =
  | { readonly kind: 'none' }
  /** Its run has renewed it while we looked. Unless it does so again, the lock lasts `until` (RFC 3339, by our clock). */
  | { readonly kind: 'alive'; readonly holder: string; readonly until: string }
  | { readonly kind: 'released'; readonly holder: string };

/**
 * Lets go the lock of a run that is dead: nobody has renewed it for its whole duration, by our own clock and no other. Takes that long to find
 * out; a sign of life ends it at once. Throws OutsideError where the server cannot be asked.
 */
export async function releaseDead(
  server: ApiServer,
  environment: string,
  signal: AbortSignal,
  clock: LeaseClock = steadyClock,
): Promise<Released> {
  const requests = new LeaseRequests(server, environment);
  const first = await requests.read(signal);
  if (first === undefined || holderOf(first).name === '') return { kind: 'none' };
  const [began, silence] = [clock.elapsed(), silenceOf(first, usualDuration)];
  const alive = (holder: Holder): Released => ({
    kind: 'alive',
    holder: holder.name,
    until: new Date(clock.now().getTime() + silence).toISOString(),
  });
  for (;;) {
    await clock.sleep(usualDuration / 15, signal);
    const now = await requests.read(signal);
    const holder = now === undefined ? undefined : holderOf(now);
    if (now === undefined || holder === undefined || holder.name === '') return { kind: 'none' };
    if (signOfLife(now) !== signOfLife(first)) return alive(holder);
    if (clock.elapsed() - began <= silence) continue;
    // Whoever wrote on it since it was read is alive.
    return (await requests.replace(released(now, clock.now()), signal)) === undefined
      ? alive(holder)
      : { kind: 'released', holder: holder.name };
  }
}
