import { randomUUID } from 'node:crypto';
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

/** Somebody wants it judged once more: what is being judged already is no answer to that. */
interface Asked {
  readonly asked: string;
}

/** Who asked last for a new verdict, while there is none: to be given back to `remember`. */
export async function askedFor(store: Store, repository: RepositoryRef, id: number): Promise<string | undefined> {
  return (await store.get<Partial<Asked>>(space, keyOf(repository, id)))?.asked;
}

/** Not where somebody has asked for another verdict since this one was begun. */
export async function remember(
  store: Store,
  repository: RepositoryRef,
  { id, commit, base }: Pick<RequestNow, 'id' | 'commit' | 'base'>,
  rules: string,
  asked?: string,
): Promise<void> {
  if ((await askedFor(store, repository, id)) !== asked) return;
  await store.put(space, keyOf(repository, id), { commit, ...(base !== undefined && { base }), rules } satisfies Remembered);
}

/** It is judged once more though nothing has changed. */
export const judgeAgain = (store: Store, repository: RepositoryRef, id: number): Promise<void> =>
  store.put(space, keyOf(repository, id), { asked: randomUUID() } satisfies Asked);
