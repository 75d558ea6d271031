import { isDeepStrictEqual } from 'node:util';
import type { AccessRequest, GrantRecord } from '../../domain/access.ts';
import type { TreeEntry } from '../../domain/access-forge.ts';
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

/** A file as it stands on the default branch: path and blob. */
type Standing = Pick<TreeEntry, 'path' | 'id' | 'mode'>;

/** An open access request, as the gate saw it last. */
export interface SeenRequest {
  readonly url: string;
  readonly title: string;
  /** Whole sentences. */
  readonly missing: readonly string[];
  readonly seenAt: string;
  /** Those who may approve it were asked to. */
  readonly called?: true;
  /** RFC 3339: when it was opened. */
  readonly since?: string;
  /** Absent where its file is none. */
  readonly asks?: AccessRequest;
  readonly approvedBy?: readonly string[];
  /** Asked for here, and the gate has yet to look. */
  readonly unjudged?: true;
}

/** What is remembered of the grants of one repository. All of it can be found out again, from forge, cluster and journal. */
export interface AccessBook {
  /** Newest last; those that ended are kept for a while. */
  readonly grants: readonly GrantRecord[];
  /** Files that have no right to be there, by `fileKey`. */
  readonly refused: Readonly<Record<string, Refusal>>;
  /** Open access requests, by number. */
  readonly requests: Readonly<Record<string, SeenRequest>>;
  /** When merge requests that asked for access were seen closed without a merge, by number: RFC 3339. What was approved before that is not approved any more. */
  readonly closed: Readonly<Record<string, string>>;
  /**
   * Blobs of the files under `access/` on the default branch, by path, as last read; absent while they were never all looked at. A grant whose file is
   * not among them, or has another blob there, has lost it, and ends.
   */
  readonly files?: Readonly<Record<string, string>>;
  /** The default branch's head when nothing was left to look at; absent while something is. */
  readonly head?: string;
  /** Since when a file stands there that the forge does not explain yet, by `fileKey`: RFC 3339. */
  readonly unexplained: Readonly<Record<string, string>>;
}

const space = 'access';
const empty: AccessBook = { grants: [], refused: {}, requests: {}, closed: {}, unexplained: {} };

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

/** Who works with the grants of a repository holds this lock, so that nothing is given while it is taken away. */
export const passLock = (repository: string): string => `access ${repository}`;

/** With this record in the place of the one of the same grant, or at the end. */
export const withRecord = (book: AccessBook, record: GrantRecord): AccessBook => ({
  ...book,
  grants: book.grants.some(({ grant }) => grant.id === record.grant.id)
    ? book.grants.map((one) => (one.grant.id === record.grant.id ? record : one))
    : [...book.grants, record],
});

/** Whether nothing is left to find out of a file: it was refused, or what it grants was given. What ended may have been asked for again. */
export function isSettled({ grants, refused }: AccessBook, { path, id, mode }: Standing): boolean {
  if (refused[fileKey(path, id)] !== undefined) return true;
  const record = grants.findLast(({ grant }) => grant.file === path && grant.blob === id);
  return mode === '100644' && (record?.state === 'active' || record?.state === 'ending');
}

/** Whether a grant has not ended, or its file is still to be taken away. */
export const hasOpen = ({ grants, files }: AccessBook): boolean =>
  grants.some(
    ({ grant, state, removal }) =>
      state !== 'ended' || (files?.[grant.file] === grant.blob && removal?.merged !== true && removal?.left === undefined),
  );

/** Merge requests that take away what stands there no longer, by the key of its file. */
export function idleReverts({ refused }: AccessBook, standing: readonly Standing[]): readonly (readonly [key: string, request: number])[] {
  const there = keysOf(standing);
  return Object.entries(refused).flatMap(([key, { revert }]) => (there.has(key) || revert === undefined ? [] : [[key, revert] as const]));
}

/** With the number of the merge request that takes the file away, or without one. */
export function withRevert(book: AccessBook, key: string, revert: number | undefined): AccessBook {
  const of = book.refused[key];
  if (of === undefined) return book;
  const { revert: _, ...rest } = of;
  return { ...book, refused: { ...book.refused, [key]: { ...rest, ...(revert !== undefined && { revert }) } } };
}

/** After a look at the branch. `complete`: every file was looked at, so that what is not known of them is nobody's. */
export function seenStanding(book: AccessBook, standing: readonly Standing[], complete: boolean): AccessBook {
  const there = keysOf(standing);
  const still = <T>(all: Readonly<Record<string, T>>, isOpen: (one: T) => boolean) =>
    Object.fromEntries(Object.entries(all).filter(([key, one]) => there.has(key) || isOpen(one)));
  const { head: _, ...rest } = book;
  const files = book.files === undefined && !complete ? undefined : Object.fromEntries(standing.map(({ path, id }) => [path, id]));
  const after = {
    ...rest,
    refused: still(book.refused, ({ revert }) => revert !== undefined),
    unexplained: still(book.unexplained, () => false),
    ...(files !== undefined && { files }),
  };
  return isDeepStrictEqual(after, rest) && book.head === undefined ? book : after;
}

const keysOf = (standing: readonly Standing[]): ReadonlySet<string> => new Set(standing.map(({ path, id }) => fileKey(path, id)));

/** Milliseconds for which what ended is remembered, and of how many grants at the most; the journal has all of them. */
const endedFor = 90 * 24 * 3_600_000;
const mostEnded = 100;

/** Without what ended long ago. What still has its file on the branch stays. */
export function trimmed(book: AccessBook, now: Date): AccessBook {
  const isPast = (at: string): boolean => now.getTime() - Date.parse(at) > endedFor;
  const isOver = ({ state, grant }: GrantRecord): boolean => state === 'ended' && book.files?.[grant.file] !== grant.blob;
  const newest = new Set(book.grants.filter(isOver).slice(-mostEnded));
  const grants = book.grants.filter((one) => !isOver(one) || (newest.has(one) && !isPast(one.goneAt ?? one.grant.until)));
  const closed = Object.fromEntries(Object.entries(book.closed).filter(([, at]) => !isPast(at)));
  const isSame = grants.length === book.grants.length && Object.keys(closed).length === Object.keys(book.closed).length;
  return isSame ? book : { ...book, grants, closed };
}
