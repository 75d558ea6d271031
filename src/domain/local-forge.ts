import type { AccessForge } from './access-forge.ts';
import type { NewMergeRequest } from './forge.ts';

/** What a person opens; without a target, into the default branch. */
export type PersonsRequest = Pick<NewMergeRequest, 'branch' | 'title'> & Partial<Pick<NewMergeRequest, 'target' | 'description'>>;

/**
 * What people do at the local forge, which has no pages of its own. The caller knows for sure who `user` is, and that they may. Throws RefusedError where
 * it cannot be, and ConflictError where the merge request is not any more what they looked at.
 */
export interface LocalForgeActions {
  /** Gives its number: of the open one of that branch, where there is one. */
  propose(path: string, request: PersonsRequest, user: string): Promise<number>;
  /** Gives the comment's number. */
  say(path: string, id: number, user: string, text: string): Promise<number>;
  /** As it is at the commit. */
  approve(path: string, id: number, user: string, commit: string): Promise<void>;
  /** Takes back all that the user has approved of it. */
  withdraw(path: string, id: number, user: string): Promise<void>;
  setDraft(path: string, id: number, user: string, draft: boolean): Promise<void>;
  /** With a merge commit, as it is at that head. */
  merge(path: string, id: number, user: string, head: string): ReturnType<AccessForge['merge']>;
  /** Its branch stays. */
  close(path: string, id: number, user: string): Promise<void>;
  /** Opened again, it has to be approved anew. */
  reopen(path: string, id: number, user: string): Promise<void>;
}
