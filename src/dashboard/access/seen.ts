import type { Viewer } from '../../domain/site.ts';
import type { AccessNow } from './source.ts';

/** Of what lately ended. */
const mostEnded = 20;

/** What of it somebody may see. */
export function seenBy({ sees }: Viewer, all: AccessNow): AccessNow {
  const isSeen = ({ environment }: { readonly environment: string | undefined }): boolean => sees(environment);
  return {
    open: all.open.filter(isSeen),
    waiting: all.waiting.filter(isSeen),
    ended: all.ended.filter(isSeen).slice(0, mostEnded),
    alarms: all.alarms.filter(isSeen),
    lost: all.lost.filter(isSeen),
    places: all.places.filter(({ name }) => sees(name)),
    isOn: all.isOn,
  };
}
