import type { NewStatus, RepositoryRef } from '../domain/forge.ts';
import type { RequestNow } from '../domain/request-forge.ts';
import type { Store } from '../domain/store.ts';

/** The comment that stands at a merge request, to be brought up to date without judging once more. */
export interface SaidComment {
  /** The head that it is about. */
  readonly commit: string;
  /** Without what it says of others. */
  readonly text: string;
  /** What it says of others. */
  readonly others: string;
}

interface SaidStatus {
  readonly commit: string;
  readonly status: NewStatus;
}

const spaces = { status: 'said-status', comment: 'said-comment' } as const;
const keyOf = ({ forge, path }: RepositoryRef, id: number): string => `${forge}:${path}!${id}`;
type Head = Pick<RequestNow, 'id' | 'commit'>;

/** What was said last of this head, be it that it is being judged, or that there is no verdict; undefined where nothing was. */
export async function saidStatus(store: Store, repository: RepositoryRef, { id, commit }: Head): Promise<NewStatus | undefined> {
  const said = await store.get<SaidStatus>(spaces.status, keyOf(repository, id));
  return said?.commit === commit ? said.status : undefined;
}

/** With its annotations: without them it would be another one, and at GitHub take their place. */
export function keepStatus(store: Store, repository: RepositoryRef, { id, commit }: Head, status: NewStatus): Promise<void> {
  return store.put(spaces.status, keyOf(repository, id), { commit, status } satisfies SaidStatus);
}

/** Undefined where none was written about this head. */
export async function saidComment(store: Store, repository: RepositoryRef, { id, commit }: Head): Promise<SaidComment | undefined> {
  const said = await store.get<SaidComment>(spaces.comment, keyOf(repository, id));
  return said?.commit === commit ? said : undefined;
}

export const keepComment = (store: Store, repository: RepositoryRef, id: number, said: SaidComment): Promise<void> =>
  store.put(spaces.comment, keyOf(repository, id), said);
