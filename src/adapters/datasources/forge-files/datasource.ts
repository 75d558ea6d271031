import { OutsideError } from '../../../domain/errors.ts';
import type { Package } from '../../../domain/reference.ts';
import type { Datasource, Release, ReleaseDetails, ReleaseList } from '../../../domain/release.ts';

/** A release with what is known of where it comes from. */
export interface FileRelease {
  readonly release: Release;
  readonly labels: Readonly<Record<string, string>>;
}

export interface FileReleases {
  readonly releases: readonly FileRelease[];
  /** Why there may be more. */
  readonly problem?: string;
}

/** How one forge is asked for the releases that have a package's file, and for what a list does not tell of one of them. */
export interface FileSource {
  list(of: Package): Promise<FileReleases>;
  complete?(of: Package, release: FileRelease): Promise<FileRelease | undefined>;
}

/** How long a list serves all that is asked of it: as long as a scan. Milliseconds. */
const sharedFor = 120_000;

/** Files of releases or packages of a forge, whose address holds the version. */
export function createFileDatasource(source: FileSource): Datasource {
  const lists = new Map<string, { readonly until: number; readonly list: Promise<FileReleases> }>();
  const listOf = (of: Package): Promise<FileReleases> => {
    const key = of.url ?? of.name;
    const known = lists.get(key);
    if (known !== undefined && known.until > Date.now()) return known.list;
    const list = source.list(of);
    lists.set(key, { until: Date.now() + sharedFor, list });
    return list;
  };
  return {
    async releases(of): Promise<ReleaseList> {
      const { releases, problem } = await listOf(of);
      return {
        releases: releases.map(({ release }) => release),
        complete: problem === undefined,
        ...(problem !== undefined && { problem }),
      };
    },
    async details(of, version): Promise<ReleaseDetails | undefined> {
      const { releases, problem } = await listOf(of);
      const listed = releases.find(({ release }) => release.version === version);
      if (listed === undefined && problem !== undefined)
        throw new OutsideError(of.name, `looking for ${version} of ${of.name}: ${problem}`);
      const found = listed && source.complete !== undefined ? await source.complete(of, listed) : listed;
      if (found === undefined) return undefined;
      const { sha256, publishedAt } = found.release;
      return {
        labels: found.labels,
        ...(sha256 !== undefined && { sha256 }),
        ...(publishedAt !== undefined && { publishedAt }),
      };
    },
  };
}
