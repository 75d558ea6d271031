import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { downloadBundle } from './adapters/datasources/download.ts';
import type { ForgeAccess } from './adapters/datasources/forge-files/access.ts';
import type { TagList } from './adapters/datasources/git-tags/datasource.ts';
import { createDatasources, httpHosts, type RegistrySettings } from './adapters/datasources/registry-settings.ts';
import type { Credentials } from './adapters/forges/github/account.ts';
import { createHttpClient, type HostSettings, type HttpClient, type HttpClientOptions } from './adapters/http/client.ts';
import { openPersistence, type Persistence } from './adapters/store/open.ts';
import type { Loaded } from './config/load.ts';
import { repositoryRef } from './config/repository.ts';
import type { Config, ForgeConfig, RegistryConfig } from './config/schema.ts';
import { lacksCredentials } from './config/unfinished.ts';
import { UsageError } from './domain/errors.ts';
import type { Forge, RepositoryRef } from './domain/forge.ts';
import type { Journal } from './domain/journal.ts';
import type { Redact } from './domain/redact.ts';
import type { Store } from './domain/store.ts';
import type { WatchedForge } from './domain/watched-forge.ts';
import type { ForgetfulForge, StoppingForge, WebhookForge } from './domain/webhook-forge.ts';
import { anchorPrefix, anchorsAmong } from './journal/anchor.ts';
import type { Anchor } from './journal/chain.ts';
import { createJournal } from './journal/record.ts';
import { readSource } from './updates/changelog/source.ts';
import type { Progress, ScanPorts, ScanSettings } from './updates/scan.ts';
import { createTexts } from './updates/texts.ts';

/** Everything that a command or the service works with, made from app.yml; the one place where parts are joined. */
export interface Services {
  readonly forges: ReadonlyMap<string, Forge>;
  readonly http: HttpClient;
  readonly settings: ScanSettings;
  readonly persistence: Persistence;
  /** What features record in, and what keeps it. */
  readonly journal: Journal;
  /** Hashes of the journal that were put elsewhere. */
  anchors(): Promise<readonly Anchor[]>;
  /** Webhooks and labels of a forge; undefined for one that has none. */
  webhookForge(name: string): Promise<ConnectedWebhooks | undefined>;
  /** A forge that is to be looked at, as it tells nobody of pushes; undefined for all others. */
  watchedForge(name: string): Promise<WatchedForge | undefined>;
  /** The bytes of a bundle; undefined when there is none at the URL. Throws OutsideError. */
  download(url: string): Promise<Readable | undefined>;
  /** What one scan, begun now, reaches the world through. */
  scanPorts(progress: Progress, signal: AbortSignal): ScanPorts;
  close(): Promise<void>;
}

export interface ServiceOptions extends Pick<HttpClientOptions, 'wait' | 'deadline' | 'asked'> {
  readonly redact: Redact;
  readonly warn: (text: string) => void;
  /** Goes without forges that have no credentials yet; else they are a mistake. */
  readonly unfinished?: boolean;
}

/** Opens the store and makes the adapters; nothing is asked of forges and registries yet. Throws UsageError, and OutsideError for a database that cannot be reached. */
export async function createServices(loaded: Pick<Loaded, 'config' | 'placeOf'>, options: ServiceOptions): Promise<Services> {
  const persistence = await openPersistence(loaded.config.store.url, options.warn);
  try {
    return await joined(loaded, options, persistence);
  } catch (error) {
    await persistence.close(); // its connections would keep the process waiting
    throw error;
  }
}

async function joined(
  { config, placeOf }: Pick<Loaded, 'config' | 'placeOf'>,
  { redact, warn, unfinished = false, ...transport }: ServiceOptions,
  persistence: Persistence,
): Promise<Services> {
  const { store, locks } = persistence;
  const registries = Object.fromEntries(
    Object.entries(config.registries).map(([host, registry]) => [host, registrySettings(host, registry)]),
  );
  const http = createHttpClient({
    hosts: { ...httpHosts(registries), ...forgeHosts(config.forges) },
    store,
    redact,
    ...transport,
  });
  const made = new Map<string, ConnectedForge>();
  for (const [name, forge] of Object.entries(config.forges).filter(([, one]) => !unfinished || !lacksCredentials(one)))
    made.set(name, await createForge(name, forge, { pages: config.server.url, http, store, warn }));
  const forges = new Map([...made].map(([name, { forge }]) => [name, forge]));
  const access = [...made.values()].flatMap((one) => one.access ?? []);
  const journal = createJournal(
    () => persistence.journal(),
    () => new Date(),
  );
  const datasources = createDatasources({ registries, http, store, forges: access, localTags: (url) => localTags(forges, url) });
  const download = (url: string): Promise<Readable | undefined> => downloadBundle(http, access, url);
  return {
    forges,
    http,
    settings: settingsOf(config, placeOf),
    persistence,
    journal,
    anchors: () => anchorsOf(config.journal.anchor.repository, forges),
    webhookForge: (name) => createWebhookForge(name, config.forges[name], http),
    watchedForge: (name) => createWatchedForge(name, config.forges[name]),
    download,
    scanPorts: (progress, signal) => {
      const now = new Date();
      const views = new Map([...made].map(([name, { forScan }]) => [name, forScan()]));
      const texts = createTexts({ forges, download }, now);
      return { forge: named(views), forgeNow: named(forges), datasources, store, locks, journal, now, progress, texts, signal };
    },
    close: async () => {
      await http.close();
      await persistence.close();
    },
  };
}

/** The journal's anchors among the tags of the repository that app.yml names. */
async function anchorsOf(repository: string | undefined, forges: ReadonlyMap<string, Forge>): Promise<Anchor[]> {
  const place = repository === undefined ? undefined : repositoryRef(repository);
  if (place === undefined || repository === undefined) return [];
  const tags = await forges.get(place.forge)?.tags(place.path, anchorPrefix);
  return anchorsAmong(tags ?? [], repository);
}

const named =
  (forges: ReadonlyMap<string, Forge>) =>
  (name: string): Forge => {
    const found = forges.get(name);
    if (found === undefined) throw new UsageError(`forges.${name}: there is no token and no GitHub App yet`); // that it is in app.yml was checked
    return found;
  };

/** Tags of a repository of the embedded forge, by the address of its page. */
async function localTags(forges: ReadonlyMap<string, Forge>, url: string): Promise<TagList | undefined> {
  const local = new Map([...forges].filter(([, { traits }]) => traits.type === 'local'));
  const place = readSource(url, local);
  const found = place && local.get(place.forge);
  return place && found && (await found.exists(place.path)) ? { tags: await found.tags(place.path, '') } : undefined;
}

interface ForgeParts {
  /** Base URL of the pages that show the local forge. */
  readonly pages: string;
  readonly http: HttpClient;
  readonly store: Store;
  readonly warn: (text: string) => void;
}

interface ConnectedForge {
  readonly forge: Forge;
  /** The forge for the life of one scan. */
  readonly forScan: () => Forge;
  /** How its REST API is asked for tags, releases and packages. */
  readonly access?: ForgeAccess;
}

async function createForge(name: string, config: ForgeConfig, { pages, http, store, warn }: ForgeParts): Promise<ConnectedForge> {
  switch (config.type) {
    case 'local': {
      const { createLocal } = await import('./adapters/forges/local/local.ts');
      const forge = createLocal({ name, path: config.path, url: pages, warn });
      return { forge, forScan: () => forge };
    }
    case 'gitlab': {
      const { createGitLab } = await import('./adapters/forges/gitlab/gitlab.ts');
      const forge = createGitLab({ name, url: config.url, token: config.token, http, store });
      const authorization = () => Promise.resolve({ 'private-token': config.token });
      return { forge, forScan: () => forge.forScan(), access: { type: 'gitlab', url: forge.traits.url, authorization } };
    }
    case 'github': {
      const { createGitHub } = await import('./adapters/forges/github/github.ts');
      const forge = createGitHub({ name, url: config.url, credentials: githubCredentials(name, config), http, store });
      const authorization = async (path: string): Promise<Record<string, string>> => {
        const header = await forge.reading(path.split('/')[0] ?? '');
        return header === undefined ? {} : { authorization: header };
      };
      return { forge, forScan: () => forge, access: { type: 'github', url: forge.traits.url, authorization } };
    }
  }
}

export type ConnectedWebhooks =
  | { readonly type: 'gitlab'; readonly forge: WebhookForge & StoppingForge }
  | { readonly type: 'github'; readonly forge: WebhookForge & ForgetfulForge };

async function createWebhookForge(name: string, config: ForgeConfig | undefined, http: HttpClient): Promise<ConnectedWebhooks | undefined> {
  if (config === undefined || config.type === 'local' || lacksCredentials(config)) return undefined;
  if (config.type === 'gitlab') {
    const { createGitLabWebhooks } = await import('./adapters/forges/gitlab/webhooks.ts');
    return { type: 'gitlab', forge: createGitLabWebhooks({ name, url: config.url, token: config.token, http }) };
  }
  const { createGitHubWebhooks } = await import('./adapters/forges/github/webhooks.ts');
  return { type: 'github', forge: createGitHubWebhooks({ name, url: config.url, credentials: githubCredentials(name, config), http }) };
}

async function createWatchedForge(name: string, config: ForgeConfig | undefined): Promise<WatchedForge | undefined> {
  if (config?.type !== 'local') return undefined;
  const { createLocalWatch } = await import('./adapters/forges/local/watch.ts');
  return createLocalWatch({ name, path: config.path });
}

/** That there is one of the two, app.yml was checked for. */
export function githubCredentials(name: string, { token, appId, privateKey }: Extract<ForgeConfig, { type: 'github' }>): Credentials {
  if (token !== undefined) return { token };
  if (appId !== undefined && privateKey !== undefined) return { appId, privateKey };
  throw new UsageError(
    `forges.${name}: needs a token, or appId and privateKey of a GitHub App; lockkeeper serve shows a page that makes the App`,
  );
}

function registrySettings(host: string, { ca, ...registry }: RegistryConfig): RegistrySettings {
  return { ...registry, ...(ca !== undefined && { ca: authority(`registries["${host}"].ca`, ca) }) };
}

function forgeHosts(forges: Config['forges']): Record<string, HostSettings> {
  return Object.fromEntries(
    Object.entries(forges).flatMap(([name, forge]) =>
      forge.type === 'local' || forge.ca === undefined ? [] : [[new URL(forge.url).host, { ca: authority(`forges.${name}.ca`, forge.ca) }]],
    ),
  );
}

/** The PEM text in a file. Without the path in an error: the text itself may have been put where its path belongs. */
function authority(key: string, path: string): string {
  const expected = 'expected the path of a PEM file with the certificate, relative to the folder of app.yml';
  const text = readAuthority(path, `${key}: ${expected}`);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new UsageError(`${key}: ${expected}; that file holds no certificate`);
}

function readAuthority(path: string, problem: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${problem}; it cannot be read (${Error.isError(error) && 'code' in error ? String(error.code) : 'no path'})`);
  }
}

/** With the place of each rule, so that what it holds back can be looked up in app.yml. */
function settingsOf({ environments, packages }: Config, placeOf: Loaded['placeOf']): ScanSettings {
  return {
    packages: packages.map((rule, at) => ({
      ...rule,
      where: { allow: placeOf(`/packages/${at}/allow`), ignore: placeOf(`/packages/${at}/ignore`) },
    })),
    environments: environments.map((one, at) => {
      const where = (key: string): string => placeOf(`/environments/${at}/updates/${key}`);
      const places = { types: where('types'), windows: where('windows'), after: where('after'), maxOpen: where('maxOpen') };
      const updates = { ...one.updates, where: places };
      return 'discover' in one
        ? { ...one, updates, discover: { ...ref(one.discover), path: ref(one.discover).path.replace(/\/\*$/, '') } }
        : { ...one, updates, repository: ref(one.repository) };
    }),
  };
}

function ref(text: string): RepositoryRef {
  const found = repositoryRef(text);
  if (found === undefined) throw new UsageError(`app.yml: "${text}" is not of the form FORGE:PATH`);
  return found;
}
