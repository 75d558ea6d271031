import type { InventoryRow } from '../../domain/fleet.ts';
import { type Behind, behind } from '../../domain/version-behind.ts';

/** One version of an app in an environment. */
export interface Standing {
  readonly version: string;
  /** The packages, by their last part, where the app has several that stand apart; else ''. */
  readonly name: string;
  /** RFC 3339 */
  readonly since?: string;
  readonly behind: Behind;
  readonly newest?: string;
  readonly reason?: string;
}

/** The app's versions in one environment; packages that stand alike are one. */
export function standingOf({ rows }: { readonly rows: readonly InventoryRow[] }): readonly Standing[] {
  const groups = [...Map.groupBy(rows, (row) => JSON.stringify([row.version, row.newest, behindOf(row).kind])).values()];
  return groups.flatMap((all) => standing(all, groups.length > 1));
}

function standing(all: readonly InventoryRow[], several: boolean): Standing[] {
  const [row] = all;
  if (row === undefined) return [];
  const { version, newest, since, reason } = row;
  const names = new Set(all.map(({ package: name }) => name.slice(name.lastIndexOf('/') + 1)));
  return [
    {
      version,
      name: several ? [...names].join(', ') : '',
      ...(since !== undefined && { since }),
      behind: behindOf(row),
      ...(newest !== undefined && { newest }),
      ...(reason !== undefined && { reason }),
    },
  ];
}

/** A tag that was pointed elsewhere has the same name. */
const newerBuild: Behind = { kind: 'other', count: 0, text: 'newer build' };

const behindOf = ({ version, newest, state }: InventoryRow): Behind =>
  (state === 'proposed' || state === 'waiting') && newest === version ? newerBuild : behind(version, newest);
