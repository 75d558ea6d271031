import type { Forge } from '../../../src/domain/forge.ts';
import type { Files } from '../git-repository.ts';

export interface RepositoryOptions {
  /** Default: main. */
  readonly defaultBranch?: string;
  readonly topics?: readonly string[];
  readonly archived?: boolean;
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
  readonly commentAsPerson: (path: string, id: number, text: string) => Promise<void>;
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
