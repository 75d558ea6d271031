import type { AppHistory } from '../../domain/fleet.ts';
import type { Locks } from '../../domain/locks.ts';
import type { Store } from '../../domain/store.ts';
import type { EnvironmentSettings } from '../settings.ts';
import { changedApps, historyAfter, type Rows } from './history.ts';
import type { Look, Trouble } from './look.ts';
import { afterFailure, afterLook, isSame, type Kept } from './merge.ts';
import { historyKey, spaces } from './spaces.ts';

interface Ports {
  readonly store: Store;
  readonly locks: Locks;
}

/** How long another scan may write down what it saw of the same environment, milliseconds; it takes a few of them. */
const patience = 10_000;

/** Writes down what a scan saw. Throws OutsideError when the store fails. */
export async function rememberLook(ports: Ports, environment: string, look: Look): Promise<void> {
  await change(ports, environment, (known) => afterLook(known, look));
  if (look.apps === undefined) await ports.store.put(spaces.looks, environment, look.began);
}

/** Writes down that an environment could not be looked at, and why. Throws OutsideError when the store fails. */
export async function rememberFailure(
  ports: Ports,
  { name, repository }: EnvironmentSettings,
  trouble: Trouble,
  began: Date,
): Promise<void> {
  await change(ports, name, (known) => afterFailure(known, `${repository.forge}:${repository.path}`, trouble, began.toISOString()));
}

/** The lock is only taken where there is something to write: mostly nothing has changed. */
async function change({ store, locks }: Ports, environment: string, next: (known: Kept | undefined) => Kept): Promise<void> {
  const read = (): Promise<Kept | undefined> => store.get<Kept>(spaces.snapshots, environment);
  const seen = await read();
  if (isSame(seen, next(seen))) return;
  await locks.hold(`fleet ${environment}`, patience, async (signal) => {
    const known = await read();
    const kept = next(known);
    signal.throwIfAborted();
    if (isSame(known, kept)) return;
    await noteVersions(store, environment, known?.repository === kept.repository ? known.rows : [], kept);
    await store.put(spaces.snapshots, environment, kept);
  });
}

/** Before the snapshot: who dies in between finds the same changes again, and notes none twice. */
async function noteVersions(store: Store, environment: string, before: Rows, { rows, commit = '', last }: Kept): Promise<void> {
  const entries = changedApps(before, rows).map(async (app) => {
    const key = historyKey(environment, app);
    const of = (all: Rows): Rows => all.filter((row) => row.app === app);
    const known = (await store.get<readonly AppHistory[]>(spaces.history, key)) ?? [];
    return [key, historyAfter(known, of(before), of(rows), { at: last?.began ?? '', commit })] as const;
  });
  if (entries.length > 0) await store.putAll(spaces.history, await Promise.all(entries));
}
