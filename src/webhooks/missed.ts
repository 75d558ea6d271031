import type { Store } from '../domain/store.ts';

/** A version that the scan of everything was the first to see, though its registry's webhook should have told of it. */
export interface Suspect {
  readonly package: string;
  readonly version: string;
  /** When that scan began; RFC 3339. */
  readonly at: string;
}

const [toldSpace, hostSpace, suspectSpace] = ['webhook-told', 'webhook-told-host', 'webhook-suspects'];

/** A delivery of the registry's told of the package. */
export async function rememberTold(store: Store, name: string, at: Date): Promise<void> {
  await store.put(toldSpace, name, at.toISOString());
  await store.put(hostSpace, hostOf(name), at.toISOString());
}

const hostOf = (name: string): string => name.split('/')[0] ?? '';

/** Whom a webhook should have told of are kept until it is sure that no delivery is still on its way. Of a registry that never told of anything, none is. */
export async function suspect(store: Store, found: readonly Suspect[], registries: readonly string[]): Promise<void> {
  const tells = await Promise.all(found.map(async ({ package: name }) => (await store.get<string>(hostSpace, hostOf(name))) !== undefined));
  const fresh = found.filter(({ package: name }, at) => tells[at] === true && registries.includes(hostOf(name)));
  if (fresh.length > 0) await store.put(suspectSpace, '', [...(await suspects(store)), ...fresh]);
}

const suspects = async (store: Store): Promise<readonly Suspect[]> => (await store.get<readonly Suspect[]>(suspectSpace, '')) ?? [];

/** Milliseconds: that much later a delivery may come, and that much earlier may it have been worked off. */
const leeway = 10 * 60_000;

export interface Missed extends Suspect {
  /** `registry/HOST` */
  readonly sender: string;
}

/** Those of which it is sure by now that nobody told us; each is given once. */
export async function missedDeliveries(store: Store, now: Date): Promise<readonly Missed[]> {
  const all = await suspects(store);
  const due = all.filter(({ at }) => now.getTime() - Date.parse(at) >= leeway);
  if (due.length === 0) return [];
  const told = await Promise.all(due.map(({ package: name }) => store.get<string>(toldSpace, name)));
  await store.put(
    suspectSpace,
    '',
    all.filter((one) => !due.includes(one)),
  );
  const once = new Map(due.filter((one, at) => isMissed(one, told[at])).map((one) => [`${one.package} ${one.version}`, one]));
  return [...once.values()].map((one) => ({ ...one, sender: `registry/${hostOf(one.package)}` }));
}

const isMissed = ({ at }: Suspect, told: string | undefined): boolean => told === undefined || Date.parse(told) < Date.parse(at) - leeway;
