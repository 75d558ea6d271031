import type { Logger } from 'pino';
import { explain } from '../domain/errors.ts';
import { type ChainWatch, watchChain } from '../journal/watch.ts';
import type { Schedule } from '../runtime/schedule.ts';
import type { Services } from '../services.ts';
import { every } from './access/every.ts';

/** Milliseconds between two looks at what was added to the journal. */
const pause = 30_000;
/** Looks until all of it is read again, which takes seconds per 100,000 entries: six hours. */
const whole = 720;

/** Verifies the journal in the background; what breaks is in the log once. */
export function startChainWatch(
  { persistence, anchors }: Pick<Services, 'persistence' | 'anchors'>,
  log: Logger,
): Pick<ChainWatch, 'verified'> & Schedule {
  const watch = watchChain({ journal: () => persistence.journal(), anchors, now: () => new Date() });
  let said = 0;
  const { stop } = every(pause, async (turn) => {
    try {
      await watch.look(turn % whole === 0);
    } catch (error) {
      log.warn(`the journal could not be verified: ${explain(error)}`);
    }
    const { broken = 0, problems = [] } = watch.verified() ?? {};
    if (broken > said) log.error({ problems }, `the journal is broken in ${broken} places: lockkeeper journal verify says more`);
    said = broken;
  });
  return { verified: watch.verified, stop };
}
