import type { JournalSource } from '../../dashboard/journal/source.ts';
import { anchored } from '../../journal/anchoring.ts';
import { anchorNames } from '../anchor.ts';
import type { DashboardParts } from './parts.ts';

/** The journal as its pages see it. */
export function journalSource({
  config,
  services,
  journal,
  verified,
}: Pick<DashboardParts, 'config' | 'services' | 'journal' | 'verified'>): JournalSource {
  const places = anchorNames(config);
  return {
    newestFirst: journal.newestFirst,
    oldestFirst: journal.oldestFirst,
    environments: () => config.environments.flatMap((one) => ('name' in one ? [one.name] : [])),
    chain: async () => {
      const found = verified();
      const upTo = await anchored(services.persistence.store, places);
      return {
        ...(found !== undefined && {
          verified: {
            upTo: found.newest?.number ?? 0,
            at: found.at,
            broken: found.broken,
            problems: found.problems,
            ...(found.unread !== undefined && { unread: found.unread }),
          },
        }),
        ...(upTo !== undefined && {
          anchored: { places, ...(upTo.number > 0 && { upTo: { number: upTo.number, at: upTo.at.toISOString() } }) },
        }),
      };
    },
  };
}
