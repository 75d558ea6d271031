import type { AppSettings } from '../domain/environment.ts';
import type { EnvironmentForge, RepositoryRef, RepositoryState } from '../domain/forge.ts';
import type { Reference, TextFile, Warning } from '../domain/reference.ts';
import type { Store } from '../domain/store.ts';
import { readRepository } from './read-repository.ts';
import type { EnvironmentSettings } from './settings.ts';

/** An environment's repository at one commit, as far as updates are concerned. */
export interface EnvironmentContent {
  readonly references: readonly Reference[];
  readonly warnings: readonly Warning[];
  readonly apps: Readonly<Record<string, AppSettings>>;
}

/** An environment as it stands now. */
export interface EnvironmentNow extends EnvironmentContent {
  readonly settings: EnvironmentSettings;
  readonly state: RepositoryState;
  /** References and texts of the files that hold them, at any commit; the archive is read when it was not read in this run. */
  at(commit: string): Promise<RepositoryAt>;
}

/** A repository at one commit, with the texts of the files that hold references. */
export interface RepositoryAt extends EnvironmentContent {
  readonly files: ReadonlyMap<string, TextFile>;
}

/** Raised when references are found differently than before, so that what is remembered is found anew. */
const shape = 3;

interface Remembered extends EnvironmentContent {
  readonly shape: number;
  readonly commit: string;
}

interface Ports {
  readonly forge: Pick<EnvironmentForge, 'state' | 'archive'>;
  readonly store: Store;
}

/** One forge request when the commit is the one already known, two otherwise. */
export async function readEnvironment({ forge, store }: Ports, settings: EnvironmentSettings): Promise<EnvironmentNow> {
  const { path } = settings.repository;
  const state = await forge.state(path);
  const key = keyOf(settings.repository);
  const reads = new Map<string, Promise<RepositoryAt>>();
  const at = (commit: string): Promise<RepositoryAt> => {
    const reading = reads.get(commit) ?? forge.archive(path, commit).then((archive) => readRepository(archive, key));
    reads.set(commit, reading);
    return reading;
  };
  const known = await remembered(store, settings.repository);
  if (known?.commit === state.commit) return { settings, state, at, ...contentOf(known) };
  const content = contentOf(await at(state.commit));
  await store.put('environment', key, { shape, commit: state.commit, ...content } satisfies Remembered);
  return { settings, state, at, ...content };
}

const keyOf = ({ forge, path }: RepositoryRef): string => `${forge}:${path}`;

async function remembered(store: Store, repository: RepositoryRef): Promise<Remembered | undefined> {
  const known = await store.get<Remembered>('environment', keyOf(repository));
  return known?.shape === shape ? known : undefined;
}

/** As the last scan saw it; undefined for one that none has read. */
export const rememberedEnvironment = (store: Store, repository: RepositoryRef): Promise<EnvironmentContent | undefined> =>
  remembered(store, repository);

const contentOf = ({ references, warnings, apps }: EnvironmentContent): EnvironmentContent => ({ references, warnings, apps });
