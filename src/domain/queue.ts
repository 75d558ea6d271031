/** What can be asked for. Each says where to look, never what is true: the handler reads that again. */
export type JobData =
  /** Every environment, every package. */
  | { readonly kind: 'scan' }
  /** The apps with this package (`registry.example.com/payments/billing`) in every environment that is known to have it. */
  | { readonly kind: 'scan-package'; readonly package: string }
  /** One environment's repository, `FORGE:PATH`: it or its merge requests changed. */
  | { readonly kind: 'scan-environment'; readonly repository: string }
  /** One merge request of an environment's repository, whoever opened it: it is new, or its head or target moved. */
  | { readonly kind: 'validate'; readonly repository: string; readonly request: number }
  /** Every open merge request of every environment whose head has no verdict, or whose comment says of others what is not so any more. */
  | { readonly kind: 'validate-open' }
  /** A pipeline of one environment's repository that may lack what was said of its merge requests: of that one, or of those whose head that commit is. */
  | { readonly kind: 'pipeline'; readonly repository: string; readonly commit: string; readonly request?: number }
  /** Those of one environment's repository. */
  | { readonly kind: 'validate-repository'; readonly repository: string }
  /** A comment on one of those may hold a command: `comment` is its number. */
  | { readonly kind: 'command'; readonly repository: string; readonly request: number; readonly comment: number }
  /** One environment's repository, `FORGE:PATH`: its default branch may have moved, and its cluster shall follow. */
  | { readonly kind: 'deploy'; readonly repository: string }
  /** Somebody asks for this version of an app's package in that environment, whatever its rules hold back. */
  | {
      readonly kind: 'propose';
      readonly environment: string;
      readonly app: string;
      readonly package: string;
      readonly version: string;
      /** As the journal names people. */
      readonly by: string;
    }
  /** Somebody asks for the merge request that takes an app back: to a version that ran there, or without one to what ran before. */
  | {
      readonly kind: 'rollback';
      readonly environment: string;
      readonly app: string;
      readonly to?: string;
      readonly why: string;
      readonly by: string;
    }
  /** Whether the clusters of all environments are still as their repositories say. */
  | { readonly kind: 'drift' }
  /** One merge request of an environment's repository that may ask for access: it is new, its head moved, or somebody approved or merged it. */
  | { readonly kind: 'access-review'; readonly repository: string; readonly request: number }
  /** What of grants is due in one environment: those that were merged, that end, that somebody tampered with. */
  | { readonly kind: 'access'; readonly repository: string }
  /** A comment on an issue of an environment's repository may ask for access. */
  | { readonly kind: 'access-issue'; readonly repository: string; readonly issue: number; readonly comment: number }
  /** What the forges enforce of the rules of access. */
  | { readonly kind: 'access-audit' }
  /** One app's own repository, `FORGE:PATH`: new commits, tags or releases there. */
  | { readonly kind: 'refresh-source'; readonly repository: string }
  /** Whether forges still call our webhooks, and registries tell of all that is pushed. */
  | { readonly kind: 'check-webhooks' }
  /** Deliveries that failed are asked for again, where the forge does not repeat them by itself. */
  | { readonly kind: 'redeliver' }
  /** What nobody has had a use for lately is taken out of the store. */
  | { readonly kind: 'upkeep' }
  /** The journal's newest hash is put somewhere else. */
  | { readonly kind: 'anchor' }
  /** What people were told of one thing is brought up to date. */
  | { readonly kind: 'notify'; readonly thread: string };

export type JobKind = JobData['kind'];

/** Whose turn comes first: what somebody's access to a cluster depends on; last: what people are told. */
export type Turn = 'first' | 'usual' | 'last';

export const turnsOfKinds: Readonly<Partial<Record<JobKind, Turn>>> = {
  access: 'first',
  'access-review': 'first',
  'access-issue': 'first',
  notify: 'last',
};

export const turnOf = (kind: JobKind): Turn => turnsOfKinds[kind] ?? 'usual';

export interface NewJob {
  readonly data: JobData;
  /** Of several waiting jobs with the same kind and key, one is kept: what the others would have looked at, it looks at. */
  readonly key: string;
  /** One id from the delivery to the merge request, in every line of the log. */
  readonly trace: string;
  /** RFC 3339: not before then. */
  readonly notBefore?: string;
}

/** waiting: its time comes, or is there; running: somebody works on it; parked: failed too often and waits for a person. */
export const jobStates = ['waiting', 'running', 'parked'] as const;
export type JobState = (typeof jobStates)[number];

export interface Job extends NewJob {
  readonly id: string;
  readonly state: JobState;
  /** How often it was begun. */
  readonly attempts: number;
  /** RFC 3339. */
  readonly addedAt: string;
  /** Why the last attempt failed. */
  readonly problem?: string;
}

/** A job as people and their programs are shown it. */
export const jobReport = ({ data, ...job }: Job): Omit<Job, 'data'> & { readonly kind: JobKind } => ({ ...job, kind: data.kind });

/** Somebody else's message that asked for the jobs. The same one twice adds nothing. */
export interface Delivery {
  /** `gitlab/NAME`, `github/NAME`, `registry/HOST`, `schedule`. */
  readonly sender: string;
  /** Unique for that sender. */
  readonly id: string;
}

/** How long a delivery is remembered, milliseconds: nobody repeats one later. */
export const deliveryMemory = 30 * 24 * 3_600_000;

/** Jobs that outlive the process. At least once each: a process that dies hands its jobs back. */
export interface Queue {
  /** All of them and the memory of the delivery in one transaction, or nothing. repeated: the delivery was there before, and nothing was added. */
  add(jobs: readonly NewJob[], delivery?: Delivery): Promise<'added' | 'repeated'>;
  /**
   * Works jobs off until stopped, at most `atOnce` here and, in all replicas together, never two of the same kind and key at the same time.
   * Those that are due longest go first, `notify` after all others, and at most half of those that run are such: what is to be told may wait, one message
   * a second, for what is to be done, and what is to be done waits for no chat that does not answer. What access depends on goes before all others, has
   * one place more than these, so that it never waits for scans, and takes at most half of theirs.
   * A job whose handler throws waits for 10 s, then 30 s, 90 s … (at most an hour, with jitter) and is parked after `attempts`, in the place of one of the same kind and key; one that is done takes a parked one of its kind and key away;
   * with RetryAt thrown it waits until then and the attempt does not count.
   */
  work(handle: (job: Job, signal: AbortSignal) => Promise<void>, options: WorkOptions): Promise<Worker>;
  /** Oldest first; without states, all. */
  list(states?: readonly JobState[]): Promise<readonly Job[]>;
  /** A parked job waits again, with all its attempts; false when there is no such parked job. */
  retry(id: string): Promise<boolean>;
  /** For metrics. */
  stats(): Promise<QueueStats>;
}

export interface WorkOptions {
  readonly atOnce: number;
  readonly attempts: number;
}

export interface Worker {
  /** Takes no more; waits that many milliseconds for what runs, then aborts its signal and hands it back as waiting. */
  stop(patience: number): Promise<void>;
}

export interface QueueStats {
  readonly counts: Readonly<Record<JobState, number>>;
  /** Seconds since the oldest job that could be worked on was due; 0 without one. */
  readonly oldest: number;
}

/** Thrown by a handler that knows when trying again makes sense (a rate limit's reset, a window's opening). */
export class RetryAt extends Error {
  override readonly name = 'RetryAt';
  readonly at: Date;
  constructor(message: string, at: Date, options?: ErrorOptions) {
    super(message, options);
    this.at = at;
  }
}
