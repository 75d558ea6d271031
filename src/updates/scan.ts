import pLimit from 'p-limit';
import { UsageError } from '../domain/errors.ts';
import type { Forge } from '../domain/forge.ts';
import type { Journal } from '../domain/journal.ts';
import type { Locks } from '../domain/locks.ts';
import { nearest } from '../domain/nearest.ts';
import type { DatasourceName, Reference } from '../domain/reference.ts';
import type { Datasource } from '../domain/release.ts';
import type { Store } from '../domain/store.ts';
import { findEnvironments } from './find-environments.ts';
import { rememberRunning, runningKey } from './memory.ts';
import { matches, type PackageRule } from './package-rules.ts';
import { type EnvironmentNow, readEnvironment } from './read-environment.ts';
import { type RegistryView, viewRegistries } from './registry-view.ts';
import type { ScanError, ScanReport } from './report.ts';
import { environmentReport, heldReports, mergeErrors, proposalReport, scanError } from './report-rows.ts';
import { type AppOutcome, scanEnvironment } from './scan-environment.ts';
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
  /** Decides, and writes nothing outside. */
  readonly dryRun: boolean;
}

/** What one scan shares between its environments. */
export interface Scan {
  readonly ports: ScanPorts;
  readonly packages: readonly PackageRule[];
  readonly dryRun: boolean;
  /** Whether this scan is about the app, by its name and references. */
  concerns(app: string, references: readonly Reference[]): boolean;
  readonly registry: RegistryView;
  /** The last write to each environment, `FORGE:PATH`, before the forge was asked anything about any of them. */
  readonly seen: ReadonlyMap<string, LastWrite>;
  /** An environment as it stands now, read once; undefined when app.yml has none of that name. */
  environment(name: string): Promise<EnvironmentNow> | undefined;
}

/** What a scan found out, before it is put into rows. */
export interface ScanResult {
  readonly environments: readonly { readonly now: EnvironmentNow; readonly apps: readonly AppOutcome[] }[];
  readonly errors: readonly ScanError[];
}

/** Environments worked on at once: more than a forge is asked at once, since most of the time they wait for registries. */
const environmentsAtOnce = 24;

/** One environment's failure is a line in the result and never touches another. Throws UsageError when a name in `only` is no environment. */
export async function scan(ports: ScanPorts, settings: ScanSettings, options: ScanOptions): Promise<ScanResult> {
  const found = await findEnvironments(ports, settings.environments, options.only);
  const all = [...found.environments, ...settings.environments.filter((one): one is EnvironmentSettings => 'name' in one)];
  const reads = new Map<string, Promise<EnvironmentNow>>();
  const environment = (name: string) => {
    const one = all.find((candidate) => candidate.name === name);
    if (one === undefined) return undefined;
    const read = reads.get(name) ?? readAndRemember(ports, one);
    reads.set(name, read);
    return read;
  };
  const registry = viewRegistries(ports.datasources, ports.store, ports.now);
  const seen = await lastWrites(ports.store, found.environments);
  const shared: Scan = {
    ports,
    packages: settings.packages,
    dryRun: options.dryRun,
    concerns: concerns(options),
    registry,
    seen,
    environment,
  };
  const errors: ScanError[] = [...found.errors];
  const limit = pLimit(environmentsAtOnce);
  const results = await Promise.all(
    found.environments.map(({ name }) =>
      limit(async () => {
        try {
          const now = await environment(name);
          return now === undefined ? [] : [{ now, apps: await scanEnvironment(shared, now) }];
        } catch (error) {
          errors.push(scanError(name, error));
          return [];
        }
      }),
    ),
  );
  const environments = results.flat();
  for (const { now, apps } of environments) errors.push(...problemsOf(now.settings.name, apps));
  return { environments, errors: mergeErrors(errors) };
}

async function lastWrites(store: Store, environments: readonly EnvironmentSettings[]): Promise<Scan['seen']> {
  const keys = environments.map(({ repository }) => `${repository.forge}:${repository.path}`);
  return new Map(await Promise.all(keys.map(async (key) => [key, await lastWrite(store, key)] as const)));
}

/** A mistyped name must not look like an app with nothing to propose. Throws UsageError. */
export function requireApps({ apps = [], packages = [] }: ScanOptions, { environments, errors }: ScanResult): void {
  if (errors.length > 0 || environments.some((one) => one.apps.length > 0) || (apps.length === 0 && packages.length === 0)) return;
  const known = [...new Set(environments.flatMap(({ now }) => now.references.map(({ app }) => app)))];
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

const problemsOf = (environment: string, apps: readonly AppOutcome[]): ScanError[] =>
  apps.flatMap(({ looked, problem }) => [
    ...looked.flatMap(({ problems }) => problems.map((one) => scanError(environment, one))),
    ...(problem === undefined ? [] : [scanError(environment, problem)]),
  ]);

export function reportOf({ environments, errors }: ScanResult): ScanReport {
  const rows = environments.flatMap(({ now, apps }) => apps.map((app) => [now.settings.name, app] as const));
  return {
    environments: environments.map(({ now }) => environmentReport(now)),
    proposals: rows.flatMap(([name, app]) => proposalReport(name, app) ?? []),
    held: rows.flatMap(([name, app]) => heldReports(name, app)),
    errors,
  };
}
