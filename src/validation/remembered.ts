import type { RepositoryRef } from '../domain/forge.ts';
import type { ListedRequest, RequestNow } from '../domain/request-forge.ts';
import type { Store } from '../domain/store.ts';

/** The last verdict that was given on a merge request: of which head, against which base, by which rules. */
interface Remembered {
  readonly commit: string;
  readonly base?: string;
  readonly rules: string;
}

const space = 'verdict';
const keyOf = ({ forge, path }: RepositoryRef, id: number): string => `${forge}:${path}!${id}`;

/** `base` counts where it is known: a list of merge requests does not tell it. */
export async function isJudged(
  store: Store,
  repository: RepositoryRef,
  { id, commit, base }: Pick<ListedRequest, 'id' | 'commit'> & Pick<RequestNow, 'base'>,
  rules: string,
): Promise<boolean> {
  const known = await store.get<Remembered>(space, keyOf(repository, id));
  return known?.commit === commit && known.rules === rules && (base === undefined || known.base === base);
}

export async function remember(
  store: Store,
  repository: RepositoryRef,
  { id, commit, base }: Pick<RequestNow, 'id' | 'commit' | 'base'>,
  rules: string,
): Promise<void> {
  await store.put(space, keyOf(repository, id), { commit, ...(base !== undefined && { base }), rules } satisfies Remembered);
}

export const forget = (store: Store, repository: RepositoryRef, id: number): Promise<void> => store.delete(space, keyOf(repository, id));
