import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ForgeAccess } from './adapters/datasources/forge-files/access.ts';
import type { TagList } from './adapters/datasources/git-tags/datasource.ts';
import { createDatasources, httpHosts, type RegistrySettings } from './adapters/datasources/registry-settings.ts';
import { createHttpClient, type HostSettings, type HttpClient } from './adapters/http/client.ts';
import { openStore } from './adapters/store/sqlite.ts';
import { repositoryRef } from './config/repository.ts';
import type { Config, ForgeConfig, RegistryConfig } from './config/schema.ts';
import { OutsideError, UsageError } from './domain/errors.ts';
import type { Forge, RepositoryRef } from './domain/forge.ts';
import type { Redact } from './domain/redact.ts';
import type { Store } from './domain/store.ts';
import { readSource } from './updates/changelog/source.ts';
import type { Progress, ScanPorts, ScanSettings } from './updates/scan.ts';
import { createTexts } from './updates/texts.ts';

/** Everything that a command or the service works with, made from app.yml; the one place where parts are joined. */
export interface Services {
  readonly forges: ReadonlyMap<string, Forge>;
  readonly http: HttpClient;
  readonly settings: ScanSettings;
  /** What one scan, begun now, reaches the world through. */
  scanPorts(progress: Progress): ScanPorts;
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly redact: Redact;
  readonly warn: (text: string) => void;
}

/** Opens the store and makes the adapters; nothing is asked of anybody yet. Throws UsageError. */
export async function createServices(config: Config, { redact, warn }: ServiceOptions): Promise<Services> {
  const store = openStore(storeFolder(config.store.url));
  const registries = Object.fromEntries(Object.entries(config.registries).map(([host, registry]) => [host, registrySettings(registry)]));
  const http = createHttpClient({ hosts: { ...httpHosts(registries), ...forgeHosts(config.forges) }, store, redact });
  const forges = new Map<string, Forge>();
  for (const [name, forge] of Object.entries(config.forges))
    forges.set(name, await createForge(name, forge, { pages: config.server.url, http, store, warn }));
  const access = Object.values(config.forges).flatMap((one) => forgeAccess(one) ?? []);
  const datasources = createDatasources({
    registries,
    http,
    store,
    forges: access,
    localTags: (url) => localTags(forges, url),
  });
  const forge = (name: string): Forge => {
    const found = forges.get(name);
    if (found === undefined) throw new UsageError(`app.yml: there is no forge named "${name}"`);
    return found;
  };
  return {
    forges,
    http,
    settings: settingsOf(config),
    scanPorts: (progress) => {
      const now = new Date();
      return {
        forge,
        datasources,
        store,
        now,
        progress,
        texts: createTexts({ forges, download: (url) => download(http, access, url) }, now),
      };
    },
    close: async () => {
      await http.close();
      store.close();
    },
  };
}

/** How the REST API of a forge is asked for tags, releases and packages. */
function forgeAccess(forge: ForgeConfig): ForgeAccess | undefined {
  if (forge.type !== 'gitlab') return undefined;
  const { url, token } = forge;
  return { type: 'gitlab', url: url.replace(/\/+$/, ''), authorization: () => Promise.resolve({ 'private-token': token }) };
}

/** Tags of a repository of the embedded forge, by the address of its page. */
async function localTags(forges: ReadonlyMap<string, Forge>, url: string): Promise<TagList | undefined> {
  const local = new Map([...forges].filter(([, { traits }]) => traits.type === 'local'));
  const place = readSource(url, local);
  const found = place && local.get(place.forge);
  return place && found && (await found.exists(place.path)) ? { tags: await found.tags(place.path, '') } : undefined;
}

/** Bytes, packed. */
const largestBundle = 64 * 1024 * 1024;

/** A file of a forge of app.yml is asked for with that forge's token, which no redirect carries elsewhere. */
async function download(http: HttpClient, forges: readonly ForgeAccess[], url: string): Promise<Readable | undefined> {
  const forge = forges.find((one) => url.startsWith(`${one.url}/`));
  const { status, body } = await http.stream({ url, maxBytes: largestBundle, headers: (await forge?.authorization()) ?? {} });
  if (status === 200) return body;
  body.destroy();
  if (status === 404) return undefined;
  const { host, pathname } = new URL(url);
  throw new OutsideError(host, `GET ${host}${pathname} was answered ${status}`, { status });
}

function storeFolder(url: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url);
  if (url.startsWith('file:')) return url.slice('file:'.length);
  throw new UsageError(
    'store.url: only the embedded store (file:FOLDER) can be used by this version; several replicas over Postgres are yet to come',
  );
}

interface ForgeParts {
  /** Base URL of the pages that show the local forge. */
  readonly pages: string;
  readonly http: HttpClient;
  readonly store: Store;
  readonly warn: (text: string) => void;
}

async function createForge(name: string, config: ForgeConfig, { pages, http, store, warn }: ForgeParts): Promise<Forge> {
  switch (config.type) {
    case 'local': {
      const { createLocal } = await import('./adapters/forges/local/local.ts');
      return createLocal({ name, path: config.path, url: pages, warn });
    }
    case 'gitlab': {
      const { createGitLab } = await import('./adapters/forges/gitlab/gitlab.ts');
      return createGitLab({ name, url: config.url, token: config.token, http, store });
    }
    case 'github':
      throw new UsageError(`forges.${name}: type github can be configured, but this version cannot work with it yet; use gitlab or local`);
  }
}

function registrySettings({ ca, ...registry }: RegistryConfig): RegistrySettings {
  return { ...registry, ...(ca !== undefined && { ca: readFileSync(ca, 'utf8') }) };
}

function forgeHosts(forges: Config['forges']): Record<string, HostSettings> {
  return Object.fromEntries(
    Object.values(forges).flatMap((forge) =>
      forge.type === 'local' || forge.ca === undefined ? [] : [[new URL(forge.url).host, { ca: readFileSync(forge.ca, 'utf8') }]],
    ),
  );
}

function settingsOf({ environments, packages }: Config): ScanSettings {
  return {
    packages,
    environments: environments.map((one) =>
      'discover' in one
        ? { ...one, discover: { ...ref(one.discover), path: ref(one.discover).path.replace(/\/\*$/, '') } }
        : { ...one, repository: ref(one.repository) },
    ),
  };
}

function ref(text: string): RepositoryRef {
  const found = repositoryRef(text);
  if (found === undefined) throw new UsageError(`app.yml: "${text}" is not of the form FORGE:PATH`);
  return found;
}
