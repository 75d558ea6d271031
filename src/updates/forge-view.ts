import { ConflictError } from '../domain/errors.ts';
import type { Forge, MergeRequest, RepositoryState } from '../domain/forge.ts';
import type { RolledBack } from '../domain/rollback.ts';
import type { Store } from '../domain/store.ts';
import { type Place, targetHeads } from './branches.ts';
import { openingGate } from './gates.ts';
import type { EnvironmentNow } from './read-environment.ts';
import { appOfRequest } from './reconcile.ts';
import { rolledBack } from './rollback/held.ts';
import type { LastWrite } from './write-turns.ts';

/** What one look at the forge shows of an environment. */
export interface ForgeView {
  readonly place: Place;
  /** By app; those that nobody can be asked for are under undefined. */
  readonly requests: ReadonlyMap<string | undefined, readonly MergeRequest[]>;
  readonly heads: Readonly<Record<string, string>>;
  /** What rollbacks hold back, of all apps. */
  readonly rolledBack: readonly RolledBack[];
  readonly mayOpen: () => string | undefined;
  /** Whether it shows everything that was written until the write of that number. */
  showsAll(until: number | undefined): boolean;
  /** The newest write of which it is certain that it shows everything until then. */
  readonly shows: () => number;
  /** From now on it stands for everything until then: what was written since is of those who hold this view. */
  wrote(number: number): void;
}

/** What it takes to look, and to look again. */
export interface Viewer {
  readonly now: EnvironmentNow;
  readonly forge: Forge;
  /** The same, which remembers nothing of this scan. */
  readonly forgeNow: Forge;
  readonly store: Store;
  /** App by branch. */
  readonly apps: ReadonlyMap<string, string>;
  readonly at: Date;
  /** The last write before the forge was asked anything. */
  readonly seen: LastWrite | undefined;
}

export const firstView = (viewer: Viewer): Promise<ForgeView> => view(viewer, viewer.forge, viewer.now.state, viewer.seen);

/**
 * After somebody else has written, as it is while nobody does; `seen` is the number that stands for all of it.
 * Throws ConflictError when what stands on the default branch is not what was scanned any more.
 */
export async function viewAgain(viewer: Viewer, seen: number): Promise<ForgeView> {
  const state = await requireUnmoved(viewer);
  return await view(viewer, viewer.forgeNow, state, { number: seen, writing: false });
}

/** What stands on the default branch is what was scanned. Throws ConflictError when it has moved since. */
export async function requireUnmoved({ forgeNow, now }: Pick<Viewer, 'forgeNow' | 'now'>): Promise<RepositoryState> {
  const { repository, name } = now.settings;
  const state = await forgeNow.state(repository.path);
  if (state.commit === now.state.commit) return state;
  const scope = `${repository.forge}:${repository.path}`;
  throw new ConflictError(scope, `${name}: ${state.defaultBranch} has moved since it was read; the next run looks again`);
}

async function view(
  { now, store, apps, at }: Viewer,
  forge: Forge,
  state: RepositoryState,
  seen: LastWrite | undefined,
): Promise<ForgeView> {
  const { repository, updates } = now.settings;
  const place: Place = { forge, store, repository: `${repository.forge}:${repository.path}`, path: repository.path, state };
  const requests = await forge.mergeRequests(repository.path);
  let last = seen ?? { number: 0, writing: true };
  return {
    place,
    requests: Map.groupBy(requests, (request) => appOfRequest(request, apps)),
    heads: await targetHeads(place, requests),
    rolledBack: rolledBack(requests),
    mayOpen: openingGate(updates, requests, at),
    showsAll: (until) => !last.writing && last.number === until,
    shows: () => (last.writing ? last.number - 1 : last.number),
    wrote(number) {
      last = { number, writing: false };
    },
  };
}
