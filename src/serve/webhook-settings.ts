import { isConfigured } from '../access/settings.ts';
import { addressOf } from '../adapters/forges/github/address.ts';
import { repositoryRef } from '../config/repository.ts';
import type { Config, ForgeConfig } from '../config/schema.ts';
import { lacksCredentials } from '../config/unfinished.ts';
import type { WebhookSettings } from '../http/webhooks/webhooks.ts';
import { githubCredentials } from '../services.ts';
import { accessSettings } from './access/settings.ts';

/** Whom app.yml lets deliver webhooks, and what for. */
export function webhookSettings(config: Config): WebhookSettings {
  const { forges, registries, environments, packages } = config;
  const access = isConfigured(accessSettings(config));
  const refs = (texts: readonly (string | undefined)[]) => texts.flatMap((text) => (text === undefined ? [] : (repositoryRef(text) ?? [])));
  return {
    environments: [
      ...environments.flatMap((one) =>
        'discover' in one
          ? []
          : refs([one.repository]).map((repository) => ({
              repository,
              ...(one.deploy === 'service' && { deployed: true }),
              ...(access && one.cluster !== undefined && { granted: true }),
            })),
      ),
      ...refs(environments.map((one) => ('discover' in one ? one.discover : undefined))).map((discover) => ({ discover })),
    ],
    sources: refs(packages.map(({ source }) => source)),
    gitlab: Object.entries(forges).flatMap(([name, forge]) =>
      forge.type === 'gitlab' ? [{ name, secrets: secretsOf(forge.webhookSecret) }] : [],
    ),
    github: Object.entries(forges).flatMap(([name, forge]) =>
      forge.type === 'github' && !lacksCredentials(forge) ? [githubSettings(name, forge)] : [],
    ),
    registries: Object.entries(registries).map(([host, { webhookSecret }]) => ({ host, secrets: secretsOf(webhookSecret) })),
  };
}

function githubSettings(name: string, forge: Extract<ForgeConfig, { type: 'github' }>): WebhookSettings['github'][number] {
  return { name, ...addressOf(name, forge.url), credentials: githubCredentials(name, forge), secrets: secretsOf(forge.webhookSecret) };
}

/** One secret, or two while one takes the other's place. */
export const secretsOf = (secret: string | readonly string[] | undefined): readonly string[] =>
  secret === undefined ? [] : [secret].flat();
