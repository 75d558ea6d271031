import { isDeepStrictEqual } from 'node:util';
import type { MergeRequest } from '../domain/forge.ts';
import type { Reference } from '../domain/reference.ts';
import type { Wish } from '../domain/wish.ts';
import { appState } from './app-state.ts';
import { carryOut, type Writer } from './carry-out.ts';
import { editedFiles } from './edited-files.ts';
import { type Ended, witnessEnded } from './ended.ts';
import type { ForgeView } from './forge-view.ts';
import { unfulfilled } from './fulfil.ts';
import { entryOf } from './journal-entry.ts';
import type { Looked } from './look-up.ts';
import { type OpenNow, openNow } from './open-now.ts';
import { ownerByRules } from './package-rules.ts';
import type { EnvironmentNow } from './read-environment.ts';
import { type Action, appsByBranch, isHalfClosed, reconcile, wasMerged } from './reconcile.ts';
import type { Scan } from './scan.ts';
import { type Look, lookingIn, type Scene, setScene } from './scene.ts';
import { wishesIn, withCompanions } from './wishes.ts';
import type { Hold } from './write-turns.ts';

/** Everything that a scan knows of one app when it is done with it. */
export interface AppOutcome {
  readonly app: string;
  readonly looked: readonly Looked[];
  readonly action: Action;
  /** Of the merge request, once it is there. */
  readonly id?: number;
  readonly url?: string;
  /** The merge request that was written, or kept. */
  readonly request?: MergeRequest;
  /** Why the action could not be decided or carried out. */
  readonly problem?: unknown;
  /** The newest of those that are not open any more. */
  readonly ended?: MergeRequest;
  /** The newest write to the environment of which it is certain that all this is later. */
  readonly shows?: number;
  /** Why what somebody asks for was not done. */
  readonly refusedWish?: string;
}

/** Everything that a scan knows of one environment when it is done with it. */
export interface EnvironmentOutcome {
  readonly apps: readonly AppOutcome[];
  /** Ours that are open in the end, of all apps. */
  readonly requests: readonly OpenNow[];
  /** What people did with merge requests of ours. */
  readonly ended: readonly Ended[];
  /** Why that could not be found out, or written down. */
  readonly problem?: unknown;
}

/**
 * One environment from references to merge requests. Every app goes its own way as soon as its packages are looked up,
 * so that a registry that hangs delays its own packages only; with a limit on open merge requests they queue by name.
 */
export async function scanEnvironment(scan: Scan, now: EnvironmentNow): Promise<EnvironmentOutcome> {
  const all = Map.groupBy(now.references, ({ app }) => app);
  const byApp = new Map([...all].filter(([app, references]) => scan.concerns(app, references)));
  const look = await lookingIn(scan, now);
  const looked = startLooking(look, byApp);
  const scene = await setScene(scan, now, appsByBranch(all.keys()), look);
  const isUnfinished = (request: MergeRequest): boolean => request.state === 'open' || isHalfClosed(request, now.state);
  const gone = [...scene.view().requests].flatMap(([app, all]) => (app !== undefined && all.some(isUnfinished) ? [app] : []));
  const apps = [...new Set([...byApp.keys(), ...gone.filter((app) => byApp.has(app) || (!all.has(app) && scan.concerns(app, [])))])].sort();
  scan.ports.progress.add(apps.length);
  if (now.settings.updates.maxOpen !== undefined) await Promise.all(looked.values());
  const scanning = apps.map(async (app) => {
    const outcome = await scanApp(scene, app, (await looked.get(app)) ?? []);
    scan.ports.progress.done(`${now.settings.name} ${app}`);
    return outcome;
  });
  const witnessing = witness(scene);
  const outcomes = await Promise.all(scanning);
  return { apps: outcomes, requests: openNow(scene.view(), outcomes), ...(await witnessing) };
}

async function witness({ scan, now, forge, view }: Scene): Promise<Omit<EnvironmentOutcome, 'apps' | 'requests'>> {
  if (scan.dryRun) return { ended: [] };
  const { name: environment, repository } = now.settings;
  const requests = [...view().requests.values()].flat();
  try {
    return {
      ended: await witnessEnded({ forge, journal: scan.ports.journal, now: scan.ports.now }, { environment, ...repository }, requests),
    };
  } catch (problem) {
    return { ended: [], problem };
  }
}

/** Asks the registries for every app's packages, while the forge is asked for merge requests. */
function startLooking(look: Look, byApp: ReadonlyMap<string, readonly Reference[]>) {
  const looking = new Map(
    [...byApp].map(([app, references]) => [app, Promise.all(references.map((one) => look(one, { rolledBack: [], wishes: [] })))]),
  );
  for (const one of looking.values()) one.catch(() => undefined); // awaited later; until then nobody listens
  return looking;
}

/** Decided anew where people rolled something back or asked for something, of which only the forge knows. */
async function heedingPeople(
  { look }: Scene,
  { rolledBack, requests }: ForgeView,
  app: string,
  looked: readonly Looked[],
  wish: Wish | undefined,
): Promise<readonly Looked[]> {
  const own = rolledBack.filter((one) => one.app === app);
  const references = looked.map(({ reference }) => reference);
  const wishes = [...wishesIn(requests.get(app) ?? []), ...(wish === undefined ? [] : withCompanions(wish, references))];
  if (own.length + wishes.length === 0) return looked;
  return await Promise.all(references.map((reference) => look(reference, { rolledBack: own, wishes })));
}

/** Somebody else has written since this was decided, and now it is something else that is to be done. */
class Outdated extends Error {
  readonly decided: Decided;
  constructor(decided: Decided) {
    super('decided on what has changed since');
    this.decided = decided;
  }
}

interface Decided {
  readonly view: ForgeView;
  readonly shows: number;
  /** What it was decided on. */
  readonly looked: readonly Looked[];
  readonly action: Action;
  /** What somebody asks for, where it is for that; else why it is not. */
  readonly wish?: Wish;
  readonly refusedWish?: string;
}

async function scanApp(scene: Scene, app: string, looked: readonly Looked[]): Promise<AppOutcome> {
  let outcome: AppOutcome = { app, looked, action: { kind: 'none' } };
  try {
    scene.scan.ports.signal.throwIfAborted();
    let decided = await decide(scene, scene.view(), app, looked);
    for (;;) {
      const { action, shows, refusedWish } = decided;
      const ended = newestEnded(decided.view.requests.get(app) ?? []);
      outcome = {
        app,
        looked: decided.looked,
        action,
        shows,
        ...(ended && { ended }),
        ...(refusedWish !== undefined && { refusedWish }),
        ...('request' in action && placeOf(action.request)),
      };
      const done = scene.scan.dryRun ? {} : await carriedOut(scene, decided, app, looked);
      if (!('outdated' in done)) return { ...outcome, ...done };
      decided = done.outdated;
    }
  } catch (problem) {
    return { ...outcome, problem };
  }
}

const placeOf = ({ id, url }: Pick<MergeRequest, 'id' | 'url'>) => ({ id, url });

const newestEnded = (requests: readonly MergeRequest[]): MergeRequest | undefined =>
  requests.filter(({ state }) => state !== 'open').sort((a, b) => b.id - a.id)[0];

const decide = (scene: Scene, view: ForgeView, app: string, looked: readonly Looked[]): Promise<Decided> =>
  scene.decide(async () => {
    const shows = view.shows();
    const { wish } = scene.scan;
    const asWished = await decideOn(scene, view, app, looked, wish);
    const refusedWish = wish && unfulfilled(wish, asWished);
    // No window and no limit of open ones keeps back what a person asks for; where it cannot be, the app is scanned as ever.
    if (wish !== undefined && refusedWish === undefined) return { view, shows, ...asWished, wish };
    const { action, ...usual } = wish === undefined ? asWished : await decideOn(scene, view, app, looked, undefined);
    return { view, shows, ...usual, action: gated(view, action), ...(refusedWish !== undefined && { refusedWish }) };
  });

async function decideOn(
  scene: Scene,
  view: ForgeView,
  app: string,
  looked: readonly Looked[],
  wish: Wish | undefined,
): Promise<Pick<Decided, 'looked' | 'action'>> {
  const heeding = await heedingPeople(scene, view, app, looked, wish);
  return { looked: heeding, action: reconcile(await appState(scene, view, app, heeding)) };
}

async function carriedOut(
  scene: Scene,
  decided: Decided,
  app: string,
  looked: readonly Looked[],
): Promise<Pick<AppOutcome, 'id' | 'url' | 'request' | 'shows'> | { readonly outdated: Decided }> {
  try {
    let wroteIn: number | undefined;
    const request = await carryOut(
      writerOf(scene, decided, [app, looked], (number) => {
        wroteIn = number;
      }),
      decided.action,
    );
    return request === undefined ? {} : { ...placeOf(request), request, ...(wroteIn !== undefined && { shows: wroteIn }) };
  } catch (error) {
    if (error instanceof Outdated) return { outdated: error.decided };
    throw error;
  }
}

/** The right to write, when what was decided is still what is to be done. */
function turn<T>(
  scene: Scene,
  { view, action }: Decided,
  [app, looked]: readonly [string, readonly Looked[]],
  work: (hold: Hold) => Promise<T>,
) {
  return scene.write(() =>
    scene.turns(async (hold) => {
      scene.scan.ports.signal.throwIfAborted();
      const newer = await scene.viewIn(hold);
      if (newer !== view) {
        const again = await decide(scene, newer, app, looked);
        if (!isDeepStrictEqual(again.action, action)) throw new Outdated(again);
      }
      if (action.kind === 'open' && wasMerged(action.proposal, newer.requests.get(app) ?? [])) await scene.requireUnmoved();
      hold.stillHeld();
      return await work(hold);
    }),
  );
}

/** Windows and limits hold back what is new; what is open already is kept up to date. */
function gated({ mayOpen }: ForgeView, action: Action): Action {
  if (action.kind !== 'open') return action;
  const reason = mayOpen();
  return reason === undefined ? action : { kind: 'hold', proposal: action.proposal, reason };
}

/** `wrote` is told in which hold it was. */
function writerOf(
  scene: Scene,
  decided: Decided,
  [app, looked]: readonly [string, readonly Looked[]],
  wrote: (number: number) => void,
): Writer {
  const { scan, now, forge, text } = scene;
  const { place } = decided.view;
  const names = looked.map(({ reference }) => reference.package.name);
  const owner = now.apps[app]?.owner ?? ownerByRules(scan.packages, now.settings.updates, names);
  return {
    forge,
    store: scan.ports.store,
    repository: place.repository,
    path: place.path,
    defaultBranch: now.state.defaultBranch,
    owner,
    again: 'the next scan',
    describe: (proposal) =>
      text(() => scan.ports.texts.describe({ proposal, now, owner, registry: scan.registry, packages: scan.packages })),
    record: async (action) =>
      void (await scan.ports.journal.record(entryOf(action, app, now.settings.name, place.repository, decided.wish))),
    turn: (work) =>
      turn(scene, decided, [app, looked], ({ number, stillHeld }) => {
        wrote(number);
        return work(stillHeld);
      }),
    edited: async (proposal, base) => ({ files: editedFiles(proposal, await now.at(base)), removed: [] }),
  };
}
