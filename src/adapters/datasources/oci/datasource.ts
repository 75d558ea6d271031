import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { Package } from '../../../domain/reference.ts';
import type { Datasource, ReleaseDetails, ReleaseList } from '../../../domain/release.ts';
import type { Store } from '../../../domain/store.ts';
import type { DatasourceOptions } from '../registry-settings.ts';
import { Details } from './details.ts';
import { type Location, locate } from './location.ts';
import { isDigest } from './manifest.ts';
import { Registries } from './registry.ts';
import { listTags, type PageSize, pageSizes, type TagPages } from './tags.ts';

/** Any registry with the distribution specification's read API. */
export function createOci(options: DatasourceOptions): Datasource {
  return new Oci(options);
}

class Oci implements Datasource {
  readonly #options: DatasourceOptions;
  readonly #store: Store;
  readonly #registries: Registries;
  readonly #details: Details;

  constructor(options: DatasourceOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#registries = new Registries(options.http);
    this.#details = new Details(this.#registries, options.store);
  }

  async releases(of: Package): Promise<ReleaseList> {
    const at = locate(of.name, this.#options.registries);
    for (const repository of await this.#names(at)) {
      const found = await this.#tags(at, repository);
      if (found === undefined) continue;
      await this.#rememberName(at, repository);
      return found.list;
    }
    throw new RefusedError(at.host, `${at.host} has no repository ${at.repository}; check the image's name`, { status: 404 });
  }

  async details(of: Package, version: string, digest?: string): Promise<ReleaseDetails | undefined> {
    const at = locate(of.name, this.#options.registries);
    if (digest !== undefined && !isDigest(digest)) throw new OutsideError(at.host, `the digest given for ${of.name} is malformed`);
    for (const repository of await this.#names(at)) {
      const exact = digest ?? (await this.#details.digest(at, repository, version));
      const found = exact === undefined ? undefined : await this.#details.ofDigest(at, repository, exact);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #tags(at: Location, repository: string): Promise<TagPages | undefined> {
    const key = `page-size ${at.host}`;
    const hint = (await this.#store.get<number>('oci', key)) ?? pageSizes[0];
    const start: PageSize = pageSizes.find((size) => size === hint);
    const found = await listTags(this.#registries, at, repository, start);
    if (found !== undefined && found.pageSize !== start) await this.#store.put('oci', key, found.pageSize ?? 0);
    return found;
  }

  /** The names to ask under, the one that worked last time first. */
  async #names(at: Location): Promise<readonly string[]> {
    if (at.alternative === undefined) return [at.repository];
    const known = await this.#store.get<string>('oci', nameKey(at));
    return known === at.alternative ? [at.alternative, at.repository] : [at.repository, at.alternative];
  }

  async #rememberName(at: Location, repository: string): Promise<void> {
    if (at.alternative === undefined) return;
    const known = await this.#store.get<string>('oci', nameKey(at));
    if (repository === (known ?? at.repository)) return;
    await this.#store.put('oci', nameKey(at), repository);
  }
}

const nameKey = (at: Location): string => `name ${at.host}/${at.repository}`;
