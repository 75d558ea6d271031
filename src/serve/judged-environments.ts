import type { Config } from '../config/schema.ts';
import { OutsideError, UsageError } from '../domain/errors.ts';
import type { Forge } from '../domain/forge.ts';
import type { Services } from '../services.ts';
import { findEnvironments } from '../updates/find-environments.ts';
import type { EnvironmentSettings } from '../updates/settings.ts';
import type { JudgedEnvironment } from '../validation/merge-request.ts';
import type { Judging } from './judging.ts';
import { validationSettings } from './validation-settings.ts';

interface Parts {
  readonly config: Config;
  readonly services: Pick<Services, 'forges' | 'settings'>;
  readonly judging: Pick<Judging, 'fingerprint'>;
}

/** Those on forges that have credentials. */
export async function judgedEnvironments(parts: Parts) {
  const { forges, settings } = parts.services;
  const connected = settings.environments.filter((one) => forges.has(('discover' in one ? one.discover : one.repository).forge));
  const ports = { forge: (name: string) => forgeOf(parts.services, name) };
  const { environments, errors } = await findEnvironments(ports, connected, undefined);
  return { environments: await Promise.all(environments.map((one) => judged(parts, one))), errors };
}

/** Undefined for a repository that is no environment, or no longer. */
export async function judgedEnvironment(parts: Parts, repository: string): Promise<JudgedEnvironment | undefined> {
  const isIt = (one: Pick<JudgedEnvironment, 'repository'>): boolean => nameOf(one) === repository;
  const named = parts.services.settings.environments.find((one): one is EnvironmentSettings => 'name' in one && isIt(one));
  if (named !== undefined) return judged(parts, named);
  const { environments, errors } = await judgedEnvironments(parts);
  const found = environments.find(isIt);
  const [first] = errors;
  if (found === undefined && first !== undefined) throw new OutsideError(first.scope, first.message);
  return found;
}

async function judged({ config, judging }: Parts, { name, repository, validation }: EnvironmentSettings): Promise<JudgedEnvironment> {
  const settings = validationSettings(config, name, validation);
  return { name, repository, settings, fingerprint: await judging.fingerprint(settings) };
}

export const nameOf = ({ repository: { forge, path } }: Pick<JudgedEnvironment, 'repository'>): string => `${forge}:${path}`;

export function forgeOf({ forges }: Pick<Services, 'forges'>, name: string): Forge {
  const found = forges.get(name);
  if (found === undefined) throw new UsageError(`forges.${name}: there is no token and no GitHub App yet`);
  return found;
}
