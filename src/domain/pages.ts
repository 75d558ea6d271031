import type { CommitStatus, MergeRequest } from './forge.ts';

/** Where the pages' contents come from. Everything in it is text from outside. */
export interface PagesSource {
  /** Merge requests of all environments, in any order. */
  readonly list: () => Promise<readonly ListedMergeRequest[]>;
  /** The environment that a repository describes; undefined for any other. */
  readonly environmentOf: (path: string) => Promise<string | undefined>;
  readonly mergeRequest: (path: string, id: number) => Promise<MergeRequestDetails | undefined>;
  /** What `to` has that `from` has not; undefined when one of the revisions, or the repository, is unknown. */
  readonly diff: (path: string, from: string, to: string) => Promise<Comparison | undefined>;
  readonly commit: (path: string, sha: string) => Promise<CommitDetails | undefined>;
  /** A repository's tags and latest commits; undefined when there is none. */
  readonly repository: (path: string) => Promise<RepositoryDetails | undefined>;
}

export interface ListedMergeRequest {
  /** Of the repository: `platform/environments/staging`. */
  readonly path: string;
  /** The one that the repository describes; absent for any other. */
  readonly environment?: string;
  readonly mergeRequest: MergeRequest;
  /** Of its head. */
  readonly statuses: readonly CommitStatus[];
}

export interface MergeRequestDetails extends ListedMergeRequest, Comparison {
  readonly comments: readonly PageComment[];
  readonly author: string;
  /** Who asked us for the access that it gives, as its newest commit says; absent where we did not open it. */
  readonly askedBy?: string;
  readonly draft: boolean;
  readonly approvals: readonly PageApproval[];
  /** Oldest first; comments are not among them. */
  readonly events: readonly RequestEvent[];
  /** It changes something that the gate of access judges, or nobody can tell what it changes. */
  readonly asksForAccess: boolean;
}

export interface PageApproval {
  readonly user: string;
  /** What they approved. */
  readonly commit: string;
  /** RFC 3339. */
  readonly at: string;
}

export const requestEvents = ['opened', 'pushed', 'approved', 'withdrew', 'draft', 'ready', 'closed', 'reopened', 'merged'] as const;

/** Something that happened to a merge request. */
export interface RequestEvent {
  readonly what: (typeof requestEvents)[number];
  /** Absent where nobody knows. */
  readonly by?: string;
  /** The commit that was pushed, approved, or merged it. */
  readonly commit?: string;
  /** RFC 3339. */
  readonly at: string;
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
  /** Of one that is edited in place: what it is about. */
  readonly key?: string;
  readonly author: string;
  /** Markdown. */
  readonly text: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface RepositoryDetails {
  /** Absent where nothing can be proposed: in an empty repository, and an archived one. */
  readonly defaultBranch?: string;
  readonly branches: readonly string[];
  /** Those of them with something that the default branch does not contain, and no open merge request. */
  readonly proposable: readonly string[];
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
