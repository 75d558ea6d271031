import type { RepositoryRef } from '../../domain/forge.ts';
import type { Store } from '../../domain/store.ts';
import { type Held, heldAfter, isSame } from './holds.ts';

const space = 'hold';
const keyOf = ({ forge, path }: RepositoryRef, id: number): string => `${forge}:${path}!${id}`;

/** What a merge request holds; nothing where no plan of it was said, it was released, or the store was lost. */
export const heldBy = async (store: Store, repository: RepositoryRef, id: number): Promise<Held> =>
  (await store.get<Held>(space, keyOf(repository, id))) ?? {};

/** Its plan was said. True where it holds something else by that. */
export async function hold(store: Store, repository: RepositoryRef, id: number, touched: readonly string[], now: Date): Promise<boolean> {
  const before = await heldBy(store, repository, id);
  const held = heldAfter(before, touched, now.toISOString());
  await store.put(space, keyOf(repository, id), held);
  return !isSame(before, held);
}

/** As long as a merge request is open, what it holds is not forgotten. */
export const touchHolds = (store: Store, repository: RepositoryRef, open: readonly { readonly id: number }[]): Promise<void> =>
  store.touch(
    space,
    open.map(({ id }) => keyOf(repository, id)),
  );

/** It holds nothing until its next plan is said; gives what it held. */
export async function release(store: Store, repository: RepositoryRef, id: number): Promise<Held> {
  const held = await heldBy(store, repository, id);
  await store.delete(space, keyOf(repository, id));
  return held;
}
