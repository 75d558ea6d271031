import type { Store } from '../domain/store.ts';
import type { HookPlace } from '../domain/webhook-forge.ts';

const space = 'webhook-places';

/** Where `lockkeeper forge setup` has put webhooks, by the forge's name in app.yml: a later look goes there. Lost, the command finds them again. */
export const rememberPlaces = (store: Store, forge: string, places: readonly HookPlace[]): Promise<void> => store.put(space, forge, places);

export const placesOf = async (store: Store, forge: string): Promise<readonly HookPlace[]> =>
  (await store.get<readonly HookPlace[]>(space, forge)) ?? [];
