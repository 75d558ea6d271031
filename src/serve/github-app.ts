import { randomBytes } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import type { Logger } from 'pino';
import { addressOf } from '../adapters/forges/github/address.ts';
import { appManifest, convertManifest, type MadeApp } from '../adapters/forges/github/app-manifest.ts';
import { type NewFiles, reserveFiles } from '../adapters/new-files.ts';
import type { Loaded } from '../config/load.ts';
import { lacksCredentials } from '../config/unfinished.ts';
import { appDone, appForm, appProblem } from '../dashboard/github-app.ts';
import { githubAppRoutes } from '../http/github-app.ts';
import { isLoopback } from '../http/origin.ts';
import type { Route } from '../http/server.ts';
import { githubHookEvents } from '../http/webhooks/github-events.ts';
import type { Services } from '../services.ts';
import { isPublished } from './reach.ts';

/** A page for each GitHub that has no credentials yet; the log says where. */
export function githubApps(loaded: Loaded, { http }: Pick<Services, 'http'>, log: Logger): readonly Route[] {
  return Object.entries(loaded.config.forges).flatMap(([name, forge]) =>
    forge.type === 'github' && lacksCredentials(forge) ? routesOf(name, addressOf(name, forge.url), { loaded, http, log }) : [],
  );
}

interface Parts extends Pick<Services, 'http'> {
  readonly loaded: Loaded;
  readonly log: Logger;
}

function routesOf(forge: string, { url: github, api }: ReturnType<typeof addressOf>, { loaded, http, log }: Parts): readonly Route[] {
  const { server } = loaded.config;
  const url = (server.url ?? '').replace(/(?<!\/)\/+$/, '');
  const reachable = isPublished(server);
  // Where people come through a proxy on this machine, all of them come from its own address.
  const trustLoopback = isLoopback(server.host) && !reachable;
  const code = randomBytes(24).toString('base64url');
  log.warn(
    `forges.${forge} has no credentials yet: make its GitHub App at ${url}/setup/github/${forge}${trustLoopback ? '' : `?code=${code}`}`,
  );
  const unreachable = reachable
    ? undefined
    : `server.url is ${url}, where GitHub reaches nobody: the App is made without a webhook. Write the public address into app.yml first to have one.`;
  return githubAppRoutes({
    forge,
    url: github,
    manifest: appManifest({ url, forge, events: githubHookEvents, reachable }),
    code,
    trustLoopback,
    finish: (given) => finish(forge, github, given, { http, api, ...filesOf(forge, loaded) }),
    pages: { start: (page) => appForm({ ...page, github, unreachable }), problem: appProblem },
    log,
    now: () => new Date(),
  });
}

interface Files {
  readonly key: string;
  readonly secret: string;
  /** Of app.yml. */
  readonly folder: string;
}

/** In the store's folder, which can be written to; beside app.yml where the store is a server. */
function filesOf(forge: string, { config, file }: Loaded): Files {
  const folder = dirname(file);
  const place = config.store.url.startsWith('file:/') ? config.store.url.slice('file:'.length) : folder;
  return { key: join(place, `${forge}.private-key.pem`), secret: join(place, `${forge}.webhook-secret`), folder };
}

/** The files come first: GitHub gives the key out once. */
async function finish(
  forge: string,
  github: string,
  code: string,
  { http, api, key, secret, folder }: Files & { readonly api: string } & Pick<Services, 'http'>,
): Promise<string> {
  const files = await reserveFiles([key, secret]);
  const made = await kept(files, () => convertManifest(http, api, code)).catch(async (error: unknown) => {
    await files.drop();
    throw error;
  });
  const named = (path: string): string => `./${relative(folder, path)}`;
  return appDone({
    forge,
    github,
    id: made.id,
    install: `${new URL(made.url).origin === new URL(github).origin ? made.url : github}/installations/new`,
    keyFile: named(key),
    secretFile: made.webhookSecret === undefined ? undefined : named(secret),
  });
}

async function kept(files: NewFiles, make: () => Promise<MadeApp>): Promise<MadeApp> {
  const made = await make();
  await files.write([made.privateKey, made.webhookSecret ?? '']);
  return made;
}
