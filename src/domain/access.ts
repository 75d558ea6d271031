/** What a grant lets its holder do; which ClusterRole that is, app.yml says. */
export const accessLevels = ['readonly', 'developer', 'admin'] as const;
export type AccessLevel = (typeof accessLevels)[number];

/** Who gets the access, as the file names it: a user of the forge, or a group of app.yml. */
export interface AccessSubject {
  readonly kind: 'user' | 'group';
  readonly name: string;
}

/** What one file under `access/` asks for, valid in itself (design.md, section 5). */
export interface AccessRequest {
  readonly namespace: string;
  readonly subject: AccessSubject;
  readonly level: AccessLevel;
  readonly reason: string;
  readonly durationMs: number;
  /** Asked for without waiting for an approval, where app.yml lets the subject do that. */
  readonly breakGlass: boolean;
}

/** Temporary access that a merge gave. All of it is known before the effect, and the same however often it is worked out. */
export interface Grant {
  /** Of the merge request, its head and the file: the same merge can only ever make this one. At most 40 letters and digits. */
  readonly id: string;
  readonly environment: string;
  /** `FORGE:PATH` */
  readonly repository: string;
  /** Number of the merge request, and its page. */
  readonly request: number;
  readonly url: string;
  readonly file: string;
  /** The blob that was approved, as git names it. */
  readonly blob: string;
  readonly namespace: string;
  readonly subject: AccessSubject;
  readonly level: AccessLevel;
  /** ClusterRole. */
  readonly role: string;
  readonly reason: string;
  /** When it was merged, as the forge says: RFC 3339, UTC. */
  readonly from: string;
  /** `from` and the duration. */
  readonly until: string;
  /** Names, for people. */
  readonly approvedBy: readonly string[];
  readonly breakGlass: boolean;
}

/** Where a grant stands. `granting`: written in the journal, and the cluster may not have it yet; `ending`: it is being taken away. */
export type GrantState = 'granting' | 'active' | 'ending' | 'ended';

/** What is remembered of a grant; the journal has it too. */
export interface GrantRecord {
  readonly grant: Grant;
  readonly state: GrantState;
  /** Why it ends before its hour, or that it is over. */
  readonly because?: string;
  /** Who ended it: `lockkeeper`, or `FORGE:USERNAME`. */
  readonly by?: string;
  /** RFC 3339: when it was seen to be gone from the cluster. */
  readonly goneAt?: string;
  /** The holder was told that it ends soon. */
  readonly reminded?: true;
  /** Below the merge request that it came with stands that it ended before its hour. */
  readonly noted?: true;
  /** How its file is taken away. */
  readonly removal?: {
    /** Number of the merge request that does it, and the commit at which we merge it; absent where none could be opened. */
    readonly request?: number;
    readonly head?: string;
    /** Its page, or that of the merge request that brought the file. */
    readonly url: string;
    /** The file is not there any more, or belongs to another request. */
    readonly merged: boolean;
    /** Why it is left to a person. */
    readonly left?: string;
  };
}
