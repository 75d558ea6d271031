import { RefusedError } from '../../../domain/errors.ts';
import type { Package } from '../../../domain/reference.ts';
import type { Datasource, ReleaseDetails, ReleaseList } from '../../../domain/release.ts';
import type { DatasourceOptions } from '../registry-settings.ts';
import { detailsOf, releaseOf } from './entry.ts';
import { Indexes } from './indexes.ts';

/** Helm charts, from a repository with an index.yaml or an OCI registry. */
export function createHelm(options: DatasourceOptions, oci: Datasource): Datasource {
  return new Helm(options, oci);
}

class Helm implements Datasource {
  readonly #oci: Datasource;
  readonly #indexes: Indexes;

  constructor(options: DatasourceOptions, oci: Datasource) {
    this.#oci = oci;
    this.#indexes = new Indexes(options);
  }

  async releases(of: Package): Promise<ReleaseList> {
    const artifact = artifactOf(of);
    if (artifact !== undefined) {
      const list = await this.#oci.releases(artifact);
      return { ...list, releases: list.releases.map((release) => ({ ...release, version: release.version.replaceAll('_', '+') })) };
    }
    const { repository, chart, host } = locateChart(of);
    const entries = await this.#indexes.chart(repository, chart);
    if (entries.length === 0)
      throw new RefusedError(host, `the index of ${repository} has no chart "${chart}"; check its name`, { status: 404 });
    return { releases: entries.map(releaseOf), complete: true };
  }

  async details(of: Package, version: string, digest?: string): Promise<ReleaseDetails | undefined> {
    const artifact = artifactOf(of);
    if (artifact !== undefined) return this.#oci.details(artifact, version.replaceAll('+', '_'), digest);
    const { repository, chart } = locateChart(of);
    const entry = (await this.#indexes.chart(repository, chart)).find((one) => one.version === version);
    return entry && detailsOf(entry);
  }
}

/** A tag cannot hold a plus: Helm writes an underscore. https://helm.sh/docs/topics/registries/#oci-feature-deprecation-and-behavior-changes-with-v380 */
function artifactOf({ url = '' }: Package): Package | undefined {
  const address = /^oci:\/\/(.+)$/i.exec(url)?.[1];
  return address === undefined ? undefined : { datasource: 'oci', name: address };
}

function locateChart({ url = '', chart, name }: Package): { readonly repository: string; readonly chart: string; readonly host: string } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || chart === undefined || !/^https?:$/.test(parsed.protocol))
    throw new RefusedError(parsed?.host ?? name, `${url} is not the address of a chart repository`);
  return { repository: url, chart, host: parsed.host };
}
