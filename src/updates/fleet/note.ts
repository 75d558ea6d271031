import { explain } from '../../domain/errors.ts';
import { type ScanError, scanError } from '../failure.ts';
import type { Found } from '../find-environments.ts';
import type { PackageRule } from '../package-rules.ts';
import type { Scanned, ScanPorts, ScanSettings } from '../scan.ts';
import type { EnvironmentSettings } from '../settings.ts';
import { rememberGroup } from './groups.ts';
import { lookOf } from './look.ts';
import { knownEnvironments } from './read.ts';
import { rememberFailure, rememberLook } from './remember.ts';

type Ports = Pick<ScanPorts, 'forge' | 'store' | 'locks' | 'now'>;

/** What the scan saw of an environment, for all who ask later what runs where. That it cannot be kept is told and undoes nothing. */
export function noteScanned(ports: Ports, scanned: Scanned, of: { readonly packages: readonly PackageRule[]; readonly partial: boolean }) {
  const { name, repository } = scanned.now.settings;
  return unlessKept(name, async () => {
    const url = ports.forge(repository.forge).projectUrl(repository.path);
    await rememberLook(ports, name, await lookOf(scanned, { ...of, url, store: ports.store, began: ports.now }));
  });
}

/** The same of one that could not be looked at. */
export const noteFailed = (ports: Ports, environment: EnvironmentSettings, failure: ScanError): Promise<ScanError[]> =>
  unlessKept(environment.name, () => rememberFailure(ports, environment, failure, ports.now));

/** What was found where app.yml tells to discover. What was found before in a group that cannot be listed now could not be looked at. */
export async function noteGroups(ports: Ports, settings: ScanSettings['environments'], found: Found): Promise<ScanError[]> {
  const { store } = ports;
  await Promise.all([...found.listed].map(([group, paths]) => rememberGroup(store, group, paths)));
  if (found.errors.length === 0) return [];
  const missed = (await knownEnvironments(store, settings)).flatMap((one) => {
    const failure = found.errors.find(({ scope }) => `${one.repository.forge}:${one.repository.path}`.startsWith(`${scope}/`));
    return failure === undefined || found.environments.some(({ name }) => name === one.name) ? [] : [noteFailed(ports, one, failure)];
  });
  return (await Promise.all(missed)).flat();
}

async function unlessKept(environment: string, keep: () => Promise<void>): Promise<ScanError[]> {
  try {
    await keep();
    return [];
  } catch (error) {
    const told = scanError({ asked: 'forge', error, scope: environment, environment });
    return [{ ...told, message: `writing down what runs there: ${explain(error)}` }];
  }
}
