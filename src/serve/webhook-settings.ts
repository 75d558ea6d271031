import { addressOf } from '../adapters/forges/github/address.ts';
import { repositoryRef } from '../config/repository.ts';
import type { Config, ForgeConfig } from '../config/schema.ts';
import type { WebhookSettings } from '../http/webhooks/webhooks.ts';

/** Whom app.yml lets deliver webhooks, and what for. */
export function webhookSettings({ forges, registries, environments, packages }: Config): WebhookSettings {
  const refs = (texts: readonly (string | undefined)[]) => texts.flatMap((text) => (text === undefined ? [] : (repositoryRef(text) ?? [])));
  return {
    environments: [
      ...refs(environments.map((one) => ('discover' in one ? undefined : one.repository))).map((repository) => ({ repository })),
      ...refs(environments.map((one) => ('discover' in one ? one.discover : undefined))).map((discover) => ({ discover })),
    ],
    sources: refs(packages.map(({ source }) => source)),
    gitlab: Object.entries(forges).flatMap(([name, forge]) =>
      forge.type === 'gitlab' ? [{ name, secrets: secretsOf(forge.webhookSecret) }] : [],
    ),
    github: Object.entries(forges).flatMap(([name, forge]) => (forge.type === 'github' ? [githubSettings(name, forge)] : [])),
    registries: Object.entries(registries).map(([host, { webhookSecret }]) => ({ host, secrets: secretsOf(webhookSecret) })),
  };
}

function githubSettings(name: string, forge: Extract<ForgeConfig, { type: 'github' }>): WebhookSettings['github'][number] {
  const { token = '', appId, privateKey, webhookSecret } = forge;
  const credentials = appId !== undefined && privateKey !== undefined ? { appId, privateKey } : { token };
  return { name, ...addressOf(name, forge.url), credentials, secrets: secretsOf(webhookSecret) };
}

const secretsOf = (secret: string | readonly string[] | undefined): readonly string[] => (secret === undefined ? [] : [secret].flat());
