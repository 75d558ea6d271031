import type { InventoryRow } from '../../domain/fleet.ts';
import { parseVersion } from '../../domain/version.ts';
import { typeOfUpdate } from '../../domain/version-order.ts';
import { compareTexts } from './comparison.ts';

/** One version of an app in an environment. */
export interface Standing {
  readonly version: string;
  /** The package's last part, where the app has several; else ''. */
  readonly name: string;
  /** RFC 3339 */
  readonly since?: string;
  /** By which part of the version the newest differs; `some` where that cannot be told. */
  readonly behind: 'none' | 'patch' | 'minor' | 'major' | 'some' | 'unknown';
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
    behind: behindOf(version, newest, state),
    ...(newest !== undefined && { newest }),
    ...(reason !== undefined && { reason }),
  };
}

function behindOf(version: string, newest: string | undefined, state: InventoryRow['state']): Standing['behind'] {
  if (newest === undefined) return 'unknown';
  if (newest === version) return state === 'current' ? 'none' : state === 'unknown' ? 'unknown' : 'some';
  const [from, to] = [parseVersion(version), parseVersion(newest)];
  const isOlder = (compareTexts(version, newest) ?? 0) < 0;
  return isOlder && from.kind === 'version' && to.kind === 'version' ? typeOfUpdate(from, to) : 'some';
}
