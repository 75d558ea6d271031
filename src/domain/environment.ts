/** What `environment.yml` says (design.md, section 5). A repository without one is an environment too: see `noEnvironmentFile`. */
export interface Environment {
  readonly name?: string;
  readonly manifests: readonly ManifestSource[];
  readonly apps: Readonly<Record<string, AppSettings>>;
  readonly prune: { readonly protect: readonly string[] };
}

/** A folder or file of the repository, or a bundle; `sha256` (64 hex digits) where it is pinned. A URL may hold credentials: never show it as it is. */
export type ManifestSource = { readonly path: string } | { readonly url: string; readonly sha256?: string };

/** What names and manifests cannot say about an app. */
export interface AppSettings {
  readonly owner?: string;
  /** Repository that the changelog is generated from, as `FORGE:PATH`. */
  readonly source?: string;
  readonly namespace?: string;
}

/** Kinds that prune never deletes unless environment.yml says otherwise. */
export const protectedKinds: readonly string[] = ['PersistentVolumeClaim', 'Namespace', 'CustomResourceDefinition'];

export const noEnvironmentFile: Environment = { manifests: [], apps: {}, prune: { protect: protectedKinds } };
