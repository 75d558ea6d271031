import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Registry, startRegistry } from '../../../src/demo/registry.ts';
import { deployment, publish } from '../deployments.ts';
import { type GitLabServer, startGitLab } from '../gitlab-server/gitlab-server.ts';
import { freePorts } from '../ports.ts';
import { startSlack } from '../slack-server.ts';
import type { Dice } from './dice.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';

export const secret = 'b1946ac92492d2347c6235b4d2611184';
const slackToken = 'xoxb-0123456789-soak';

export const environments = ['dev', 'edge', 'production', 'staging'];
export const pathOf = (environment: string): string => `platform/environments/${environment}`;

/** Stand-ins, each behind a bad network, an app.yml that names them, and what was published. */
export interface SoakWorld {
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  /** Of the service. */
  readonly url: string;
  readonly apps: readonly string[];
  readonly gitlab: GitLabServer;
  readonly slack: Awaited<ReturnType<typeof startSlack>>;
  readonly networks: Readonly<Record<'gitlab' | 'registry' | 'slack', FaultyProxy>>;
  /** Pushes the app's next version; gives its image's name and its tag. */
  release(app: string): { readonly repository: string; readonly tag: string };
  newest(app: string): string;
  close(): Promise<void>;
}

export interface SoakWorldOptions {
  readonly folder: string;
  readonly dice: Dice;
  readonly apps: number;
  /** Cron: when everything is scanned. */
  readonly schedule: string;
  /** Milliseconds that GitLab and the registry take for each answer; default 0. */
  readonly delay?: number;
  /** Default: embedded. */
  readonly store?: string;
  /** Default: one that is free, and stays the same when the service is started again; 0: each replica takes one. */
  readonly port?: number;
}

export async function createSoakWorld(options: SoakWorldOptions): Promise<SoakWorld> {
  const { folder, dice, apps: count, schedule, store = 'file:./data', delay = 0 } = options;
  const [free = 0] = await freePorts(1);
  const { port = free } = options;
  const networks = { gitlab: await startFaultyProxy(dice), registry: await startFaultyProxy(dice), slack: await startFaultyProxy(dice) };
  const registry = await startRegistry({ delay });
  const gitlab = await startGitLab({ externalUrl: networks.gitlab.url, delayMs: delay });
  const slack = await startSlack(slackToken, environments);
  networks.gitlab.lead(gitlab.address);
  networks.registry.lead(registry.url);
  networks.slack.lead(new URL(slack.url).origin);
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'app.yml');
  writeFileSync(config, configuration({ url, port, schedule, store, token: gitlab.token, networks }));
  const apps = Array.from({ length: count }, (_, at) => `app-${at}`);
  const versions = new Map(apps.map((app) => [app, 0]));
  for (const app of apps) publish(registry, `shop/${app}`, '1.0.0');
  const files = Object.fromEntries(apps.map((app) => [`${app}.yaml`, deployment(`${networks.registry.host}/shop/${app}:1.0.0`)]));
  for (const environment of environments) await gitlab.createProject(pathOf(environment), files);
  const newest = (app: string): string => `1.${versions.get(app) ?? 0}.0`;
  return {
    config,
    env: { GITLAB_TOKEN: gitlab.token, SLACK_TOKEN: slackToken, HOOK_SECRET: secret },
    url,
    apps,
    gitlab,
    slack,
    networks,
    newest,
    release: (app) => release(registry, versions, app),
    close: async () => {
      await Promise.all([gitlab.close(), slack.close(), registry.close(), ...Object.values(networks).map((one) => one.close())]);
    },
  };
}

function release(registry: Registry, versions: Map<string, number>, app: string) {
  const [repository, minor] = [`shop/${app}`, (versions.get(app) ?? 0) + 1];
  versions.set(app, minor);
  publish(registry, repository, `1.${minor}.0`);
  return { repository, tag: `1.${minor}.0` };
}

/** JSON is YAML too. */
const configuration = ({
  url,
  port,
  schedule,
  store,
  networks: { gitlab, registry, slack },
}: {
  readonly url: string;
  readonly port: number;
  readonly schedule: string;
  readonly store: string;
  readonly token: string;
  readonly networks: SoakWorld['networks'];
}): string =>
  JSON.stringify({
    server: { port, url },
    schedule: { scan: schedule },
    store: { url: store },
    forges: { gitlab: { type: 'gitlab', url: gitlab.url, token: '${GITLAB_TOKEN}', webhookSecret: '${HOOK_SECRET}' } },
    registries: { [registry.host]: { insecure: true, webhookSecret: '${HOOK_SECRET}' } },
    environments: environments.map((name) => ({ name, repository: `gitlab:${pathOf(name)}` })),
    notifications: {
      slack: {
        token: '${SLACK_TOKEN}',
        url: `${slack.url}/api/`,
        channel: '#dev',
        channels: Object.fromEntries(environments.map((name) => [name, `#${name}`])),
      },
    },
  });
