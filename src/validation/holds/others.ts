import type { ForgeTraits, RepositoryRef } from '../../domain/forge.ts';
import type { ListedRequest } from '../../domain/request-forge.ts';
import type { Store } from '../../domain/store.ts';
import { type Holding, heldFirst } from './holds.ts';
import { heldBy } from './kept.ts';
import { othersText, type RunInProgress } from './text.ts';

/** All that is known of who is at what in one environment, at one moment. */
export interface Scene {
  /** The open merge requests into its default branch. */
  readonly open: readonly ListedRequest[];
  readonly holdings: readonly Holding[];
  readonly run: RunInProgress | undefined;
}

export async function sceneOf(
  store: Store,
  repository: RepositoryRef,
  open: readonly ListedRequest[],
  run: RunInProgress | undefined,
): Promise<Scene> {
  return { open, run, holdings: await Promise.all(open.map(async ({ id }) => ({ id, held: await heldBy(store, repository, id) }))) };
}

/** What is to be said at one of them of the others; empty where there is nothing, or it touches nothing. */
export function othersAt({ open, holdings, run }: Scene, id: number, traits: Pick<ForgeTraits, 'type'>): string {
  const own = holdings.find((one) => one.id === id) ?? { id, held: {} };
  const touches = Object.keys(own.held).length > 0;
  const first = heldFirst(
    own,
    holdings.filter((one) => one.id !== id),
  );
  return othersText({ first, open, run: touches ? run : undefined }, traits);
}
