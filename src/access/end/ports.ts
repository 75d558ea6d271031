import type { Grant, GrantRecord } from '../../domain/access.ts';
import type { Forge } from '../../domain/forge.ts';
import type { Journal } from '../../domain/journal.ts';

/** What is remembered of one environment's grants; see AccessBook. */
export interface KnownGrants {
  readonly grants: readonly GrantRecord[];
  /** Blobs of the files under `access/` on the default branch, by path; absent while that was never read. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A grant as the cluster has it: its binding, its timer, or one of them. */
export interface Live {
  readonly id: string;
  readonly namespace: string;
  readonly binding?: { readonly uid: string };
}

/** The environment's cluster; whatever it cannot answer is an OutsideError. */
export interface EndCluster {
  /** Everything with our label, in all namespaces. */
  live(signal: AbortSignal): Promise<readonly Live[]>;
  /** What somebody changed in it, in words; undefined where it is as it was given. */
  differs(live: Live, grant: Grant): string | undefined;
  /** Its binding stands there without our label, and `live` does not see it. */
  isHidden(grant: Grant, signal: AbortSignal): Promise<boolean>;
  /** Its timer has run out, and the cluster is about to take it away. */
  isEnding(live: Live): boolean;
  /** Deleted, and seen to be gone. Does nothing where there is none. */
  take(live: Pick<Live, 'id' | 'namespace'>, signal: AbortSignal): Promise<{ readonly goneAt: Date }>;
}

/** What must not be; told at once, to everybody, and once for its key. The journal has it when this resolves. */
export interface Alarm {
  readonly key: string;
  readonly text: string;
  readonly url?: string;
}

export interface Ended {
  readonly grant: Grant;
  readonly because: string;
  readonly by?: string;
  readonly goneAt: string;
  readonly left?: { readonly because: string; readonly url: string };
}

export interface EndNews {
  reminder(grant: Grant, leftMs: number): Promise<void>;
  ended(end: Ended): Promise<void>;
  alarm(alarm: Alarm): Promise<void>;
  /** How long it took from when it was due, or was to be revoked, until it was seen to be gone. */
  took(grant: Grant, seconds: number): void;
  /** What could not be done, and is tried again in the next pass. */
  problem(text: string): void;
}

export type EndForge = Pick<Forge, 'traits' | 'state' | 'branchHead' | 'commit' | 'open' | 'close' | 'comment' | 'gatedRequest' | 'merge'>;

export interface EndPorts {
  readonly forge: EndForge;
  readonly cluster: EndCluster;
  readonly journal: Pick<Journal, 'recordOnce'>;
  readonly news: EndNews;
  /** As they are remembered at this moment. */
  readonly known: () => Promise<KnownGrants>;
  /** Those of the other environments of app.yml, which may have the same cluster. */
  readonly others: () => Promise<readonly KnownGrants[]>;
  /** Changes what is remembered of one grant, while nobody else does; durable when it resolves. */
  readonly remember: (id: string, change: (record: GrantRecord) => GrantRecord) => Promise<void>;
  readonly now: () => Date;
}

/** Where it is done. */
export interface EndPlace {
  readonly environment: string;
  /** Path of the repository in its forge. */
  readonly path: string;
}
