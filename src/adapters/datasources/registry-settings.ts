import type { DatasourceName } from '../../domain/reference.ts';
import type { Datasource } from '../../domain/release.ts';
import type { Store } from '../../domain/store.ts';
import type { HostSettings, HttpClient } from '../http/client.ts';
import type { ForgeAccess } from './forge-files/access.ts';
import { createFileDatasource } from './forge-files/datasource.ts';
import { forgeTags } from './forge-files/forge-tags.ts';
import { githubReleases } from './forge-files/github.ts';
import { gitlabPackages, gitlabReleases } from './forge-files/gitlab.ts';
import { createGitTags, type ForgeTags } from './git-tags/datasource.ts';
import { createHelm } from './helm/datasource.ts';
import { createNexusRaw } from './nexus-raw/datasource.ts';
import { createOci } from './oci/datasource.ts';

/** What app.yml says of one registry, by `host[:port]`. */
export interface RegistrySettings {
  readonly type: 'oci' | 'nexus';
  readonly username?: string;
  readonly password?: string;
  /** Plain http. */
  readonly insecure?: boolean;
  /** PEM text of a private authority. */
  readonly ca?: string;
  /** Other hosts (`host[:port]`) to whose token service the credentials may be sent. */
  readonly tokenHosts?: readonly string[];
  /** Requests at once. */
  readonly concurrency?: number;
}

export interface DatasourceOptions {
  /** A host that is not listed is an anonymous OCI registry, or an anonymous Nexus where a bundle's URL points to it. */
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  /** Made with `httpHosts(registries)`. */
  readonly http: HttpClient;
  /** Keeps what never changes, in the space `oci`. */
  readonly store: Store;
  /** Of app.yml, with an API: asked for what lies on them with their own authorization. */
  readonly forges?: readonly ForgeAccess[];
  /** Tags of repositories that lie on this machine; undefined for any other. */
  readonly localTags?: ForgeTags;
}

export function createDatasources(options: DatasourceOptions): Record<DatasourceName, Datasource> {
  const { http, forges = [] } = options;
  const oci = createOci(options);
  return {
    oci,
    'nexus-raw': createNexusRaw(options),
    helm: createHelm(options, oci),
    'git-tags': createGitTags(async (url) => (await options.localTags?.(url)) ?? forgeTags(http, forges)(url), options.registries),
    'gitlab-releases': createFileDatasource(gitlabReleases(http, forges)),
    'gitlab-packages': createFileDatasource(gitlabPackages(http, forges)),
    'github-releases': createFileDatasource(githubReleases(http, forges)),
  };
}

/**
 * The hosts' settings for the HTTP client. Credentials of an OCI registry are not among them: it is asked for a challenge first,
 * and only the right one of its hosts gets them. A Nexus gets them with every request, bundle downloads included.
 */
export function httpHosts(registries: Readonly<Record<string, RegistrySettings>>): Record<string, HostSettings> {
  return Object.fromEntries(
    Object.entries(registries).map(([host, { type, username, password, insecure, ca, concurrency }]) => [
      host,
      {
        ...(type === 'nexus' && username !== undefined ? { username } : {}),
        ...(type === 'nexus' && password !== undefined ? { password } : {}),
        ...(insecure === undefined ? {} : { insecure }),
        ...(ca === undefined ? {} : { ca }),
        ...(concurrency === undefined ? {} : { concurrency }),
      },
    ]),
  );
}
