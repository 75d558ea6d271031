import type { InventoryRow } from '../../domain/fleet.ts';
import { type Behind, behind } from '../../domain/version-behind.ts';

/** One version of an app in an environment. */
export interface Standing {
  readonly version: string;
  /** The package's last part, where the app has several; else ''. */
  readonly name: string;
  /** RFC 3339 */
  readonly since?: string;
  readonly behind: Behind;
  readonly newest?: string;
  readonly reason?: string;
}

/** The app's versions in one environment; references to the same version of the same package are one. */
export function standingOf({ rows }: { readonly rows: readonly InventoryRow[] }): readonly Standing[] {
  const packages = new Set(rows.map((row) => row.package));
  const groups = [...Map.groupBy(rows, (row) => JSON.stringify([row.package, row.version])).values()];
  return groups.flatMap(([row]) => (row === undefined ? [] : [standing(row, packages.size > 1)]));
}

function standing({ package: of, version, since, newest, state, reason }: InventoryRow, several: boolean): Standing {
  return {
    version,
    name: several ? of.slice(of.lastIndexOf('/') + 1) : '',
    ...(since !== undefined && { since }),
    behind: state !== 'current' && state !== 'unknown' && newest === version ? newerBuild : behind(version, newest),
    ...(newest !== undefined && { newest }),
    ...(reason !== undefined && { reason }),
  };
}

/** A tag that was pointed elsewhere has the same name. */
const newerBuild: Behind = { kind: 'other', count: 0, text: 'newer build' };
