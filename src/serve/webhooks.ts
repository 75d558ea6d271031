import { addressOf } from '../adapters/forges/github/address.ts';
import { repositoryRef } from '../config/repository.ts';
import type { Config } from '../config/schema.ts';
import type { WebhookSettings } from '../http/webhooks/webhooks.ts';
import { githubCredentials } from '../services.ts';

/** Who may deliver, and about what, as app.yml says. */
export function webhookSettings({ forges, registries, environments, packages }: Config): WebhookSettings {
  const all = Object.entries(forges);
  return {
    gitlab: all.flatMap(([name, forge]) => (forge.type === 'gitlab' ? [{ name, secrets: secretsOf(forge) }] : [])),
    github: all.flatMap(([name, forge]) => {
      if (forge.type !== 'github') return [];
      return [{ name, ...addressOf(name, forge.url), credentials: githubCredentials(name, forge), secrets: secretsOf(forge) }];
    }),
    registries: Object.entries(registries).map(([host, registry]) => ({ host, secrets: secretsOf(registry) })),
    environments: environments.flatMap((one) => {
      const place = repositoryRef('discover' in one ? one.discover : one.repository);
      if (place === undefined) return [];
      return ['discover' in one ? { discover: place } : { repository: place }];
    }),
    sources: packages.flatMap(({ source }) => (source === undefined ? [] : (repositoryRef(source) ?? []))),
  };
}

/** One secret, or two while one takes the other's place. */
const secretsOf = ({ webhookSecret = [] }: { readonly webhookSecret?: string | readonly string[] | undefined }): readonly string[] =>
  typeof webhookSecret === 'string' ? [webhookSecret] : webhookSecret;
