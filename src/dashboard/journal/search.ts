import type { Entry } from '../../domain/journal.ts';

export interface Found {
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** The number to look on before; undefined: there is nothing older. */
  readonly before?: number;
  /** It was looked at so many that the rest is for another time: there may be older ones, or not. */
  readonly cut: boolean;
}

/** Of one page, and entries looked at for it. */
const usual = { found: 50, looked: 20_000 };

/** The newest that are wanted. */
export async function search(
  newestFirst: AsyncIterable<Entry>,
  isWanted: (entry: Entry) => boolean,
  most: typeof usual = usual,
): Promise<Found> {
  const entries: Entry[] = [];
  let looked = 0;
  for await (const entry of newestFirst) {
    if (looked === most.looked) return { entries, before: entry.number + 1, cut: true };
    looked += 1;
    if (!isWanted(entry)) continue;
    if (entries.length === most.found) return { entries, before: entry.number + 1, cut: false };
    entries.push(entry);
  }
  return { entries, cut: false };
}
