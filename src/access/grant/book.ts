import type { GrantRecord } from '../../domain/access.ts';
import type { Locks } from '../../domain/locks.ts';
import type { Store } from '../../domain/store.ts';

/** A file that has no right to be on the default branch. */
export interface Refusal {
  readonly reason: string;
  /** RFC 3339: when that was found. */
  readonly at: string;
  /** Number of the merge request that proposes to take it away. */
  readonly revert?: number;
}

/** What is remembered of the grants of one repository. All of it can be found out again, from forge, cluster and journal. */
export interface AccessBook {
  /** Newest last; those that ended are kept for a while. */
  readonly grants: readonly GrantRecord[];
  /** Files that have no right to be there, by `fileKey`. */
  readonly refused: Readonly<Record<string, Refusal>>;
  /** Open access requests, by number. */
  readonly requests: Readonly<
    Record<string, { readonly url: string; readonly title: string; readonly missing: readonly string[]; readonly seenAt: string }>
  >;
  /**
   * Blobs of the files under `access/` on the default branch, by path, as last read; absent while that was never read. A grant whose file is not among
   * them, or has another blob there, has lost it, and ends.
   */
  readonly files?: Readonly<Record<string, string>>;
  /** The default branch's head when nothing was left to look at; absent while something is. */
  readonly head?: string;
  /** Since when a file stands there that the forge does not explain yet, by `fileKey`: RFC 3339. */
  readonly unexplained: Readonly<Record<string, string>>;
}

const space = 'access';
const empty: AccessBook = { grants: [], refused: {}, requests: {}, unexplained: {} };

/** Milliseconds that others may take to change it. */
const patience = 30_000;

/** What a file is known by as long as its content stays. */
export const fileKey = (file: string, blob: string): string => `${file} ${blob}`;

/** `repository` is `FORGE:PATH`. */
export async function readBook(store: Pick<Store, 'get'>, repository: string): Promise<AccessBook> {
  return { ...empty, ...(await store.get<Partial<AccessBook>>(space, repository)) };
}

/** Nobody else changes it meanwhile; a change that gives the same book writes nothing. Gives the book as it is then. */
export function changeBook(
  { store, locks }: { readonly store: Pick<Store, 'get' | 'put'>; readonly locks: Locks },
  repository: string,
  change: (book: AccessBook) => AccessBook,
): Promise<AccessBook> {
  return locks.hold(`access book ${repository}`, patience, async () => {
    const before = await readBook(store, repository);
    const after = change(before);
    if (after !== before) await store.put(space, repository, after);
    return after;
  });
}

/** With this record in the place of the one of the same grant, or at the end. */
export const withRecord = (book: AccessBook, record: GrantRecord): AccessBook => ({
  ...book,
  grants: book.grants.some(({ grant }) => grant.id === record.grant.id)
    ? book.grants.map((one) => (one.grant.id === record.grant.id ? record : one))
    : [...book.grants, record],
});
