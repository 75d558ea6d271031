import type { Grant } from '../../domain/access.ts';
import type { Forge } from '../../domain/forge.ts';
import type { Journal } from '../../domain/journal.ts';
import type { Given } from '../cluster/give.ts';
import type { Alarm } from '../end/ports.ts';
import type { GateForge } from '../gate/evidence.ts';
import type { AccessSettings } from '../settings.ts';
import type { AccessBook } from './book.ts';

export type LandForge = GateForge &
  Pick<Forge, 'line' | 'mergedWith' | 'changedBy' | 'hasCommented' | 'branchHead' | 'commit' | 'open' | 'finish' | 'close'>;

/** The environment's cluster; whatever it cannot answer is an OutsideError. */
export interface GrantCluster {
  /** What is missing of the guards that keep grants in a namespace from being made to last, as a clause; undefined where nothing is, or app.yml goes without. */
  unguarded(namespace: string, signal: AbortSignal): Promise<string | undefined>;
  /** Repeatable. */
  give(grant: Grant, now: Date, signal: AbortSignal): Promise<Given>;
}

export interface GrantNews {
  granted(grant: Grant): Promise<void>;
  /** The journal has it when this resolves; the same key again does nothing. */
  alarm(alarm: Alarm): Promise<void>;
  /** What could not be done, and is tried again in the next pass. */
  problem(text: string): void;
}

export interface LandPorts {
  readonly forge: LandForge;
  readonly cluster: GrantCluster;
  readonly journal: Pick<Journal, 'events' | 'recordOnce'>;
  readonly news: GrantNews;
  /** What is remembered at this moment. */
  book(): Promise<AccessBook>;
  /** Changes it while nobody else does; durable when it resolves. */
  change(change: (book: AccessBook) => AccessBook): Promise<AccessBook>;
  readonly now: () => Date;
}

/** Where it is done. */
export interface LandPlace {
  readonly environment: string;
  /** `FORGE:PATH`, and the path alone. */
  readonly repository: string;
  readonly path: string;
  readonly settings: AccessSettings;
}

/** One look at the default branch. */
export interface Pass {
  readonly ports: LandPorts;
  readonly place: LandPlace;
  readonly defaultBranch: string;
  /** Its head. */
  readonly commit: string;
  /** Aborted when there is no time left to wait for the forge: nothing is written to the cluster from then on. */
  readonly signal: AbortSignal;
}
