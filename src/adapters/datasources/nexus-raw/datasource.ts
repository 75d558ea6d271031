import { OutsideError } from '../../../domain/errors.ts';
import type { Package } from '../../../domain/reference.ts';
import type { Datasource, Release, ReleaseDetails, ReleaseList } from '../../../domain/release.ts';
import type { HttpClient } from '../../http/client.ts';
import type { DatasourceOptions } from '../registry-settings.ts';
import { type Asset, type AssetList, listAssets, pageLimit, type SearchFilter, searchAssets } from './listing.ts';
import { folderFilter, locateRaw, nameFilters, type RawLocation, versionAt, withVersion } from './pattern.ts';

/** How long a list of files serves every package in the same folder: as long as a scan. Milliseconds. */
const sharedFor = 120_000;

/** Pages of a folder that are read before its packages are searched for one by one. */
const crowd = 20;

/** Files in a raw repository of Sonatype Nexus 3. */
export function createNexusRaw(options: Pick<DatasourceOptions, 'http'>): Datasource {
  return new NexusRaw(options.http);
}

class NexusRaw implements Datasource {
  readonly #http: HttpClient;
  readonly #lists = new Map<string, { readonly until: number; readonly list: Promise<AssetList | undefined> }>();

  constructor(http: HttpClient) {
    this.#http = http;
  }

  async releases(of: Package): Promise<ReleaseList> {
    const at = locateRaw(of);
    const { releases, problem } = await this.#find(at);
    return { releases: [...releases.values()], complete: problem === undefined, ...(problem === undefined ? {} : { problem }) };
  }

  async details(of: Package, version: string): Promise<ReleaseDetails | undefined> {
    const at = locateRaw(of);
    const { releases, problem } = await this.#find(at);
    const release = releases.get(version);
    if (release === undefined && problem !== undefined) throw new OutsideError(at.host, `looking for ${of.name} ${version}: ${problem}`);
    if (release === undefined) return undefined;
    const { sha256, publishedAt } = release;
    return { labels: {}, ...(sha256 === undefined ? {} : { sha256 }), ...(publishedAt === undefined ? {} : { publishedAt }) };
  }

  /** By search; the whole repository is listed where search is forbidden or its index knows nothing of the package. */
  async #find(at: RawLocation): Promise<Found> {
    const searched = await this.#search(at);
    if (searched !== undefined) return searched;
    const listed = await this.#shared(`${at.base} ${at.repository}`, () => listAssets(this.#http, at));
    return found(at, listed);
  }

  /** In the package's folder, which its neighbours share; in a crowded one by the beginning of its name. */
  async #search(at: RawLocation): Promise<Found | undefined> {
    const group = folderFilter(at.path);
    const folder = await this.#searched(at, group === undefined ? {} : { group }, group === undefined ? pageLimit : crowd);
    const names = folder?.crowded === true ? nameFilters(at.path) : [];
    for (const name of names) {
      const own = found(at, await this.#searched(at, { name }, pageLimit));
      if (own.releases.size > 0) return own;
    }
    const all = found(at, folder);
    return all.releases.size > 0 || all.problem !== undefined ? all : undefined;
  }

  #searched(at: RawLocation, filter: SearchFilter, pages: number): Promise<AssetList | undefined> {
    return this.#shared(JSON.stringify([at.base, at.repository, filter]), () => searchAssets(this.#http, at, filter, pages));
  }

  #shared(key: string, ask: () => Promise<AssetList | undefined>): Promise<AssetList | undefined> {
    const known = this.#lists.get(key);
    if (known !== undefined && known.until > Date.now()) return known.list;
    const list = ask();
    this.#lists.set(key, { until: Date.now() + sharedFor, list });
    return list;
  }
}

interface Found {
  readonly releases: ReadonlyMap<string, Release>;
  readonly problem?: string;
}

function found(at: RawLocation, list: AssetList | undefined): Found {
  const releases = new Map<string, Release>();
  for (const asset of list?.assets ?? []) {
    const version = versionAt(at.path, asset.path);
    if (version !== undefined && !releases.has(version)) releases.set(version, release(at, version, asset));
  }
  return { releases, ...(list?.problem === undefined ? {} : { problem: list.problem }) };
}

/** The address that Nexus gives counts only where it is on the host that was asked. */
function release(at: RawLocation, version: string, { downloadUrl, sha256, lastModified }: Asset): Release {
  const sameOrigin = downloadUrl !== undefined && URL.canParse(downloadUrl) && new URL(downloadUrl).origin === new URL(at.base).origin;
  return {
    version,
    url: sameOrigin ? downloadUrl : withVersion(at.url, version),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(lastModified === undefined ? {} : { publishedAt: lastModified }),
  };
}
