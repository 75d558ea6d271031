import type { AccessLevel, AccessRequest, GrantState } from '../../domain/access.ts';
import type { Viewer } from '../../domain/site.ts';

/** Where the pages about temporary access get what they show, and where their forms end. Nothing here approves. */
export interface AccessSource {
  now(): Promise<AccessNow>;
  /** Ids of those open grants that the viewer may end, and what went wrong with finding that out. */
  mayRevoke(viewer: Viewer, grants: readonly ShownGrant[]): Promise<{ readonly ids: ReadonlySet<string>; readonly problem?: string }>;
  /** Asks again whether the viewer may. */
  revoke(viewer: Viewer, id: string, reason: string): Promise<Revoked>;
  /** What may be asked for there. */
  offer(viewer: Viewer, environment: string, namespace: string): Promise<Offer>;
  /** The same asked for twice is one merge request. */
  ask(viewer: Viewer, asking: Asking): Promise<Answer>;
}

/** All of it, of every environment. */
export interface AccessNow {
  /** The next to end first. */
  readonly open: readonly ShownGrant[];
  readonly waiting: readonly WaitingRequest[];
  /** Newest first. */
  readonly ended: readonly ShownGrant[];
  /** What must not have been, of the last week, newest first. */
  readonly alarms: readonly AccessAlarm[];
  readonly lost: readonly LostGrants[];
  readonly places: readonly AccessPlace[];
  /** app.yml names somebody who may approve. */
  readonly isOn: boolean;
}

/** As `access list --json` says it. */
export interface ShownGrant {
  readonly id: string;
  readonly environment: string;
  readonly namespace: string;
  readonly subject: string;
  readonly subjectKind: 'user' | 'group';
  readonly level: AccessLevel;
  readonly from: string;
  readonly until: string;
  readonly approvedBy: readonly string[];
  readonly reason: string;
  readonly mergeRequest: string;
  readonly breakGlass: boolean;
  readonly state: GrantState;
  readonly endedAt?: string;
  readonly because?: string;
  readonly by?: string;
}

export interface WaitingRequest {
  readonly environment: string;
  readonly id: number;
  readonly url: string;
  readonly title: string;
  /** RFC 3339: when it was opened, and when it is closed without its approvals. */
  readonly since: string;
  readonly expiresAt: string;
  readonly asks?: AccessRequest;
  readonly approvedBy: readonly string[];
  /** Whole sentences, by name. */
  readonly missing: readonly string[];
  /** The gate has looked at it. */
  readonly judged: boolean;
}

export interface AccessAlarm {
  readonly environment: string | undefined;
  /** Number in the journal. */
  readonly number: number;
  readonly at: string;
  readonly what: string;
  readonly links: readonly string[];
}

/** Nobody ends them any more. */
export interface LostGrants {
  readonly environment: string;
  readonly count: number;
  /** When their timers in the cluster have ended the last of them. */
  readonly until: string;
}

/** An environment, for whoever asks. */
export interface AccessPlace {
  readonly name: string;
  /** Without a cluster nothing is granted. */
  readonly hasCluster: boolean;
  /** Names that are offered. */
  readonly namespaces: readonly string[];
}

/** What app.yml allows in a namespace. */
export interface Offer {
  /** Why nothing can be asked for there by this viewer; whole sentences. */
  readonly refused: readonly string[];
  readonly levels: readonly OfferedLevel[];
  /** Groups that may be given access. */
  readonly groups: readonly string[];
  /** Who asks, by the name at the forge. */
  readonly by: string;
  readonly hasCluster: boolean;
}

export interface OfferedLevel {
  readonly level: AccessLevel;
  /** What its holder can do. */
  readonly can: string;
  readonly longestMs: number;
  readonly approvals: number;
  readonly approvers: readonly string[];
  /** Something in the reason must match. */
  readonly reason?: string;
  /** Without an approval; undefined where app.yml has none there. */
  readonly breakGlass?: { readonly longestMs: number; readonly users: readonly string[] };
}

/** What a form asked for, as it was typed. */
export interface Asking {
  readonly environment: string;
  readonly namespace: string;
  readonly level: string;
  readonly user: string;
  readonly group: string;
  /** `2h` */
  readonly duration: string;
  readonly reason: string;
  readonly breakGlass: boolean;
}

/** `fields`: what is wrong with one of them; `problems`: with all of it. */
export type Answer =
  | { readonly outcome: 'asked'; readonly id: number }
  | {
      readonly outcome: 'refused';
      readonly fields: Readonly<Partial<Record<keyof Asking, string>>>;
      readonly problems: readonly string[];
    }
  /** Something outside did not answer. */
  | { readonly outcome: 'failed'; readonly why: string };

export type Revoked =
  | { readonly outcome: 'revoked' | 'over' | 'unknown' }
  | { readonly outcome: 'refused' | 'failed'; readonly why: string };
