import type { Readable } from 'node:stream';
import type { AccessForge } from './access-forge.ts';
import type { ForgeUser } from './forge-user.ts';
import type { RequestForge } from './request-forge.ts';

/** `gitlab:platform/environments/staging`, taken apart. */
export interface RepositoryRef {
  readonly forge: string;
  readonly path: string;
}

/** Where a repository stands now. */
export interface RepositoryState {
  readonly defaultBranch: string;
  /** Head commit of the default branch. */
  readonly commit: string;
  /** Branches of ours (`lockkeeper/…`) and their head commits. */
  readonly branches: Readonly<Record<string, string>>;
}

export interface MergeRequest {
  /** The number that people see (GitLab: iid). */
  readonly id: number;
  readonly url: string;
  readonly title: string;
  readonly description: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly branch: string;
  readonly target: string;
  /** Head commit of the branch as the forge knows it. */
  readonly commit: string;
  readonly labels: readonly string[];
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** True only when the forge is sure. */
  readonly conflicts: boolean;
  /** When it was merged or closed, RFC 3339, UTC. Undefined for an open one, and where the forge does not say. */
  readonly endedAt?: string;
  /** Who did that, where the list says so. */
  readonly endedBy?: string;
  /** We opened it and ended before it had its labels and owner: `finish` gives them. Never where they come with the opening. */
  readonly unfinished?: true;
}

export interface BranchCommit {
  readonly sha: string;
  readonly message: string;
  /** Both author and committer are the identity under which we write. */
  readonly byBot: boolean;
  /** Name of the author, or of the committer where only that one is not the bot. */
  readonly person: string;
}

/** Make `branch` be `base` plus one commit; whatever stood on the branch before is replaced. */
export interface BranchChange {
  readonly branch: string;
  /** The commit to build on. */
  readonly base: string;
  /** What the branch pointed to when we looked; undefined when it did not exist. Where the forge can compare, a mismatch is refused with ConflictError. */
  readonly expected: string | undefined;
  readonly files: readonly ChangedFile[];
  /** Paths of files of the base that are no more. */
  readonly removed?: readonly string[];
  readonly message: string;
}

export interface ChangedFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** The base has no such file. */
  readonly isNew?: true;
}

export interface NewMergeRequest {
  readonly branch: string;
  readonly target: string;
  readonly title: string;
  readonly description: string;
  readonly labels: readonly string[];
  /** A user's or a group's name; one that the forge does not know is left out without an error. */
  readonly owner?: string;
}

/** What is absent stays as it is. */
export interface MergeRequestChange {
  readonly title?: string;
  readonly description?: string;
  readonly target?: string;
}

/** What the forge's pages allow; texts are cut to it. */
export interface ForgeTraits {
  readonly name: string;
  readonly type: 'gitlab' | 'github' | 'local';
  /** Characters. */
  readonly descriptionLimit: number;
  /** Base URL of the forge's pages, without a trailing slash. */
  readonly url: string;
}

/** What people call a merge request where they work; `merge request` where they work in several places. */
export const requestWord = (...types: readonly ForgeTraits['type'][]): 'pull request' | 'merge request' =>
  types.length > 0 && types.every((type) => type === 'github') ? 'pull request' : 'merge request';

/** What an environment's repository is asked and told. Every method throws OutsideError naming host and request, with what to do. */
export interface EnvironmentForge {
  readonly traits: ForgeTraits;
  /** Paths of the projects under a group, subgroups included, that have the topic (all, without one); archived ones left out. */
  discover(group: string, topic?: string): Promise<readonly string[]>;
  /** One request. Throws RefusedError for an archived, empty or missing repository. */
  state(path: string): Promise<RepositoryState>;
  /** One request: a tar, gzipped or not, of the commit; all entries lie in one top-level folder, which the reader strips. */
  archive(path: string, commit: string): Promise<Readable>;
  /** Merge requests, in any state, from branches of ours (`lockkeeper/…`) in this very project (never from forks). */
  mergeRequests(path: string): Promise<readonly MergeRequest[]>;
  /** Name of the user who merged or closed it; undefined where the forge does not know one. */
  endedBy(path: string, request: Pick<MergeRequest, 'id' | 'state'>): Promise<string | undefined>;
  /** Commits on the branch that are not on the target, newest first. */
  branchCommits(path: string, branch: string, target: string): Promise<readonly BranchCommit[]>;
  /**
   * What stood on a branch, newest first: the commits on its own line (first parents: what was merged is its merge) up to `commit` that changed
   * one of the files; every one without files. Complete when there are no more than `limit`, or than can be read.
   */
  line(path: string, commit: string, files: readonly string[], limit: number): Promise<BranchLine>;
  /** The head commit of any branch; undefined when there is none. */
  branchHead(path: string, branch: string): Promise<string | undefined>;
  /** Gives the new head commit. One request where the forge allows. */
  commit(path: string, change: BranchChange): Promise<string>;
  /** When an open merge request for the branch exists already, gives that one: never a second. */
  open(path: string, request: NewMergeRequest): Promise<MergeRequest>;
  /** Gives what an opening that ended in its middle left out; may be repeated. */
  finish(path: string, id: number, of: Pick<NewMergeRequest, 'labels' | 'owner'>): Promise<void>;
  /** Throws ConflictError when it is not open any more: what it says then is a person's last word. */
  edit(path: string, id: number, change: MergeRequestChange): Promise<void>;
  /** Closes, with the description that records who closed it, and deletes the branch where it still is at `commit`; without either, that stays as it is. */
  close(
    path: string,
    id: number,
    change: { readonly description?: string; readonly branch?: string; readonly commit: string },
  ): Promise<void>;
  /** One comment per key: found again by its hidden marker, edited in place, untouched when the text is the same. */
  comment(path: string, id: number, key: string, text: string): Promise<void>;
  /** Whether our comment with that key stands there. */
  hasCommented(path: string, id: number, key: string): Promise<boolean>;
}

export interface Tag {
  readonly name: string;
  readonly commit: string;
}

export interface SourceCommit {
  readonly sha: string;
  /** The whole message. */
  readonly message: string;
  readonly author: string;
  /** RFC 3339. */
  readonly date: string;
  readonly url: string;
}

/** Of a branch's own line; the date is when the commit was made, which is when it came to the branch. */
export interface BranchLine {
  readonly commits: readonly SourceCommit[];
  readonly complete: boolean;
}

export interface SourceHistory {
  /** Commits in `to` that are not in `from`, newest first. */
  readonly commits: readonly SourceCommit[];
  /** True when there are more than were read. */
  readonly truncated: boolean;
  readonly compareUrl: string;
}

/** A merged merge request of an app's own repository. */
export interface MergedRequest {
  readonly id: number;
  readonly title: string;
  readonly author: string;
  readonly labels: readonly string[];
  readonly url: string;
  /** Merge commit, squash commit, last commit of the branch: whichever the forge knows. */
  readonly commits: readonly string[];
}

export interface ReleaseNote {
  readonly tag: string;
  readonly title: string;
  readonly text: string;
  readonly url: string;
  readonly publishedAt?: string;
}

/** What an app's own repository is asked for a changelog. undefined means "there is none"; an OutsideError means "could not be asked". */
export interface SourceForge {
  readonly traits: ForgeTraits;
  projectUrl(path: string): string;
  exists(path: string): Promise<boolean>;
  /** Tags whose name contains the text. */
  tags(path: string, containing: string): Promise<readonly Tag[]>;
  /** undefined when one of the two revisions (tags or commits) is not in this repository. */
  history(path: string, from: string, to: string): Promise<SourceHistory | undefined>;
  /** Merged since the given time (RFC 3339); a forge without merge requests gives none. */
  mergedSince(path: string, since: string): Promise<readonly MergedRequest[]>;
  releaseNotes(path: string): Promise<readonly ReleaseNote[]>;
  /** At most `limit` bytes are read; undefined when missing or larger. */
  file(path: string, revision: string, name: string, limit: number): Promise<string | undefined>;
}

/** `error`: the one who judges could not come to a verdict; only `success` lets anybody pass. */
export type StatusState = 'pending' | 'running' | 'success' | 'failure' | 'error';

/** The newest word of one judge about one commit. */
export interface CommitStatus {
  /** `lockkeeper/validate` */
  readonly name: string;
  readonly state: StatusState;
  /** One line; '' where there is none. */
  readonly description: string;
  /** The page that says more. */
  readonly url?: string;
}

/** Something to say about one line of the repository at the judged commit. */
export interface Annotation {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly severity: 'error' | 'warning' | 'notice';
  readonly message: string;
}

export interface NewStatus extends CommitStatus {
  /** Shown beside the lines where the forge can do that, the first of them where there are too many; elsewhere left out. */
  readonly annotations?: readonly Annotation[];
}

/** The head of a merge request, to be judged. */
export interface StatusTarget {
  readonly commit: string;
  /** The branch whose head it is. */
  readonly branch: string;
  /** Number of the merge request: GitLab shows there, and demands, the statuses of one pipeline alone. */
  readonly request: number;
  /** The branch lies in a fork: GitLab shows a status there only where it may be set in the fork, or in a pipeline that ran here for the merge request. */
  readonly fork?: boolean;
}

/** Verdicts on commits. Throws RefusedError for a commit that the forge does not know, and for a fork's head where none may be given. */
export interface StatusForge {
  /**
   * Takes the place of the status with that name. Asks once and writes nothing where the same stands there already; the description is cut
   * to what the forge allows. GitLab cannot change what is said of a status that goes on running: there the first description stays.
   */
  setStatus(path: string, target: StatusTarget, status: NewStatus): Promise<void>;
  /** The newest of each name, whoever set it: anybody who may push can. GitHub does not tell `running` from `pending` where it was set with a token. */
  statuses(path: string, commit: string): Promise<readonly CommitStatus[]>;
}

export interface Review {
  readonly user: ForgeUser;
  readonly state: 'approved' | 'changes-requested' | 'dismissed' | 'commented';
  /** The head for which it was given; undefined where the forge does not say: GitLab never does. */
  readonly commit?: string;
  /** RFC 3339, UTC; undefined where the forge does not say. */
  readonly submittedAt?: string;
}

/** What the forge tells of who said what to a merge request. Judging it is for others: nothing here was checked against roles or rules. */
export interface Reviews {
  readonly author: ForgeUser;
  /** Head commit at the moment of asking. */
  readonly commit: string;
  /** Since when that is the head, RFC 3339, UTC: also where it was the head before, and was pushed away and back, or went into another branch. Undefined where the forge does not say, or not yet. */
  readonly since?: string;
  /** Every one, oldest first. GitLab tells those approvals alone that still stand, each user's once. */
  readonly reviews: readonly Review[];
}

export interface ReviewForge {
  /** All pages; a page that fails fails all of it. Throws RefusedError where there is no such merge request. */
  reviews(path: string, id: number): Promise<Reviews>;
}

export interface TagForge {
  /** On the head of the default branch. Where there is a tag of that name, it stays where it points. */
  createTag(path: string, name: string): Promise<void>;
}

export type Forge = EnvironmentForge & RequestForge & SourceForge & StatusForge & ReviewForge & TagForge & AccessForge;
