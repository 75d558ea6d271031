import { explain, OutsideError } from '../domain/errors.ts';
import type { JournalStore } from '../domain/journal.ts';
import type { Store } from '../domain/store.ts';
import type { Head } from './anchor.ts';

/** Somewhere else than the store. */
export interface AnchorPlace {
  /** `gitlab:platform/audit`, `Slack #audit` */
  readonly name: string;
  /** What is there already is not put there again. */
  put(head: Head): Promise<void>;
}

export interface AnchorPorts {
  readonly journal: Pick<JournalStore, 'newest' | 'entries'>;
  readonly store: Pick<Store, 'get' | 'put'>;
  readonly now: () => Date;
  readonly warn: (text: string) => void;
}

/** What a place was given last, as far as is remembered. */
interface Given extends Head {
  /** When it was last the newest, RFC 3339. */
  readonly at: string;
}

const space = 'anchor';

/** Puts the newest hash into each place that does not have it. One that fails keeps no other from it; then throws what the failing ones said. */
export async function anchorNewest(ports: AnchorPorts, places: readonly AnchorPlace[]): Promise<void> {
  const newest = await ports.journal.newest();
  const failed: unknown[] = [];
  for (const place of places) {
    try {
      await anchorAt(ports, place, newest);
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 1) throw new OutsideError('the journal', failed.map(explain).join('; '), { cause: failed });
  if (failed.length === 1) throw failed[0];
}

async function anchorAt({ journal, store, now, warn }: AnchorPorts, place: AnchorPlace, newest: Head | undefined): Promise<void> {
  const given = await store.get<Given>(space, place.name);
  if (given !== undefined && !(await holds(journal, given)))
    warn(`the journal has lost entry ${given.number}, whose hash ${place.name} has: lockkeeper journal verify says more`);
  if (newest === undefined) return;
  const { number, hash } = newest;
  if (given?.hash !== hash) await place.put({ number, hash });
  await store.put(space, place.name, { number, hash, at: now().toISOString() } satisfies Given);
}

/** Whether an entry is there as it was. */
export async function holds(journal: Pick<JournalStore, 'entries'>, { number, hash }: Head): Promise<boolean> {
  for await (const entry of journal.entries(number)) return entry.number === number && entry.hash === hash;
  return false;
}

/** The newest entry that every place has, and when that was so last; entry 0 while one of them has none. Undefined without places. */
export async function anchored(
  store: Pick<Store, 'get'>,
  places: readonly string[],
): Promise<{ readonly number: number; readonly at: Date } | undefined> {
  const given = await Promise.all(places.map((name) => store.get<Given>(space, name)));
  const all = given.map((one) => ({ number: one?.number ?? 0, at: new Date(one?.at ?? 0) }));
  return all.toSorted((one, other) => one.number - other.number || one.at.getTime() - other.at.getTime())[0];
}
