import type { GitObjects } from '../git-objects.ts';
import type { Identity } from '../git-repository.ts';

export type Permission = 'read' | 'write';

export interface User {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly token: string;
  readonly type: 'User' | 'Bot' | 'Organization';
  /** Whether the profile shows the address. */
  readonly shown?: boolean;
  /** By owner; `''` is everywhere. */
  readonly permissions: Readonly<Record<string, Permission>>;
  /** In every repository, where it is another one than its permissions say. */
  readonly role?: 'admin' | 'maintain' | 'triage';
  /** False: the token may not see webhooks of repositories. */
  readonly hooks: boolean;
  /** Organisations whose webhooks the token may see to. */
  readonly organisations: readonly string[];
}

export interface Comment {
  readonly id: number;
  body: string;
  readonly author: User;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Review {
  readonly id: number;
  readonly author: User;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED' | 'COMMENTED' | 'PENDING';
  readonly commit: string;
  readonly at: Date;
}

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly targetUrl: string | null;
  readonly creator: User;
  readonly createdAt: Date;
}

export interface CheckRun {
  readonly id: number;
  readonly appId: number;
  readonly sha: string;
  readonly name: string;
  status: string;
  conclusion: string | null;
  externalId: string;
  detailsUrl: string | null;
  title: string | null;
  summary: string | null;
  readonly annotations: {
    readonly path: string;
    readonly start_line: number;
    readonly annotation_level: string;
    readonly message: string;
  }[];
  readonly startedAt: Date;
}

/** Somebody made it go into another branch. */
export interface Retarget {
  readonly id: number;
  readonly by: User;
  readonly at: Date;
}

export interface LabelEvent {
  readonly id: number;
  readonly event: 'labeled' | 'unlabeled';
  readonly label: string;
  readonly by: User;
  readonly at: Date;
}

/** Somebody replaced the head of a pull request by one that does not follow it. */
export interface ForcedPush {
  readonly id: number;
  readonly by: User;
  readonly after: string;
  readonly at: Date;
}

/** Of a branch. */
export interface Activity {
  readonly id: number;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly at: Date;
  readonly type: 'push' | 'force_push' | 'branch_creation' | 'branch_deletion' | 'pr_merge';
  /** Null for somebody whose account is gone. */
  readonly by: User | null;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly author: User;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly comments: Comment[];
}

/** `ORGANISATION/SLUG` */
export interface Team {
  readonly path: string;
  readonly members: User[];
}

export interface Pull {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly headRepository: Repository;
  readonly head: string;
  base: string;
  title: string;
  body: string;
  labels: string[];
  /** When a label was put on or taken off. */
  readonly events: LabelEvent[];
  readonly forced: ForcedPush[];
  readonly retargets: Retarget[];
  assignees: User[];
  /** Who is asked for a review and has not given one. */
  requested: User[];
  readonly author: User;
  state: 'open' | 'closed';
  readonly draft: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
  closedAt?: Date;
  closedBy?: User;
  mergedAt?: Date;
  mergeCommit?: string;
  /** Commits that came to the target with it. */
  brought?: readonly string[];
  sha: string;
  baseSha: string;
  readonly comments: Comment[];
  readonly reviews: Review[];
  /** Of which heads it is known whether they can be merged. */
  checked: { readonly of: string; readonly mergeable: boolean } | undefined;
  checking: Promise<void> | undefined;
}

export interface Release {
  readonly id: number;
  readonly tag: string;
  readonly name: string;
  readonly body: string;
  readonly draft: boolean;
  readonly publishedAt: Date;
}

export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly directory: string;
  readonly objects: GitObjects;
  readonly defaultBranch: string;
  readonly topics: readonly string[];
  readonly labels: { readonly name: string; readonly color: string; readonly description: string }[];
  archived: boolean;
  /** Branches whose names begin so may not be replaced by force. */
  readonly protectedPrefixes: string[];
  readonly pulls: Pull[];
  readonly releases: Release[];
  readonly statuses: Status[];
  readonly checkRuns: CheckRun[];
  /** What happened to its branches, oldest first. */
  readonly activities: Activity[];
  readonly issues: Issue[];
  /** Ways to merge that its settings forbid. */
  readonly forbiddenMerges: ('merge' | 'squash' | 'rebase')[];
  /** Of rulesets, for every branch. */
  readonly rules: Readonly<Record<string, unknown>>[];
  /** Of the default branch; `hidden` from who is no administrator. */
  protection: Readonly<Record<string, unknown>> | 'hidden' | undefined;
}

/** An App just made. */
export interface ManifestApp {
  readonly id: number;
  readonly slug: string;
  readonly pem: string;
  readonly webhookSecret: string | null;
}

/** The GitHub App of the stand-in. */
export interface App {
  readonly hook: StoredHook;
  readonly id: number;
  readonly slug: string;
  readonly bot: User;
  /** PEM. */
  readonly publicKey: string;
  /** Owners that installed it, by the installation's number. */
  readonly installations: ReadonlyMap<number, string>;
  /** Tokens given out, with the installation and when they end. */
  readonly tokens: Map<string, { readonly installation: number; readonly until: number }>;
}

export interface StoredAttempt {
  readonly id: number;
  readonly guid: string;
  readonly status: number;
  readonly again: boolean;
  readonly at: Date;
}

export interface StoredHook {
  readonly id: number;
  /** `owner/name` or an organisation; empty for the App. */
  readonly place: string;
  active: boolean;
  events: readonly string[];
  config: { readonly url?: string; readonly content_type?: string; readonly insecure_ssl?: string; readonly secret?: string };
  readonly attempts: StoredAttempt[];
}

export interface World {
  readonly hooks: StoredHook[];
  /** What those who are called by webhooks answer. */
  hookStatus: number;
  /** Codes of Apps that somebody just made from a manifest, each good for one use. */
  readonly manifests: Map<string, ManifestApp>;
  readonly users: User[];
  /** Of those who agreed to an OAuth App. */
  readonly oauthTokens: Map<string, User>;
  /** Logins of users who may not sign in any more. */
  readonly suspended: Set<string>;
  readonly teams: Team[];
  readonly repositories: Repository[];
  readonly app: App | undefined;
  /** As a browser would show it. */
  url: string;
  /** Of the REST API. */
  api: string;
  /** Where archives are fetched. */
  codeload: string;
  /** Now; never the same twice, so that orders are certain. */
  readonly now: () => Date;
  readonly nextId: () => number;
}

/** Commits of an App are signed by GitHub itself. https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots */
export const signer: Identity = { name: 'GitHub', email: 'noreply@github.com' };

export const pathOf = ({ owner, name }: Repository): string => `${owner}/${name}`;
