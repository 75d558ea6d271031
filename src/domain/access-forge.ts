import type { ForgeUser } from './forge-user.ts';
import type { RequestComment, RequestNow } from './request-forge.ts';

/** A merge request with all that says when it was made, and how it ended. */
export interface GatedRequest extends RequestNow {
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** We opened it ourselves, whatever account we use: no other program did. */
  readonly ours?: true;
  /** Only for a merged one. */
  readonly merged?: {
    /** RFC 3339, UTC. */
    readonly at: string;
    /** Absent where the forge does not say. */
    readonly by?: ForgeUser;
    /** What came to the target branch: merge commit, squash commit, or the head. */
    readonly commit: string;
  };
}

/** Somebody who had a hand in what a merge request brings. */
export interface Hand {
  readonly how: 'author' | 'committer' | 'pusher' | 'opener';
  /** Absent where the forge knows the text in a commit only. */
  readonly user?: ForgeUser;
  /** As the commit says; anybody can write anything there. */
  readonly name?: string;
  readonly email?: string;
}

/** A named user of the forge, as it is now. */
export interface Person extends ForgeUser {
  /** Not blocked, deactivated or suspended. */
  readonly active: boolean;
  /** Email addresses that the forge knows and shows; a commit with one of them is theirs. */
  readonly emails: readonly string[];
  /** The name that people read. */
  readonly fullName?: string;
}

export interface ChangedPath {
  readonly path: string;
  /** Where it was before, for one that was moved. */
  readonly before?: string;
  readonly kind: 'added' | 'changed' | 'removed' | 'moved';
}

export interface ChangedPaths {
  readonly paths: readonly ChangedPath[];
  /** False where there are more than these. */
  readonly complete: boolean;
}

/** What git has at a path. */
export interface TreeEntry {
  /** From the repository's root. */
  readonly path: string;
  /** `100644`, `100755`, `120000` (symbolic link), `160000` (submodule), `040000` (folder). */
  readonly mode: string;
  /** Object id. */
  readonly id: string;
}

/** What the forge itself does about a rule of ours. */
export interface Protection {
  readonly rule: 'push' | 'self-approval' | 'reset-on-push' | 'who-merges';
  /** False: only Lockkeeper does. */
  readonly enforced: boolean;
  /** A clause that says what was found, and what to change: `anybody with the role Developer may push to main; …`. */
  readonly detail: string;
}

/**
 * What the gate of access requests asks the forge. Every answer is complete or an error (OutsideError); none is remembered from before. RefusedError
 * where there is no such repository or merge request.
 */
export interface AccessForge {
  /** The merge request as it is at this moment: its head, and whether and how it was merged. */
  gatedRequest(path: string, id: number): Promise<GatedRequest>;
  /**
   * Everybody who opened it, or authored, committed or pushed any version of it, as far as the forge tells: all pages, heads that were pushed away
   * included. Names and emails of commits are given as they are.
   */
  hands(path: string, id: number): Promise<readonly Hand[]>;
  /** Those comments of persons that may hold a command, oldest first, as they are now. */
  commandComments(path: string, id: number): Promise<readonly RequestComment[]>;
  /** What the merge request changes against where it left its target; the first hundred paths. */
  changedPaths(path: string, id: number): Promise<ChangedPaths>;
  /** What a commit of the default branch changed against its first parent; the first hundred paths. */
  changedBy(path: string, commit: string): Promise<ChangedPaths>;
  /** Everything but folders below a folder at a commit, at any depth; empty where there is no such folder. */
  entries(path: string, commit: string, folder: string): Promise<readonly TreeEntry[]>;
  /** Bytes of a blob, by its id; undefined when there are more than `limit`. */
  blob(path: string, id: string, limit: number): Promise<Uint8Array | undefined>;
  /** Numbers of the merge requests into the default branch whose merge brought the commit. */
  mergedWith(path: string, commit: string): Promise<readonly number[]>;
  /** Undefined where nobody has that name now. A bot is told as one. */
  person(path: string, name: string): Promise<Person | undefined>;
  /** Active members of a group (`platform/leads`; GitHub: `ORG/TEAM`), those of groups above and below as the forge counts them; undefined where there is none. */
  members(path: string, group: string): Promise<readonly ForgeUser[] | undefined>;
  /** Asks them to review, beside those who were asked before; who cannot be asked is passed over. */
  askForReview(path: string, id: number, users: readonly ForgeUser[]): Promise<void>;
  /**
   * Merges it as it is at that head, through the forge's own gate: never past a protection. `refused`, with the forge's words, where something is
   * missing; ConflictError where the head is another one by now.
   */
  merge(
    path: string,
    id: number,
    head: string,
  ): Promise<{ readonly outcome: 'merged' } | { readonly outcome: 'refused'; readonly reason: string }>;
  /** What the forge enforces on a branch by itself, one of each rule. */
  protections(path: string, branch: string): Promise<readonly Protection[]>;
  /** A comment on an issue; undefined where there is none. The local forge has no issues. */
  issueComment(path: string, issue: number, comment: number): Promise<RequestComment | undefined>;
  /** One comment of ours per key on an issue, as `comment` does on a merge request. */
  commentIssue(path: string, issue: number, key: string, text: string): Promise<void>;
}
