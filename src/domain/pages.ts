import type { CommitStatus, MergeRequest } from './forge.ts';

/** Where the pages' contents come from. Everything in it is text from outside. */
export interface PagesSource {
  /** Merge requests of all environments, in any order. */
  list(): Promise<readonly ListedMergeRequest[]>;
  mergeRequest(path: string, id: number): Promise<MergeRequestDetails | undefined>;
  /** What `to` has that `from` has not; undefined when one of the revisions, or the repository, is unknown. */
  diff(path: string, from: string, to: string): Promise<Comparison | undefined>;
  commit(path: string, sha: string): Promise<CommitDetails | undefined>;
  /** A repository's tags and latest commits; undefined when there is none. */
  repository(path: string): Promise<RepositoryDetails | undefined>;
}

export interface ListedMergeRequest {
  /** Of the repository: `platform/environments/staging`. */
  readonly path: string;
  readonly environment: string;
  readonly mergeRequest: MergeRequest;
  /** Of its head. */
  readonly statuses: readonly CommitStatus[];
}

export interface MergeRequestDetails extends ListedMergeRequest, Comparison {
  readonly comments: readonly PageComment[];
}

export interface Comparison {
  /** Newest first. */
  readonly commits: readonly PageCommit[];
  /** Unified, as `git diff` writes it. */
  readonly diff: string;
}

export interface CommitDetails extends PageCommit {
  readonly diff: string;
}

export interface PageCommit {
  readonly sha: string;
  readonly author: string;
  /** RFC 3339. */
  readonly date: string;
  /** The whole message. */
  readonly message: string;
}

export interface PageComment {
  readonly author: string;
  /** Markdown. */
  readonly text: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

export interface RepositoryDetails {
  /** Newest first. */
  readonly tags: readonly PageTag[];
  /** Of the default branch, newest first; as many as fit on a page. */
  readonly commits: readonly PageCommit[];
}

export interface PageTag {
  readonly name: string;
  readonly commit: string;
  /** RFC 3339. */
  readonly date: string;
  /** Markdown: the text of an annotated tag, '' of another. */
  readonly notes: string;
}
