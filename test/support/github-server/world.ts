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

export interface LabelEvent {
  readonly id: number;
  readonly event: 'labeled' | 'unlabeled';
  readonly label: string;
  readonly by: User;
  readonly at: Date;
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
  assignees: User[];
  readonly author: User;
  state: 'open' | 'closed';
  readonly draft: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
  closedAt?: Date;
  closedBy?: User;
  mergedAt?: Date;
  mergeCommit?: string;
  sha: string;
  readonly baseSha: string;
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
  /** Pushes, oldest first. */
  readonly activities: { readonly id: number; readonly ref: string; readonly after: string; readonly at: Date }[];
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
