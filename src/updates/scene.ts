import pLimit, { type LimitFunction } from 'p-limit';
import type { Forge } from '../domain/forge.ts';
import type { Reference } from '../domain/reference.ts';
import { type ForgeView, firstView, requireUnmoved, type Viewer, viewAgain } from './forge-view.ts';
import { soakGate } from './gates.ts';
import { type Against, type Looked, lookUp } from './look-up.ts';
import { resolveRules } from './package-rules.ts';
import type { EnvironmentNow } from './read-environment.ts';
import type { Scan } from './scan.ts';
import { type Hold, writeTurns } from './write-turns.ts';

/** What the apps of one environment share. */
export interface Scene {
  readonly scan: Scan;
  readonly now: EnvironmentNow;
  readonly forge: Forge;
  /** The newest. */
  readonly view: () => ForgeView;
  /** One that shows all that was written before this hold. */
  readonly viewIn: (hold: Hold) => Promise<ForgeView>;
  /** Asks the forge. Throws ConflictError when the default branch is not as it was scanned. */
  readonly requireUnmoved: () => Promise<unknown>;
  /** One after the other where there is a limit, so that the first by name get the room. */
  readonly decide: LimitFunction;
  readonly text: LimitFunction;
  readonly write: LimitFunction;
  readonly turns: ReturnType<typeof writeTurns>;
  readonly look: Look;
}

/** What the registries say of a reference: asked once, however often it is decided on. */
export type Look = (reference: Reference, people: Omit<Against, 'barred'>) => Promise<Looked>;

/** Per environment. A forge answers writes to one repository one after the other anyway; texts wait for registries and sources. */
const atOnce = { texts: 10, writes: 2 };

export async function lookingIn(scan: Scan, now: EnvironmentNow): Promise<Look> {
  const { updates } = now.settings;
  const soak = await soakGate(updates, (name) => scan.environment(name), scan.ports.store, scan.ports.now);
  return async (reference, people) => {
    const rules = resolveRules(scan.packages, updates, reference.package.name);
    const looked = await lookUp(reference, rules, { barred: soak.barred(reference), ...people }, scan.registry);
    return soak.problem === undefined ? looked : { ...looked, certain: false, problems: [...looked.problems, soak.problem] };
  };
}

export async function setScene(scan: Scan, now: EnvironmentNow, apps: ReadonlyMap<string, string>, look: Look): Promise<Scene> {
  const { forge: name, path } = now.settings.repository;
  const { store, locks, now: at } = scan.ports;
  const forge = scan.ports.forge(name);
  const viewer: Viewer = { now, forge, forgeNow: scan.ports.forgeNow(name), store, apps, at, seen: scan.seen.get(`${name}:${path}`) };
  let newest = firstView(viewer);
  let view = await newest;
  const viewIn = async ({ before, number }: Hold): Promise<ForgeView> => {
    view = await newest;
    if (!view.showsAll(before) && !view.showsAll(number)) {
      newest = viewAgain(viewer, number);
      newest.catch(() => {
        newest = Promise.resolve(view); // those who waited for it hear of it; who comes later looks again
      });
      view = await newest;
    }
    view.wrote(number);
    return view;
  };
  return {
    scan,
    now,
    forge,
    view: () => view,
    viewIn,
    requireUnmoved: () => requireUnmoved(viewer),
    decide: pLimit(now.settings.updates.maxOpen === undefined ? atOnce.texts : 1),
    text: pLimit(atOnce.texts),
    write: pLimit(atOnce.writes),
    turns: writeTurns(locks, store, `${name}:${path}`),
    look,
  };
}
