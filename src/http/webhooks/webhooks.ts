import { createGitHubSender, type GitHubOptions } from './github.ts';
import { createGitLabSender, type GitLabOptions } from './gitlab.ts';
import { createReceiver, type ReceivePorts, type Webhooks } from './receive.ts';
import { createRegistrySender, type RegistryOptions } from './registry/registry.ts';
import { createServed, type ServedSettings } from './served.ts';

/** Who may deliver, as app.yml says; each with one secret or two. */
export interface WebhookSettings extends ServedSettings {
  readonly gitlab: readonly Omit<GitLabOptions, 'served'>[];
  readonly github: readonly Omit<GitHubOptions, 'served' | 'log'>[];
  readonly registries: readonly RegistryOptions[];
}

/** Milliseconds that a body may take to arrive. */
const patience = 10_000;

/** What answers below `/webhooks/`: `gitlab/<forge>`, `github/<forge>`, `registry/<host>`. A sender without a secret is as if not there, and said in the log. */
export async function createWebhooks(
  settings: WebhookSettings,
  ports: Omit<ReceivePorts, 'patience'> & { readonly patience?: number },
): Promise<Webhooks> {
  const served = createServed(settings);
  const { log } = ports;
  const open = <T extends { readonly secrets: readonly string[] }>(all: readonly T[], nameOf: (one: T) => string): readonly T[] =>
    all.filter((one) => {
      if (one.secrets.length === 0) log.info(`${nameOf(one)} has no webhookSecret: no webhook is taken from there`);
      return one.secrets.length > 0;
    });
  const senders = [
    ...open(settings.gitlab, ({ name }) => `forges.${name}`).map((one) => createGitLabSender({ ...one, served })),
    ...(await Promise.all(open(settings.github, ({ name }) => `forges.${name}`).map((one) => createGitHubSender({ ...one, served, log })))),
    ...open(settings.registries, ({ host }) => `registries["${host}"]`).map(createRegistrySender),
  ];
  return createReceiver(senders, { patience, ...ports });
}
