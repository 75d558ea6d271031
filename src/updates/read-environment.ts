import type { EnvironmentFile } from '../domain/environment.ts';
import type { EnvironmentForge, RepositoryState } from '../domain/forge.ts';
import type { Reference, TextFile, Warning } from '../domain/reference.ts';
import type { Store } from '../domain/store.ts';
import type { EnvironmentSettings } from './settings.ts';

/** An environment's repository at one commit, as far as updates are concerned. */
export interface EnvironmentContent {
  readonly commit: string;
  readonly references: readonly Reference[];
  readonly warnings: readonly Warning[];
  readonly apps: EnvironmentFile['apps'];
}

/** An environment as it stands now. */
export interface EnvironmentNow extends EnvironmentContent {
  readonly settings: EnvironmentSettings;
  readonly state: RepositoryState;
  /** Texts of the files that hold references, at `commit`; read again only when they are asked for and were not read in this run. */
  files(): Promise<ReadonlyMap<string, TextFile>>;
}
