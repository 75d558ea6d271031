import type { Store } from '../domain/store.ts';
import type { Attempt, ForgetfulForge, Hook, HookPlace, WantedHook } from '../domain/webhook-forge.ts';
import { placesOf } from './places.ts';

export interface RedeliverPorts {
  readonly store: Store;
  readonly now: Date;
  readonly info: (text: string) => void;
}

const space = 'webhook-attempts';

/** Milliseconds; older ones GitHub does not repeat. */
const memory = 3 * 24 * 3_600_000;
/** Milliseconds. */
const overlap = 60_000;
/** Asked for in one go: the rest of a long failure the scan finds. */
const most = 100;

/** Asks for each delivery that failed since the last look once more. Throws OutsideError; then the next look begins where this one did. */
export async function redeliverFailed(ports: RedeliverPorts, forge: ForgetfulForge, wanted: WantedHook): Promise<void> {
  const places: readonly HookPlace[] = forge.asApp ? [{ kind: 'app', path: '' }] : await placesOf(ports.store, forge.name);
  for (const place of places) {
    const hook = await forge.hook(place, wanted);
    if (hook !== undefined) await ofPlace(ports, forge, place, hook);
  }
}

async function ofPlace({ store, now, info }: RedeliverPorts, forge: ForgetfulForge, place: HookPlace, hook: Hook): Promise<void> {
  const key = `${forge.name} ${place.kind} ${place.path}`;
  const last = await store.get<string>(space, key);
  const since = new Date(Math.max(last === undefined ? 0 : Date.parse(last), now.getTime() - memory));
  const attempts = await forge.attempts(place, hook, since);
  const failed = lost(attempts);
  for (const attempt of failed.slice(0, most)) await forge.redeliver(place, hook, attempt);
  const newest = attempts[0]?.at; // by the forge's clock; one that it lists late may lie a little before
  if (newest !== undefined) await store.put(space, key, new Date(Date.parse(newest) - overlap).toISOString());
  if (failed.length > 0) {
    const asked = `${Math.min(failed.length, most)} of ${failed.length} asked for again`;
    info(`${forge.name}${place.path === '' ? '' : `:${place.path}`}: deliveries failed since ${since.toISOString()}: ${asked}`);
  }
}

/** The first attempts of deliveries that never succeeded and that nobody has asked for again, newest first. */
export function lost(attempts: readonly Attempt[]): number[] {
  const settled = new Set(attempts.filter(({ succeeded, again }) => succeeded || again).map(({ delivery }) => delivery));
  const open = attempts.filter(({ delivery }) => !settled.has(delivery));
  return [...new Map(open.map(({ delivery, id }) => [delivery, id])).values()];
}
