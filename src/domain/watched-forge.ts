/** One that tells nobody what happens in it, so that somebody has to look. */
export interface WatchedForge {
  /**
   * Paths of the repositories, among those named and all below the groups, in which something may have happened since this was last asked; at first, of
   * all. Costs a look at a few files of each. A group that is not there has none.
   */
  moved(places: WatchedPlaces): Promise<readonly string[]>;
  /** Throws OutsideError, RefusedError. */
  sight(path: string): Promise<RepositorySight>;
}

export interface WatchedPlaces {
  readonly repositories: readonly string[];
  /** Folders of repositories; empty text for all of the forge. */
  readonly groups: readonly string[];
}

/** What others change in a repository, as it is at one moment. */
export interface RepositorySight {
  readonly defaultBranch: string;
  /** Its head. */
  readonly commit: string;
  /** Another text where a tag was made, moved or removed. */
  readonly tags: string;
  readonly requests: readonly SightedRequest[];
  /** What could not be read, in words; the rest is complete. */
  readonly problems: readonly string[];
}

export interface SightedRequest {
  readonly id: number;
  readonly state: 'open' | 'merged' | 'closed';
  /** Head of its branch. */
  readonly commit: string;
  readonly target: string;
  readonly draft: boolean;
  /** Texts in their order, the first has number 1; empty for our own. */
  readonly comments: readonly string[];
  /** Another text where an approval was given or taken back. */
  readonly approvals: string;
}
