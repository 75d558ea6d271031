import type { SourceForge } from '../domain/forge.ts';
import { type Concerned, concernedByPackage, concernedBySource } from './concerned.ts';
import { findEnvironments } from './find-environments.ts';
import { type EnvironmentRows, environmentRows } from './report-rows.ts';
import { type ScanPorts, type ScanResult, type ScanSettings, scan } from './scan.ts';
import type { EnvironmentSettings } from './settings.ts';

const nothing: ScanResult<EnvironmentRows> = { environments: [], errors: [] };

/** Something was pushed to a registry: the apps with that package, wherever scans have seen it. */
export function scanPackage(ports: ScanPorts, settings: ScanSettings, name: string): Promise<ScanResult<EnvironmentRows>> {
  return scanConcerned(ports, settings, (environments) => concernedByPackage(ports.store, environments, name));
}

/** Something was pushed to an app's own repository, `FORGE:PATH`: the packages that come from there. */
export function scanSource(
  ports: ScanPorts,
  settings: ScanSettings,
  forges: ReadonlyMap<string, SourceForge>,
  repository: string,
): Promise<ScanResult<EnvironmentRows>> {
  return scanConcerned(ports, settings, (environments) =>
    concernedBySource(ports.store, environments, settings.packages, forges, repository),
  );
}

/** An environment's repository, `FORGE:PATH`, changed. */
export async function scanRepository(ports: ScanPorts, settings: ScanSettings, repository: string): Promise<ScanResult<EnvironmentRows>> {
  const { environments, errors } = await findEnvironments(ports, settings.environments, undefined);
  const only = environments.filter((one) => `${one.repository.forge}:${one.repository.path}` === repository).map(({ name }) => name);
  return only.length === 0 ? { environments: [], errors } : await scan(ports, settings, { only, dryRun: false }, environmentRows);
}

async function scanConcerned(
  ports: ScanPorts,
  settings: ScanSettings,
  find: (environments: readonly EnvironmentSettings[]) => Promise<Concerned>,
): Promise<ScanResult<EnvironmentRows>> {
  const found = await findEnvironments(ports, settings.environments, undefined);
  const { environments: only, packages } = await find(found.environments);
  return only.length === 0
    ? { ...nothing, errors: found.errors }
    : await scan(ports, settings, { only, packages, mayMiss: true, dryRun: false }, environmentRows);
}
