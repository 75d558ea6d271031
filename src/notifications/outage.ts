import { explain, isPassing, OutsideError } from '../domain/errors.ts';
import { RetryAt } from '../domain/queue.ts';

/** Milliseconds between two tries while the other side does not answer. */
const pause = { shortest: 10_000, longest: 120_000 };

/**
 * What becomes of a message that did not get through: where nothing is wrong with it, it is tried for as long as that takes, and no attempt counts;
 * what somebody has to put right first counts, and is parked. It waits about as long again as it has waited since `since`, when it was asked for; `random` from 0 to 1.
 */
export function outlasting(error: unknown, { since, now, random }: { readonly since: Date; readonly now: Date; readonly random: number }) {
  if (!(error instanceof OutsideError) || !isPassing(error)) return error;
  const waited = Math.min(Math.max(now.getTime() - since.getTime(), pause.shortest), pause.longest);
  return new RetryAt(explain(error), new Date(now.getTime() + waited * (0.8 + 0.4 * random)), { cause: error });
}
