import type { Files, Identity } from '../git-repository.ts';
import type { ForgeFixture } from './forge-fixture.ts';

/** How a merge request comes to its target. */
export type WayToMerge = 'merge commit' | 'squash' | 'rebase' | 'fast-forward';

/** A forge with more people at work: ada and grace may write to every project, eve may read. */
export interface AccessFixture extends ForgeFixture {
  /** As which they commit. */
  readonly identity: (name: string) => Identity;
  /** One commit of that person, who pushes it: on top of the branch (or of the default branch), or `instead` of all that stands on the branch. */
  readonly pushBy: (path: string, name: string, branch: string, files: Files, how?: 'on top' | 'instead') => Promise<string>;
  /** Into the default branch, where nothing else is said; gives its number. */
  readonly openBy: (path: string, name: string, branch: string, target?: string) => Promise<number>;
  /** Gives its number. */
  readonly commentBy: (path: string, name: string, id: number, text: string) => Promise<number>;
  readonly waysToMerge: readonly WayToMerge[];
  readonly mergeBy: (path: string, name: string, id: number, how: WayToMerge) => Promise<void>;
  /** From now on the account is blocked or suspended; absent where the forge has no accounts. */
  readonly block?: (name: string) => void;
  /** Name of a person's program that has an account of its own on the forge (token user, App); absent where there are none. */
  readonly robot?: string;
  /** Makes the group that `members` is asked for, with these people in it; absent where there are no groups. Gives its name. */
  readonly createGroup?: (names: readonly string[]) => string;
  /** Names of those who are asked for review now; absent where the forge cannot ask. */
  readonly askedForReview?: (path: string, id: number) => readonly string[];
  /** Absent where the forge has no issues. */
  readonly issues?: {
    /** Gives its number. */
    readonly open: (path: string, title: string) => number;
    readonly commentBy: (path: string, name: string, issue: number, text: string) => number;
    /** Texts of all comments, oldest first. */
    readonly comments: (path: string, issue: number) => readonly string[];
  };
}
