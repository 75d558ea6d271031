import type { Config } from '../../config/schema.ts';
import { UsageError } from '../../domain/errors.ts';
import { type AccessCluster, type AccessEnvironment, namedEnvironments } from '../../serve/access/environments.ts';
import type { Services } from '../../services.ts';

export type GrantingEnvironment = AccessEnvironment & { readonly cluster: AccessCluster };

/** Those of app.yml in whose cluster grants take effect; only the named ones, where any are. Throws UsageError for a name that is none of them. */
export function grantingEnvironments(
  config: Pick<Config, 'environments' | 'clusters'>,
  services: Pick<Services, 'settings' | 'forges'>,
  names: readonly string[] | undefined,
): readonly GrantingEnvironment[] {
  const all = namedEnvironments(config, services).filter((one): one is GrantingEnvironment => one.cluster !== undefined);
  const unknown = names?.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) throw new UsageError(`app.yml has no environment "${unknown}" with a cluster; only there is access granted`);
  return names === undefined ? all : all.filter(({ name }) => names.includes(name));
}
