import type { SourceForge } from '../domain/forge.ts';
import { type Concerned, concernedByPackage, concernedBySource } from './concerned.ts';
import { findEnvironments } from './find-environments.ts';
import { type Scanned, type ScanPorts, type ScanResult, type ScanSettings, scan } from './scan.ts';
import type { EnvironmentSettings } from './settings.ts';

type RowsOf<Rows> = (scanned: Scanned) => Rows | Promise<Rows>;

/** Something was pushed to a registry: the apps with that package, wherever scans have seen it. */
export function scanPackage<Rows>(ports: ScanPorts, settings: ScanSettings, name: string, rowsOf: RowsOf<Rows>): Promise<ScanResult<Rows>> {
  return scanConcerned(ports, settings, (environments) => concernedByPackage(ports.store, environments, name), rowsOf);
}

/** Something was pushed to an app's own repository, `FORGE:PATH`: the packages that come from there. */
export function scanSource<Rows>(
  ports: ScanPorts,
  settings: ScanSettings,
  forges: ReadonlyMap<string, SourceForge>,
  repository: string,
  rowsOf: RowsOf<Rows>,
): Promise<ScanResult<Rows>> {
  return scanConcerned(
    ports,
    settings,
    (environments) => concernedBySource(ports.store, environments, settings.packages, forges, repository),
    rowsOf,
  );
}

/** An environment's repository, `FORGE:PATH`, changed. */
export async function scanRepository<Rows>(
  ports: ScanPorts,
  settings: ScanSettings,
  repository: string,
  rowsOf: RowsOf<Rows>,
): Promise<ScanResult<Rows>> {
  const { environments, errors } = await findEnvironments(ports, settings.environments, undefined);
  const only = environments.filter((one) => `${one.repository.forge}:${one.repository.path}` === repository).map(({ name }) => name);
  return only.length === 0 ? { environments: [], errors } : await scan(ports, settings, { only, dryRun: false }, rowsOf);
}

async function scanConcerned<Rows>(
  ports: ScanPorts,
  settings: ScanSettings,
  find: (environments: readonly EnvironmentSettings[]) => Promise<Concerned>,
  rowsOf: RowsOf<Rows>,
): Promise<ScanResult<Rows>> {
  const found = await findEnvironments(ports, settings.environments, undefined);
  const { environments: only, packages } = await find(found.environments);
  return only.length === 0
    ? { environments: [], errors: found.errors }
    : await scan(ports, settings, { only, packages, mayMiss: true, dryRun: false }, rowsOf);
}
