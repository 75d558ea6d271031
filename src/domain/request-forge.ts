import type { ForgeUser } from './forge-user.ts';

/** Anybody's merge request of a repository, as a judge sees it. */
export interface ListedRequest {
  /** The number that people see. */
  readonly id: number;
  readonly url: string;
  readonly title: string;
  readonly branch: string;
  readonly target: string;
  /** Head commit, which `archive` gives for a fork's too. */
  readonly commit: string;
  readonly labels: readonly string[];
  /** The branch lies in another repository than the target: whoever opened it need not have any rights in this one. */
  readonly fork: boolean;
  readonly author: Pick<ForgeUser, 'id' | 'name'>;
  readonly draft: boolean;
}

/** One of them as it is at this moment. */
export interface RequestNow extends ListedRequest {
  readonly state: 'open' | 'merged' | 'closed';
  /** Where the branch left the target: the newest commit that both contain. Undefined where they have nothing in common, or the target is gone. */
  readonly base?: string;
}

/** What somebody wrote below a merge request, as the forge has it now. */
export interface RequestComment {
  readonly id: number;
  readonly text: string;
  /** We ourselves count as a bot, whatever account we use. */
  readonly author: ForgeUser;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** Its text may be another one than when it was written. Where the forge does not tell an edit from another touch, any touch counts. */
  readonly edited: boolean;
}

/** The merge requests of an environment, whoever opened them, and what people ask for in their comments. */
export interface RequestForge {
  /** Every open one into that branch, forks' included, newest first. One request per hundred; all pages, or an error. */
  openRequests(path: string, target: string): Promise<readonly ListedRequest[]>;
  /** Throws RefusedError where there is none. */
  request(path: string, id: number): Promise<RequestNow>;
  /** Undefined where there is no such comment at that merge request. The forge's own notes ("added a commit") are none. */
  requestComment(path: string, id: number, comment: number): Promise<RequestComment | undefined>;
  /** Whether the user may push to the repository at this moment. Only a clear yes is true; throws OutsideError where nothing could be found out. */
  mayWrite(path: string, user: Pick<ForgeUser, 'id' | 'name'>): Promise<boolean>;
  /** Whether the user may read the files of the repository at this moment; likewise. */
  mayRead(path: string, user: Pick<ForgeUser, 'id' | 'name'>): Promise<boolean>;
}
