import type { MergeRequest } from '../../domain/forge.ts';
import { readMarker } from '../../domain/identifiers.ts';

/** Milliseconds. */
const rememberedFor = 90 * 24 * 3_600_000;

/**
 * Of the merge requests that were seen before, newest first, those that are to be kept: what is open, what a person closed (not this version), the newest
 * of each branch, rollbacks that were merged (not that version again), and what ended lately. The rest decides nothing any more, and there would be ever more of it.
 */
export const stillNeeded =
  (now: Date) =>
  (known: MergeRequest, at: number, all: readonly MergeRequest[]): boolean =>
    known.state === 'open' ||
    (known.state === 'closed' && readMarker(known.description)?.closed === undefined) ||
    (known.state === 'merged' && readMarker(known.description)?.rollback !== undefined) ||
    all.findIndex(({ branch }) => branch === known.branch) === at ||
    Date.parse(known.endedAt ?? known.updatedAt) > now.getTime() - rememberedFor;
