import type { Logger } from 'pino';
import type { AccessSettings } from '../../access/settings.ts';
import type { KubeconfigPlace } from '../../adapters/cluster/kubeconfig.ts';
import type { Metrics } from '../../adapters/metrics.ts';
import type { Config } from '../../config/schema.ts';
import type { RepositoryRef } from '../../domain/forge.ts';
import type { Redact } from '../../domain/redact.ts';
import type { Services } from '../../services.ts';
import { findEnvironments } from '../../updates/find-environments.ts';
import { forgeOf } from '../judged-environments.ts';

/** What everything about access is done with. */
export interface AccessParts {
  readonly config: Config;
  readonly settings: AccessSettings;
  readonly services: Pick<Services, 'forges' | 'journal' | 'persistence' | 'settings'>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly redact: Redact;
  /** People are told, in Slack. */
  readonly tells: boolean;
  readonly now: () => Date;
}

/** An environment whose access is kept. */
export interface AccessEnvironment {
  readonly name: string;
  readonly repository: RepositoryRef;
  /** Where grants take effect; without one none is given. */
  readonly cluster?: AccessCluster;
}

export interface AccessCluster {
  /** In app.yml. */
  readonly name: string;
  readonly place: KubeconfigPlace;
  readonly usernamePrefix: string;
  readonly groupsPrefix: string;
}

/** Undefined for a repository that is no environment, or no longer. Throws OutsideError. */
export async function accessEnvironment(
  { config, services }: Pick<AccessParts, 'config' | 'services'>,
  repository: string,
): Promise<AccessEnvironment | undefined> {
  const named = namedEnvironments(config, services).find((one) => textOf(one) === repository);
  if (named !== undefined) return named;
  const discovering = services.settings.environments.filter((one) => 'discover' in one && services.forges.has(one.discover.forge));
  const { environments, errors } = await findEnvironments({ forge: (name) => forgeOf(services, name) }, discovering, undefined);
  const found = environments.find((one) => textOf(one) === repository);
  const [first] = errors;
  if (found === undefined && first !== undefined) throw new Error(first.message);
  return found && { name: found.name, repository: found.repository };
}

/** Those that app.yml names, on forges that have credentials. */
export function namedEnvironments(
  { environments, clusters }: Pick<Config, 'environments' | 'clusters'>,
  { settings, forges }: Pick<Services, 'settings' | 'forges'>,
): readonly AccessEnvironment[] {
  return settings.environments.flatMap((one) => {
    if (!('name' in one) || !forges.has(one.repository.forge)) return [];
    const said = environments.find((each) => 'name' in each && each.name === one.name);
    const name = said !== undefined && 'cluster' in said ? said.cluster : undefined;
    const found = name === undefined ? undefined : clusters[name];
    if (name === undefined || found === undefined) return [{ name: one.name, repository: one.repository }];
    const { usernamePrefix, groupsPrefix, ...place } = found;
    return [{ name: one.name, repository: one.repository, cluster: { name, place, usernamePrefix, groupsPrefix } }];
  });
}

/** `FORGE:PATH` */
export const textOf = ({ repository: { forge, path } }: Pick<AccessEnvironment, 'repository'>): string => `${forge}:${path}`;
