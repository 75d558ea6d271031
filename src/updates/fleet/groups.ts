import type { Store } from '../../domain/store.ts';
import type { DiscoverSettings } from '../settings.ts';
import { spaces } from './spaces.ts';

/** The group and topic that are asked for: the same in another line of app.yml finds the same. */
const groupKey = ({ discover, topic = '' }: DiscoverSettings): string => `${discover.forge}:${discover.path} ${topic}`;

export const rememberedGroup = async (store: Store, group: DiscoverSettings): Promise<readonly string[]> =>
  (await store.get<readonly string[]>(spaces.groups, groupKey(group))) ?? [];

/** Writes only when others are there. */
export async function rememberGroup(store: Store, group: DiscoverSettings, paths: readonly string[]): Promise<void> {
  const known = await rememberedGroup(store, group);
  if (JSON.stringify(known) !== JSON.stringify(paths)) await store.put(spaces.groups, groupKey(group), paths);
}
