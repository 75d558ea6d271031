import type { AppHistory, EnvironmentSnapshot } from '../../domain/fleet.ts';
import type { Store } from '../../domain/store.ts';
import { environmentsAmong } from '../find-environments.ts';
import type { DiscoverSettings, EnvironmentSettings } from '../settings.ts';
import { rememberedGroup } from './groups.ts';
import type { Kept } from './merge.ts';
import { promotionOrder } from './order.ts';
import { historyKey, spaces } from './spaces.ts';

/** Every environment that app.yml names, and those that were found where it tells to discover, in the order in which versions travel. Asks the store alone. */
export async function readFleet(
  store: Store,
  settings: readonly (EnvironmentSettings | DiscoverSettings)[],
): Promise<readonly EnvironmentSnapshot[]> {
  const environments = await knownEnvironments(store, settings);
  return await Promise.all(promotionOrder(environments).map((one) => readSnapshot(store, one)));
}

/** The same, as app.yml has them. */
export async function knownEnvironments(
  store: Store,
  settings: readonly (EnvironmentSettings | DiscoverSettings)[],
): Promise<readonly EnvironmentSettings[]> {
  const groups = settings.filter((one): one is DiscoverSettings => 'discover' in one);
  const paths = await Promise.all(groups.map(async (group) => [group, await rememberedGroup(store, group)] as const));
  return environmentsAmong(settings, new Map(paths));
}

async function readSnapshot(store: Store, { name, repository }: EnvironmentSettings): Promise<EnvironmentSnapshot> {
  const known = await store.get<Kept>(spaces.snapshots, name);
  const key = `${repository.forge}:${repository.path}`;
  const nothing = { environment: name, repository: key, url: '', rows: [], requests: [], problems: [] };
  if (known?.repository !== key) return nothing;
  const { last: _, ...kept } = known;
  const at = await store.get<string>(spaces.looks, name);
  return { environment: name, ...kept, ...(at !== undefined && { at }) };
}

/** Of each package that the app has had there; those that it has first. */
export async function readHistory(store: Store, environment: string, app: string): Promise<readonly AppHistory[]> {
  const known = (await store.get<readonly AppHistory[]>(spaces.history, historyKey(environment, app))) ?? [];
  return known.toSorted((a, b) => Number(a.leftAt !== undefined) - Number(b.leftAt !== undefined));
}
