import pLimit, { type LimitFunction } from 'p-limit';
import { UsageError } from '../domain/errors.ts';
import type { Forge } from '../domain/forge.ts';
import type { Journal } from '../domain/journal.ts';
import type { Locks } from '../domain/locks.ts';
import { nearest } from '../domain/nearest.ts';
import type { DatasourceName, Reference } from '../domain/reference.ts';
import type { Datasource } from '../domain/release.ts';
import type { Store } from '../domain/store.ts';
import type { Wish } from '../domain/wish.ts';
import { mergeErrors, type ScanError, scanError } from './failure.ts';
import { findEnvironments } from './find-environments.ts';
import { noteFailed, noteGroups, noteScanned } from './fleet/note.ts';
import { rememberRunning, runningKey } from './memory.ts';
import { matches, type PackageRule } from './package-rules.ts';
import { type EnvironmentNow, readEnvironment } from './read-environment.ts';
import { type RegistryView, viewRegistries } from './registry-view.ts';
import { type EnvironmentOutcome, scanEnvironment } from './scan-environment.ts';
import type { DiscoverSettings, EnvironmentSettings } from './settings.ts';
import type { Texts } from './texts.ts';
import { type LastWrite, lastWrite } from './write-turns.ts';

/** What a scan reaches the world through. */
export interface ScanPorts {
  /** As it is seen by this scan: what is asked for many environments together is asked once. */
  forge(name: string): Forge;
  /** As it is now. */
  forgeNow(name: string): Forge;
  readonly datasources: Readonly<Record<DatasourceName, Datasource>>;
  readonly store: Store;
  readonly journal: Journal;
  readonly locks: Locks;
  readonly texts: Texts;
  readonly now: Date;
  readonly progress: Progress;
  /** Aborted: nothing more is begun, what is being written is written. */
  readonly signal: AbortSignal;
}

/** Told as work turns up and is done; one unit is an app of an environment. */
export interface Progress {
  add(units: number): void;
  done(what: string): void;
}

export interface ScanSettings {
  readonly environments: readonly (EnvironmentSettings | DiscoverSettings)[];
  readonly packages: readonly PackageRule[];
}

export interface ScanOptions {
  /** Names of environments; all without any. */
  readonly only?: readonly string[];
  /** Only these apps, and only apps with one of these packages (globs, as `packages[].match`); all without any. */
  readonly apps?: readonly string[];
  readonly packages?: readonly string[];
  /** Somebody asks for this version, for all of these apps that have the package. */
  readonly wish?: Wish;
  /** Nobody typed these names: what has gone meanwhile is no mistake. */
  readonly mayMiss?: boolean;
  /** Decides, and writes nothing outside. */
  readonly dryRun: boolean;
}

/** What one scan shares between its environments. */
export interface Scan {
  readonly ports: ScanPorts;
  readonly packages: readonly PackageRule[];
  readonly dryRun: boolean;
  /** See ScanOptions. */
  readonly wish: Wish | undefined;
  /** Whether this scan is about the app, by its name and references. */
  concerns(app: string, references: readonly Reference[]): boolean;
  readonly registry: RegistryView;
  /** The last write to each environment, `FORGE:PATH`, before the forge was asked anything about any of them. */
  readonly seen: ReadonlyMap<string, LastWrite>;
  /** Settled once an environment has been read, whoever asked first; undefined when app.yml has none of that name. */
  environment(name: string): Promise<unknown> | undefined;
}

/** An environment, scanned. */
export interface Scanned extends EnvironmentOutcome {
  readonly now: EnvironmentNow;
}

export interface ScanResult<Rows> {
  /** In the order of app.yml, without those that failed. */
  readonly environments: readonly Rows[];
  readonly errors: readonly ScanError[];
}

/** Environments of one forge worked on at once: more than it is asked at once, since most of the time they wait for registries. Each forge has its own, so that one that hangs stops no other's. */
const environmentsAtOnce = 24;

/**
 * One environment's failure is a line in the result and never touches another. Of each that is done only its rows are kept: memory grows
 * with what there is to tell. Throws UsageError when a name in `only` is no environment, and the signal's reason once it is aborted.
 */
export async function scan<Rows>(
  ports: ScanPorts,
  settings: ScanSettings,
  options: ScanOptions,
  rowsOf: (scanned: Scanned) => Rows | Promise<Rows>,
): Promise<ScanResult<Rows>> {
  const named = settings.environments.filter((one): one is EnvironmentSettings => 'name' in one);
  const known = new Map(named.map((one) => [one.name, one]));
  const { environment, forget } = readOnce(ports, known);
  const registry = viewRegistries(ports.datasources, ports.store, ports.now);
  const seen = new Map<string, LastWrite>();
  const { packages } = settings;
  const partial = options.apps !== undefined || options.packages !== undefined;
  const { dryRun, wish } = options;
  const shared: Scan = { ports, packages, dryRun, wish, concerns: concerns(options), registry, seen, environment };
  const errors: ScanError[] = [];
  const limitOf = perForge();
  const scanOne = (one: EnvironmentSettings) => {
    known.set(one.name, one);
    return limitOf(one.repository.forge)(async () => {
      try {
        ports.signal.throwIfAborted();
        const now = await environment(one.name);
        if (now === undefined) return [];
        const scanned = { now, ...(await scanEnvironment(shared, now)) };
        forget(one.name);
        const unkept = options.dryRun ? [] : await noteScanned(ports, scanned, { packages, partial });
        return [{ rows: await rowsOf(scanned), errors: [...problemsOf(scanned), ...unkept], ...appsOf(scanned) }];
      } catch (error) {
        const failure = scanError({ asked: 'forge', error, scope: one.name, environment: one.name });
        errors.push(failure);
        if (!options.dryRun && !ports.signal.aborted) errors.push(...(await noteFailed(ports, one, failure)));
        return [];
      }
    });
  };
  // What app.yml names does not wait for what forges have to list first, except where a mistyped name must stop everything.
  // A forge that has to list some is asked for the merge requests of all of its environments together, once all of them are known.
  const listing = new Set(settings.environments.flatMap((one) => ('discover' in one ? [one.discover.forge] : [])));
  const early = options.only === undefined ? named.filter(({ repository }) => !listing.has(repository.forge)) : [];
  await noteLastWrites(ports.store, early, seen);
  const begun = early.map(scanOne);
  const found = await findEnvironments(ports, settings.environments, options.only);
  errors.push(...found.errors);
  if (!options.dryRun && options.only === undefined) errors.push(...(await noteGroups(ports, settings.environments, found)));
  const rest = found.environments.filter((one) => !early.includes(one));
  await noteLastWrites(ports.store, rest, seen);
  const results = await Promise.all([...begun, ...rest.map(scanOne)]);
  ports.signal.throwIfAborted();
  const environments = results.flat();
  if (errors.length === 0 && options.mayMiss !== true) requireApps(options, environments);
  return {
    environments: environments.map(({ rows }) => rows),
    errors: mergeErrors([...errors, ...environments.flatMap((one) => one.errors)]),
  };
}

async function noteLastWrites(store: Store, environments: readonly EnvironmentSettings[], seen: Map<string, LastWrite>): Promise<void> {
  const keys = environments.map(({ repository }) => `${repository.forge}:${repository.path}`);
  await Promise.all(keys.map(async (key) => void seen.set(key, await lastWrite(store, key))));
}

function perForge(): (forge: string) => LimitFunction {
  const limits = new Map<string, LimitFunction>();
  return (forge) => {
    const limit = limits.get(forge) ?? pLimit(environmentsAtOnce);
    limits.set(forge, limit);
    return limit;
  };
}

/** Environments by name, each read once in a scan; one that is forgotten leaves behind that it was read. */
function readOnce(ports: ScanPorts, settings: ReadonlyMap<string, EnvironmentSettings>) {
  const reads = new Map<string, Promise<EnvironmentNow | undefined>>();
  return {
    environment: (name: string): Promise<EnvironmentNow | undefined> | undefined => {
      const one = settings.get(name);
      if (one === undefined) return undefined;
      const read = reads.get(name) ?? readAndRemember(ports, one);
      reads.set(name, read);
      return read;
    },
    forget: (name: string): void => void reads.set(name, Promise.resolve(undefined)),
  };
}

interface Apps {
  /** Whether the scan was about any. */
  readonly concerned: boolean;
  readonly known: ReadonlySet<string>;
}

const appsOf = ({ now, apps }: Scanned): Apps => ({ concerned: apps.length > 0, known: new Set(now.references.map(({ app }) => app)) });

/** A mistyped name must not look like an app with nothing to propose. */
function requireApps({ apps = [], packages = [] }: ScanOptions, environments: readonly Apps[]): void {
  if (environments.some(({ concerned }) => concerned) || (apps.length === 0 && packages.length === 0)) return;
  const known = [...new Set(environments.flatMap((one) => [...one.known]))];
  const hints = apps.flatMap((app) => nearest(app, known) ?? []);
  const asked = [...apps.map((app) => `--app ${app}`), ...packages.map((match) => `--package ${match}`)].join(' ');
  throw new UsageError(
    `${asked}: no environment has it${hints.length === 0 ? '' : `; did you mean ${hints.map((hint) => `"${hint}"`).join(', ')}?`}`,
  );
}

function concerns({ apps, packages }: ScanOptions): Scan['concerns'] {
  return (app, references) =>
    (apps === undefined || apps.includes(app)) &&
    (packages === undefined || references.some(({ package: of }) => packages.some((match) => matches({ match }, of.name))));
}

async function readAndRemember(ports: ScanPorts, settings: EnvironmentSettings): Promise<EnvironmentNow> {
  const now = await readEnvironment({ forge: ports.forge(settings.repository.forge), store: ports.store }, settings);
  const keys = now.references.map(({ package: of, version }) => runningKey(of, version));
  await rememberRunning(ports.store, settings.name, keys, ports.now);
  return now;
}

function problemsOf({ now, apps, problem: unseen }: Scanned): ScanError[] {
  const of = { scope: now.settings.name, environment: now.settings.name };
  const ofForge = (error: unknown): ScanError[] => (error === undefined ? [] : [scanError({ asked: 'forge', error, ...of })]);
  const ofApps = apps.flatMap(({ looked, problem }) => [
    ...looked.flatMap(({ problems, reference: { file, line } }) =>
      problems.map((error) => scanError({ asked: 'registry', error, ...of, place: `${file}:${line}` })),
    ),
    ...ofForge(problem),
  ]);
  return [...ofApps, ...ofForge(unseen)];
}
