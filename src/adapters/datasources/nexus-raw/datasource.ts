import { OutsideError } from '../../../domain/errors.ts';
import type { Package } from '../../../domain/reference.ts';
import type { Datasource, Release, ReleaseDetails, ReleaseList } from '../../../domain/release.ts';
import type { HttpClient } from '../../http/client.ts';
import type { DatasourceOptions } from '../registry-settings.ts';
import { type Asset, type AssetList, listAssets, searchAssets } from './listing.ts';
import { folderFilter, locateRaw, type RawLocation, versionAt, withVersion } from './pattern.ts';

/** How long a list of files serves every package in the same folder: as long as a scan. Milliseconds. */
const sharedFor = 120_000;

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

  /** By search, narrowed to the folder; the whole repository is listed where search is forbidden or its index knows nothing of the package. */
  async #find(at: RawLocation): Promise<{ readonly releases: ReadonlyMap<string, Release>; readonly problem?: string }> {
    const group = folderFilter(at.path);
    const prefix = `${at.base} ${at.repository}`;
    const searched = await this.#shared(`${prefix} search ${group ?? ''}`, () => searchAssets(this.#http, at, group));
    const found = releasesAmong(at, searched?.assets ?? []);
    if (found.size > 0 || searched?.problem !== undefined) return { releases: found, ...problemOf(searched) };
    const listed = await this.#shared(`${prefix} list`, () => listAssets(this.#http, at));
    return { releases: releasesAmong(at, listed?.assets ?? []), ...problemOf(listed) };
  }

  #shared(key: string, ask: () => Promise<AssetList | undefined>): Promise<AssetList | undefined> {
    const known = this.#lists.get(key);
    if (known !== undefined && known.until > Date.now()) return known.list;
    const list = ask();
    this.#lists.set(key, { until: Date.now() + sharedFor, list });
    return list;
  }
}

const problemOf = (list: AssetList | undefined): { problem?: string } => (list?.problem === undefined ? {} : { problem: list.problem });

function releasesAmong(at: RawLocation, assets: readonly Asset[]): Map<string, Release> {
  const found = new Map<string, Release>();
  for (const asset of assets) {
    const version = versionAt(at.path, asset.path);
    if (version !== undefined && !found.has(version)) found.set(version, release(at, version, asset));
  }
  return found;
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
