import pLimit, { type LimitFunction } from 'p-limit';
import { OutsideError } from '../domain/errors.ts';
import type { Forge, MergeRequest } from '../domain/forge.ts';
import type { Reference, Warning } from '../domain/reference.ts';
import type { Proposal, Update } from '../domain/update.ts';
import { inspectBranch, type Place, targetHeads } from './branches.ts';
import { carryOut, type Writer } from './carry-out.ts';
import { editedFiles } from './edited-files.ts';
import { openingGate, soakGate } from './gates.ts';
import { entryOf } from './journal-entry.ts';
import { type Looked, lookUp } from './look-up.ts';
import { resolveRules } from './package-rules.ts';
import { makeProposals } from './proposal.ts';
import type { EnvironmentNow } from './read-environment.ts';
import { type Action, type AppState, appOfRequest, appsByBranch, isHalfClosed, reconcile } from './reconcile.ts';
import type { Scan } from './scan.ts';

/** Everything that a scan knows of one app when it is done with it. */
export interface AppOutcome {
  readonly app: string;
  readonly looked: readonly Looked[];
  readonly action: Action;
  /** Of the merge request, once it is there. */
  readonly url?: string;
  /** Why the action could not be decided or carried out. */
  readonly problem?: unknown;
}

/** What the apps of one environment share. */
interface Scene {
  readonly scan: Scan;
  readonly now: EnvironmentNow;
  readonly forge: Forge;
  readonly place: Place;
  /** By app; those that nobody can be asked for are under undefined. */
  readonly requests: ReadonlyMap<string | undefined, readonly MergeRequest[]>;
  readonly heads: Readonly<Record<string, string>>;
  readonly mayOpen: () => string | undefined;
  /** One after the other where there is a limit, so that the first by name get the room. */
  readonly decide: LimitFunction;
  readonly text: LimitFunction;
  readonly write: LimitFunction;
}

/** Per environment. A forge answers writes to one repository one after the other anyway; texts wait for registries and sources. */
const atOnce = { texts: 10, writes: 2 };

/**
 * One environment from references to merge requests. Every app goes its own way as soon as its packages are looked up,
 * so that a registry that hangs delays its own packages only; with a limit on open merge requests they queue by name.
 */
export async function scanEnvironment(scan: Scan, now: EnvironmentNow): Promise<AppOutcome[]> {
  const all = Map.groupBy(now.references, ({ app }) => app);
  const byApp = new Map([...all].filter(([app, references]) => scan.concerns(app, references)));
  const looked = await startLooking(scan, now, byApp);
  const scene = await setScene(scan, now, appsByBranch(all.keys()));
  const isUnfinished = (request: MergeRequest): boolean => request.state === 'open' || isHalfClosed(request, now.state);
  const gone = [...scene.requests].flatMap(([app, all]) => (app !== undefined && all.some(isUnfinished) ? [app] : []));
  const apps = [...new Set([...byApp.keys(), ...gone.filter((app) => byApp.has(app) || (!all.has(app) && scan.concerns(app, [])))])].sort();
  scan.ports.progress.add(apps.length);
  if (now.settings.updates.maxOpen !== undefined) await Promise.all(looked.values());
  return await Promise.all(
    apps.map(async (app) => {
      const outcome = await scanApp(scene, app, (await looked.get(app)) ?? []);
      scan.ports.progress.done(`${now.settings.name} ${app}`);
      return outcome;
    }),
  );
}

/** Asks the registries for every app's packages, while the forge is asked for merge requests. */
async function startLooking(scan: Scan, now: EnvironmentNow, byApp: ReadonlyMap<string, readonly Reference[]>) {
  const { updates } = now.settings;
  const soak = await soakGate(updates, (name) => scan.environment(name), scan.ports.store, scan.ports.now);
  const look = async (reference: Reference): Promise<Looked> => {
    const rules = resolveRules(scan.packages, updates, reference.package.name);
    const looked = await lookUp(reference, rules, soak.barred(reference), scan.registry);
    return soak.problem === undefined ? looked : { ...looked, certain: false, problems: [...looked.problems, soak.problem] };
  };
  const looking = new Map([...byApp].map(([app, references]) => [app, Promise.all(references.map(look))]));
  for (const one of looking.values()) one.catch(() => undefined); // awaited later; until then nobody listens
  return looking;
}

async function setScene(scan: Scan, now: EnvironmentNow, apps: ReadonlyMap<string, string>): Promise<Scene> {
  const { forge: name, path } = now.settings.repository;
  const forge = scan.ports.forge(name);
  const place: Place = { forge, store: scan.ports.store, repository: `${name}:${path}`, path, state: now.state };
  const requests = await forge.mergeRequests(path);
  const heads = await targetHeads(place, requests);
  const { updates } = now.settings;
  return {
    scan,
    now,
    forge,
    place,
    requests: Map.groupBy(requests, (request) => appOfRequest(request, apps)),
    heads,
    mayOpen: openingGate(updates, requests, scan.ports.now),
    decide: pLimit(updates.maxOpen === undefined ? atOnce.texts : 1),
    text: pLimit(atOnce.texts),
    write: pLimit(atOnce.writes),
  };
}

async function scanApp(scene: Scene, app: string, looked: readonly Looked[]): Promise<AppOutcome> {
  let outcome: AppOutcome = { app, looked, action: { kind: 'none' } };
  try {
    const action = await scene.decide(async () => gated(scene, reconcile(await stateOf(scene, app, looked))));
    outcome = { ...outcome, action, ...('request' in action && { url: action.request.url }) };
    const url = scene.scan.dryRun ? undefined : await carryOut(writerOf(scene, app, looked), action);
    return url === undefined ? outcome : { ...outcome, url };
  } catch (problem) {
    return { ...outcome, problem };
  }
}

/** Windows and limits hold back what is new; what is open already is kept up to date. */
function gated({ mayOpen }: Scene, action: Action): Action {
  if (action.kind !== 'open') return action;
  const reason = mayOpen();
  return reason === undefined ? action : { kind: 'hold', proposal: action.proposal, reason };
}

async function stateOf(scene: Scene, app: string, looked: readonly Looked[]): Promise<AppState> {
  const { now, place, heads } = scene;
  const proposal = await proposalOf(scene, app, looked);
  const requests = scene.requests.get(app) ?? [];
  const open = requests.find(({ state }) => state === 'open');
  const name = proposal?.branch ?? (open ?? requests.find((request) => isHalfClosed(request, now.state)))?.branch;
  const target = open !== undefined && Object.hasOwn(heads, open.target) ? open.target : now.state.defaultBranch;
  const branch = name === undefined ? undefined : await inspectBranch(place, name, target);
  return {
    environment: now.settings.name,
    app,
    proposal,
    gone: whyGone(app, looked, now),
    certain: looked.every(({ certain }) => certain) && (looked.length > 0 || !now.warnings.some((one) => mayHide(one, branch?.files))),
    failed: [...new Set(looked.flatMap(({ failed, reference }) => (failed ? [reference.package.name] : [])))],
    repository: now.state,
    requests,
    branch,
    targetHeads: heads,
  };
}

/** An app that vanished may stand in a file that could not be read: one that our commit changes, any where that is not known. */
const mayHide = ({ file }: Warning, files: readonly string[] | undefined): boolean =>
  files === undefined || file === '.' || files.includes(file);

/** With the digests that are shown, from what was last heard: where nothing is pinned they are no part of the decision. */
async function proposalOf({ scan, now }: Scene, app: string, looked: readonly Looked[]): Promise<Proposal | undefined> {
  const updates = await Promise.all(
    looked.flatMap(({ update }) => (update === undefined ? [] : [update])).map((update): Promise<Update> => shownDigest(scan, update)),
  );
  return makeProposals(now.settings.name, updates).find((proposal) => proposal.app === app);
}

async function shownDigest({ registry }: Scan, update: Update): Promise<Update> {
  const { package: of } = update.reference;
  if (update.to.digest !== undefined || of.datasource !== 'oci') return update;
  const digest = await registry.lastKnownDigest(of, update.to.version).catch(unlessDefect);
  return digest === undefined ? update : { ...update, to: { ...update.to, digest } };
}

/** What is only shown may be missing. */
function unlessDefect(error: unknown): undefined {
  if (!(error instanceof OutsideError)) throw error;
}

function whyGone(app: string, looked: readonly Looked[], { state }: EnvironmentNow): string {
  if (looked.length === 0) return `no reference of ${app} is left on ${state.defaultBranch}`;
  const versions = [...new Set(looked.map(({ reference }) => reference.version))].join(', ');
  const reasons = [...new Set(looked.flatMap(({ reason }) => reason ?? []))].join('; ');
  return `${app} is at ${versions} on ${state.defaultBranch}: ${reasons}`;
}

function ownerByRules({ packages }: Scan, { settings }: EnvironmentNow, looked: readonly Looked[]): string | undefined {
  return looked
    .map(({ reference }) => resolveRules(packages, settings.updates, reference.package.name).owner)
    .find((owner) => owner !== undefined);
}

function writerOf({ scan, now, forge, place, text, write }: Scene, app: string, looked: readonly Looked[]): Writer {
  const owner = now.apps[app]?.owner ?? ownerByRules(scan, now, looked);
  return {
    forge,
    store: scan.ports.store,
    repository: place.repository,
    path: place.path,
    defaultBranch: now.state.defaultBranch,
    owner,
    describe: (proposal) =>
      text(() => scan.ports.texts.describe({ proposal, now, owner, registry: scan.registry, packages: scan.packages })),
    record: async (action) => void (await scan.ports.journal.record(entryOf(action, app, now.settings.name, place.repository))),
    turn: (work) => write(work),
    edited: async (proposal, base) => editedFiles(proposal, await now.at(base)),
  };
}
