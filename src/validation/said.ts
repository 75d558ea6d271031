import type { NewStatus, RepositoryRef } from '../domain/forge.ts';
import type { RequestNow } from '../domain/request-forge.ts';
import type { Store } from '../domain/store.ts';

/** What was said at a merge request, to be said again where it does not stand any more, or where others have come or gone. */
export interface Said {
  /** The head that it is about. */
  readonly commit: string;
  readonly status: NewStatus;
  /** Without what it says of others. */
  readonly comment: string;
  /** What it says of others. */
  readonly others: string;
}

const space = 'said-verdict';
const keyOf = ({ forge, path }: RepositoryRef, id: number): string => `${forge}:${path}!${id}`;

/** Undefined where nothing was said of this head. */
export async function saidOf(
  store: Store,
  repository: RepositoryRef,
  { id, commit }: Pick<RequestNow, 'id' | 'commit'>,
): Promise<Said | undefined> {
  const said = await store.get<Said>(space, keyOf(repository, id));
  return said?.commit === commit ? said : undefined;
}

/** Annotations belong to the lines of the commit, and stay there. */
export function keepSaid(store: Store, repository: RepositoryRef, id: number, said: Said): Promise<void> {
  const { annotations: _, ...status } = said.status;
  return store.put(space, keyOf(repository, id), { ...said, status } satisfies Said);
}
