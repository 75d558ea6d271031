import { repositoryRef } from '../config/repository.ts';
import type { Config } from '../config/schema.ts';
import { lacksCredentials } from '../config/unfinished.ts';
import type { RepositoryRef } from '../domain/forge.ts';
import type { WantedHook } from '../domain/webhook-forge.ts';
import { githubHookEvents } from '../http/webhooks/github-events.ts';
import { gitlabHookEvents } from '../http/webhooks/gitlab-events.ts';
import type { SetupTargets } from '../webhooks/setup.ts';
import { secretsOf } from './webhook-settings.ts';

/** The webhook that a forge should have; undefined where app.yml has no secret for it, or the forge no webhooks. */
export function wantedHook({ forges, server }: Pick<Config, 'forges' | 'server'>, name: string): WantedHook | undefined {
  const forge = forges[name];
  if (forge === undefined || forge.type === 'local' || lacksCredentials(forge)) return undefined;
  const [secret] = secretsOf(forge.webhookSecret); // of two the new one
  const url = `${server.url?.replace(/(?<!\/)\/+$/, '')}/webhooks/${forge.type}/${name}`;
  return secret === undefined ? undefined : { url, secret, events: forge.type === 'gitlab' ? gitlabHookEvents : githubHookEvents };
}

/** What app.yml names at a forge. */
export function setupTargets({ environments, packages }: Pick<Config, 'environments' | 'packages'>, name: string): SetupTargets {
  const here = (text: string): RepositoryRef[] =>
    [repositoryRef(text)].filter((ref) => ref !== undefined && ref.forge === name) as RepositoryRef[];
  return {
    groups: environments.flatMap((one) =>
      'discover' in one
        ? here(one.discover).map(({ path }) => ({ path: path.replace(/\/\*$/, ''), ...(one.topic !== undefined && { topic: one.topic }) }))
        : [],
    ),
    environments: environments.flatMap((one) => ('discover' in one ? [] : here(one.repository).map(({ path }) => path))),
    sources: packages.flatMap(({ source }) => (source === undefined ? [] : here(source).map(({ path }) => path))),
  };
}
