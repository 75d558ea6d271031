import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Entry, NewEntry } from '../domain/journal.ts';

type Head = Pick<Entry, 'number' | 'hash'>;

const nothing = '0'.repeat(64);

/** SHA-256 over the entry without its hash, as canonical JSON (RFC 8785): the same on every machine and in every language. */
function hashOf(entry: Omit<Entry, 'hash'>): string {
  return createHash('sha256')
    .update(canonicalize({ ...entry, hash: undefined }) ?? '')
    .digest('hex');
}

/** The entries as they follow `newest`: numbered, dated, each with the hash of the one before. */
export function follow(newest: Entry | undefined, added: readonly NewEntry[], now: Date): Entry[] {
  const entries: Entry[] = [];
  let before = newest;
  for (const one of added) {
    const open = { ...plain(one), number: (before?.number ?? 0) + 1, at: now.toISOString(), previous: before?.hash ?? nothing };
    before = { ...open, hash: hashOf(open) };
    entries.push(before);
  }
  return entries;
}

/** As it comes back from storage: without keys that are undefined, and without halves of characters, which no storage keeps. */
const plain = (entry: NewEntry): NewEntry =>
  JSON.parse(JSON.stringify(entry, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value))) as NewEntry;

/** A hash that was put somewhere else while it was the newest. */
export interface Anchor {
  readonly number: number;
  readonly hash: string;
  /** Where it was found: `gitlab:platform/audit`, `--head`. */
  readonly place: string;
}

/** What is wrong, and which entry shows it. */
export interface BrokenLink {
  readonly number: number;
  readonly problem: string;
}

export interface Verdict {
  readonly entries: number;
  readonly newest: Head | undefined;
  /** Anchors that were looked for in the chain. */
  readonly anchors: number;
  readonly problems: readonly BrokenLink[];
}

/** Reads the chain once: all of it, or what follows the entry `after`. Entries come in the order in which they are kept. */
export async function verifyChain(entries: AsyncIterable<Entry>, anchors: readonly Anchor[], after?: Head): Promise<Verdict> {
  const problems: BrokenLink[] = [];
  const anchored = Map.groupBy(anchors, ({ number }) => number);
  let count = 0;
  let before: Head | undefined = after;
  for await (const entry of entries) {
    count += 1;
    problems.push(...brokenLinks(entry, before), ...(anchored.get(entry.number) ?? []).flatMap((anchor) => mismatch(entry, anchor)));
    before = entry;
  }
  const last = before?.number ?? 0;
  problems.push(...anchors.filter(({ number }) => number > last).map((anchor) => cutTail(anchor, last)));
  return {
    entries: count,
    newest: before && { number: before.number, hash: before.hash },
    anchors: anchors.length,
    problems,
  };
}

function brokenLinks(entry: Entry, before: Head | undefined): BrokenLink[] {
  const { number } = entry;
  const expected = (before?.number ?? 0) + 1;
  const found: BrokenLink[] = [];
  if (number > expected) found.push({ number, problem: `${span(expected, number - 1)} missing before it` });
  else if (number < expected) found.push({ number, problem: `stands after entry ${expected - 1}: reordered or doubled` });
  else if (entry.previous !== (before?.hash ?? nothing)) {
    found.push({
      number,
      problem: `does not follow ${before === undefined ? 'the beginning' : `entry ${before.number}, which is not the one it was written after`}`,
    });
  }
  if (entry.hash !== hashOf(entry)) found.push({ number, problem: 'changed after it was written: its text does not give its hash' });
  return found;
}

const span = (from: number, to: number): string => (from === to ? `entry ${from} is` : `entries ${from} to ${to} are`);

const mismatch = (entry: Entry, { hash, place, number }: Anchor): BrokenLink[] =>
  entry.hash === hash
    ? []
    : [{ number, problem: `is not the entry whose hash was put in ${place}: it, or one before it, was written anew` }];

const cutTail = ({ number, place }: Anchor, last: number): BrokenLink => ({
  number,
  problem: `${place} has its hash, and the journal ends at entry ${last}: its tail was cut off`,
});
