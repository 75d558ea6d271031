import { explain } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import type { HookPlace, StoppingForge, WantedHook } from '../domain/webhook-forge.ts';
import { placesOf } from './places.ts';

export interface StoppedPorts {
  readonly store: Store;
  readonly warn: (text: string) => void;
}

const space = 'webhooks-stopped';

/** Looks whether the forge has stopped calling webhooks of ours, says so, and has it start again. What could not be asked is said, too. */
export async function checkWebhooks({ store, warn }: StoppedPorts, forge: StoppingForge, wanted: WantedHook): Promise<void> {
  let stopped = 0;
  for (const place of await placesOf(store, forge.name)) {
    try {
      if (!(await calls(forge, place, wanted, warn))) stopped += 1;
    } catch (error) {
      warn(`whether the webhook still works is not known: ${explain(error)}`);
    }
  }
  await store.put(space, forge.name, stopped);
}

/** Whether the forge calls this one, at last. */
async function calls(forge: StoppingForge, place: HookPlace, wanted: WantedHook, warn: (text: string) => void): Promise<boolean> {
  const where = `${forge.name}:${place.path}`;
  const hook = await forge.hook(place, wanted);
  if (hook === undefined) {
    warn(`the webhook of ${where} is gone: lockkeeper forge setup makes it again`);
    return false;
  }
  if (hook.stopped === undefined) return true;
  const { until } = hook.stopped;
  warn(`the webhook of ${where} failed too often: it is not called ${until === undefined ? 'any more' : `until ${until}`}`);
  try {
    await forge.wake(place, hook);
  } catch (error) {
    warn(`the webhook of ${where} could not be started again: ${explain(error)}`);
    return false;
  }
  const stillStopped = (await forge.hook(place, wanted))?.stopped !== undefined;
  warn(`the webhook of ${where} was tried: ${stillStopped ? 'it failed again' : 'it works, and is called again'}`);
  return !stillStopped;
}

/** How many webhooks of a forge were found stopped and stayed so; undefined before the first look. */
export const stoppedAt = (store: Store, forge: string): Promise<number | undefined> => store.get<number>(space, forge);
