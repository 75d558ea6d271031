import { explain, OutsideError } from '../domain/errors.ts';
import type { JournalStore } from '../domain/journal.ts';
import type { Head } from './anchor.ts';
import { holds } from './anchoring.ts';
import { type Anchor, type BrokenLink, type Verdict, verifyChain } from './chain.ts';
import { gently } from './gently.ts';

/** What the looks at the chain have found. */
export interface Verified {
  /** Up to which entry it was read; undefined: it is empty. */
  readonly newest: Head | undefined;
  /** Hashes kept elsewhere that were compared. */
  readonly anchors: number;
  /** Why they could not be asked for again. */
  readonly unread?: string;
  /** Empty: unbroken. The first of them. */
  readonly problems: readonly BrokenLink[];
  /** How many there are. */
  readonly broken: number;
  /** RFC 3339: when it was looked at last. */
  readonly at: string;
}

export interface ChainWatch {
  /** Undefined before the first look is over. */
  readonly verified: () => Verified | undefined;
  /** Verifies what was added since the last look; all of it at the first, at `whole`, and where what was seen then is gone. Throws what the store throws. */
  readonly look: (whole: boolean) => Promise<void>;
}

interface WatchPorts {
  readonly journal: () => Pick<JournalStore, 'entries'>;
  /** Asks the forges. */
  readonly anchors: () => Promise<readonly Anchor[]>;
  readonly now: () => Date;
}

/** Enough to see what happened; `journal verify` names all. */
const mostProblems = 20;

/** Knows whether the chain is whole without reading all of it each time. */
export function watchChain({ journal, anchors, now }: WatchPorts): ChainWatch {
  let last: Verified | undefined;
  /** Heads that were seen, and are in the journal no more. */
  const lost: Anchor[] = [];

  let elsewhere: readonly Anchor[] = [];

  /** Where they cannot be asked for, those of the time before count: what was found with them stands. */
  const askElsewhere = async (): Promise<Pick<Verified, 'unread'>> => {
    try {
      elsewhere = await anchors();
      return {};
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      return { unread: explain(error) };
    }
  };

  const readWhole = async (): Promise<Verified> => {
    const unread = await askElsewhere();
    const verdict = await verifyChain(gently(journal().entries()), [...elsewhere, ...lost]);
    return { ...seen(verdict, { problems: [], broken: 0 }), ...unread, anchors: elsewhere.length, at: now().toISOString() };
  };

  const readOn = async (before: Verified, head: Head | undefined): Promise<Verified> => {
    const verdict = await verifyChain(gently(journal().entries((head?.number ?? 0) + 1)), [], head);
    return { ...before, ...seen(verdict, before), at: now().toISOString() };
  };

  return {
    verified: () => last,
    async look(whole) {
      const head = last?.newest;
      const isThere = head === undefined || (await holds(journal(), head));
      if (head !== undefined && !isThere) lost.push({ ...head, place: 'the memory of this service' });
      last = whole || last === undefined || !isThere ? await readWhole() : await readOn(last, head);
    },
  };
}

/** Together with what was found before. */
const seen = ({ newest, problems: added }: Verdict, before: Pick<Verified, 'problems' | 'broken'>) => ({
  newest,
  problems: [...before.problems, ...added].slice(0, mostProblems),
  broken: before.broken + added.length,
});
