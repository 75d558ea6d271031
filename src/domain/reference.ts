/** How the versions of a package are found; one adapter per name. */
export type DatasourceName = 'oci' | 'nexus-raw' | 'helm' | 'git-tags' | 'gitlab-releases' | 'gitlab-packages' | 'github-releases';

/** What a reference points to, independent of its version. */
export interface Package {
  readonly datasource: DatasourceName;
  /** What people read and what `packages[].match` is compared with: `registry.example.com/payments/billing`; never with a scheme, a version or credentials. */
  readonly name: string;
  /**
   * Where to ask. Of a file (`nexus-raw`, `gitlab-packages`, `gitlab-releases`, `github-releases`): its URL with every place of the version
   * replaced by `{version}`. Of `helm`: the chart repository, `https://…` without `index.yaml`, or `oci://…` with the chart. Of `git-tags`: what git clones.
   */
  readonly url?: string;
  /** Only for `helm`: the chart's name in the repository's index. */
  readonly chart?: string;
}

/** Two references with the same key are looked up once. */
export const packageKey = (of: Package): string => `${of.datasource} ${of.url ?? of.name}${of.chart === undefined ? '' : ` ${of.chart}`}`;

/** A file of manifests whose address holds the version: it can be downloaded, and compared with another version's. */
export const isBundle = (of: Package): boolean => of.url?.includes('{version}') === true;

/** What a stretch of text in a file stands for. `sha256` is 64 hex digits without a prefix, `digest` is `sha256:` with them, `commit` a git commit's 40 or 64. */
export type Holds = 'version' | 'digest' | 'sha256' | 'commit';

/** A stretch of a file's text that an update replaces; UTF-16 offsets into the decoded text (a byte order mark counts as one). */
export interface Spot {
  readonly start: number;
  readonly end: number;
  /** The text that stands there, to be found there again before it is replaced. */
  readonly text: string;
  readonly holds: Holds;
}

/** One place in one file that names a version of a package. */
export interface Reference {
  readonly app: string;
  /** Path from the repository's root, with `/`. */
  readonly file: string;
  /** 1-based line of the version. */
  readonly line: number;
  readonly package: Package;
  /** As written: `1.4.2`, `v1.4`; the empty string where only a digest is written. */
  readonly version: string;
  /** `sha256:…` where written. */
  readonly digest?: string;
  readonly spots: readonly Spot[];
  /** Why this reference is not looked up (a variable, a template, a float); absent for every ordinary one. */
  readonly skip?: string;
}

/** Something that could not be read, by name; the rest of the repository is scanned all the same. */
export interface Warning {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** A file's text exactly as its bytes say (a byte order mark and line ends included): encoding it as UTF-8 gives the bytes back. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}
