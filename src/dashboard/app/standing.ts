import type { InventoryRow } from '../../domain/fleet.ts';
import { leadFirst } from '../../domain/lead-reference.ts';
import { type Behind, compareBehind, rowBehind } from '../../domain/version-behind.ts';

/** One version of an app in an environment. */
export interface Standing {
  readonly version: string;
  /** The packages, by their last part, where the app has several versions; else ''. */
  readonly name: string;
  /** RFC 3339 */
  readonly since?: string;
  /** Of the package that is furthest behind. */
  readonly behind: Behind;
  readonly newest?: string;
  readonly reason?: string;
}

/** The app's versions in one environment, each once, the one that it goes by first. */
export function standingOf({ rows }: { readonly rows: readonly InventoryRow[] }): readonly Standing[] {
  const groups = [...Map.groupBy(leadFirst(rows), ({ version }) => version).values()];
  return groups.flatMap((all) => standing(all, groups.length > 1));
}

function standing(all: readonly InventoryRow[], several: boolean): Standing[] {
  const [row] = all.toSorted((one, other) => compareBehind(rowBehind(other), rowBehind(one)));
  if (row === undefined) return [];
  const { version, newest, since, reason } = row;
  const names = new Set(all.map(({ package: name }) => name.slice(name.lastIndexOf('/') + 1)));
  return [
    {
      version,
      name: several ? [...names].join(', ') : '',
      ...(since !== undefined && { since }),
      behind: rowBehind(row),
      ...(newest !== undefined && { newest }),
      ...(reason !== undefined && { reason }),
    },
  ];
}
