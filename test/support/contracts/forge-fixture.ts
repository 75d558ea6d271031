import type { Forge } from '../../../src/domain/forge.ts';
import type { ForgeUser } from '../../../src/domain/forge-user.ts';
import type { Files } from '../git-repository.ts';

export interface RepositoryOptions {
  /** Default: main. */
  readonly defaultBranch?: string;
  readonly topics?: readonly string[];
  readonly archived?: boolean;
}

/** Eve's copy of a project. */
export interface Fork {
  /** One commit on top of the branch, or of its default branch; gives it. */
  readonly push: (branch: string, files: Files) => Promise<string>;
  /** A merge request into the default branch of the project; gives its number. */
  readonly open: (branch: string, title: string) => Promise<number>;
}

/** A forge to try, and the hands of the people who work in it; paths are `group/project`, or `group/…/project` where groups nest. */
export interface ForgeFixture {
  readonly forge: Forge;
  /** Groups may lie in groups. */
  readonly nested: boolean;
  /** A repository whose default branch has one commit of a person with these files; without files it stays empty. */
  readonly createRepository: (path: string, files: Files, options?: RepositoryOptions) => Promise<void>;
  /** The bare repository behind the path, to look into with git. */
  readonly directory: (path: string) => string;
  /** One commit by a person on top of the branch (of the default branch's head, where there is no such branch); gives it. */
  readonly pushAsPerson: (path: string, branch: string, files: Files, message: string) => Promise<string>;
  /** The branch's last commit again with a person as its committer; the author stays. Gives the new commit. */
  readonly amendAsPerson: (path: string, branch: string) => Promise<string>;
  readonly closeAsPerson: (path: string, id: number) => Promise<void>;
  /** Merges with a merge commit; the branch may be gone after it. */
  readonly mergeAsPerson: (path: string, id: number) => Promise<void>;
  /** Ada opens one from a branch that is there, into the default branch, as a draft perhaps; gives its number. */
  readonly openAsPerson: (path: string, branch: string, title: string, draft?: boolean) => Promise<number>;
  /** Eve, who may not write to the project, makes a fork of it as it is now; absent where there are no forks. */
  readonly forkAsPerson?: (path: string) => Promise<Fork>;
  /** Whom the forge knows by the name: ada, or eve. */
  readonly user: (name: string) => Pick<ForgeUser, 'id' | 'name'>;
  /** Ada's; gives its number. */
  readonly commentAsPerson: (path: string, id: number, text: string) => Promise<number>;
  readonly editCommentAsPerson: (path: string, id: number, comment: number, text: string) => Promise<void>;
  /** Ada approves it as it is now. */
  readonly approveAsPerson: (path: string, id: number) => Promise<void>;
  /** Texts of all comments, oldest first. */
  readonly comments: (path: string, id: number) => Promise<readonly string[]>;
  readonly tag: (path: string, name: string, revision: string) => Promise<void>;
  /** Publishes release notes for a tag; absent where the forge has none. */
  readonly release?: (path: string, tag: string, title: string, text: string) => Promise<void>;
  /** Number of merge requests of the project, in any state, counted behind the adapter's back. */
  readonly countMergeRequests: (path: string) => Promise<number>;
  readonly dispose: () => Promise<void>;
}
