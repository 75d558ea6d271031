import type { Package } from './reference.ts';

/** One version of a package that a datasource knows. */
export interface Release {
  /** Exactly as the registry writes it, so that it can be written into a file. */
  readonly version: string;
  /** `sha256:…` where the listing tells it. */
  readonly digest?: string;
  /** Of the file itself, 64 hex digits, for bundles. */
  readonly sha256?: string;
  /** Of a git tag: the commit, 40 or 64 hex digits. */
  readonly commit?: string;
  /** RFC 3339, UTC, where the registry can tell. */
  readonly publishedAt?: string;
  /** Where it can be downloaded, for bundles. */
  readonly url?: string;
  /** The list does not tell whether its file is there: `details` does, and gives undefined where it is not. */
  readonly unproven?: true;
}

/** A list that may be incomplete (a failed page, a cap, a time-out) never leads to a lower version or a closed merge request. */
export interface ReleaseList {
  readonly releases: readonly Release[];
  readonly complete: boolean;
  /** Why it is incomplete, for people. */
  readonly problem?: string;
}

/** What a registry knows of exactly one digest or file. */
export interface ReleaseDetails {
  readonly digest?: string;
  readonly sha256?: string;
  readonly commit?: string;
  readonly publishedAt?: string;
  /** Digest per platform (`linux/amd64`), without attestations; a single manifest has one entry or none. */
  readonly platforms?: Readonly<Record<string, string>>;
  /** `org.opencontainers.image.*` labels and annotations, and the like; values are text from outside. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Datasource {
  /** All versions. Throws OutsideError when nothing at all could be learned. */
  releases(of: Package): Promise<ReleaseList>;
  /** Of a version, or of a digest where given; undefined when the registry does not have it. Throws OutsideError. */
  details(of: Package, version: string, digest?: string): Promise<ReleaseDetails | undefined>;
}
