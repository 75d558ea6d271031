import type { InventoryRow } from '../../domain/fleet.ts';
import { parseVersion } from '../../domain/version.ts';
import { comparable, compareVersions } from '../../domain/version-order.ts';
import type { AppPlace, Move, PackageChanges } from './source.ts';

/** One package of an app in two environments. */
export type Difference =
  | { readonly kind: 'same'; readonly package: string; readonly version: string }
  /** It is in one of them only. */
  | { readonly kind: 'alone'; readonly package: string; readonly version: string; readonly environment: string }
  /** From the older version to the newer one; `known` is false where they cannot be compared. */
  | { readonly kind: 'move'; readonly move: Move; readonly known: boolean };

/** What two environments have of an app: which of them is newer is found out, package by package. */
export function differences(one: AppPlace, other: AppPlace): readonly Difference[] {
  const names = [...new Set([...one.rows, ...other.rows].map((row) => row.package))];
  return names.map((name): Difference => {
    const [here, there] = [versionIn(one.rows, name), versionIn(other.rows, name)];
    if (here === undefined || there === undefined)
      return {
        kind: 'alone',
        package: name,
        version: here ?? there ?? '',
        environment: here === undefined ? other.environment : one.environment,
      };
    if (here === there) return { kind: 'same', package: name, version: here };
    const order = compareTexts(here, there);
    const [from, to] = [
      { version: here, place: one },
      { version: there, place: other },
    ];
    const isBack = order !== undefined && order > 0;
    return { kind: 'move', move: { package: name, from: isBack ? to : from, to: isBack ? from : to }, known: order !== undefined };
  });
}

/** Of several references to the highest, so that nothing that is there is called new. */
function versionIn(rows: readonly InventoryRow[], name: string): string | undefined {
  const [first, ...others] = rows.filter((row) => row.package === name).map(({ version }) => version);
  return others.reduce((highest, version) => ((compareTexts(version, highest ?? version) ?? 0) > 0 ? version : highest), first);
}

/** Below zero where the first is the older one; undefined where nobody can tell. */
function compareTexts(one: string, other: string): number | undefined {
  const [a, b] = [parseVersion(one), parseVersion(other)];
  return a.kind === 'version' && b.kind === 'version' && comparable(a, b) ? compareVersions(a, b) : undefined;
}

/** Packages of one source that moved alike have the same text: it is said once. */
export function saidOnce(all: readonly PackageChanges[]): readonly (readonly PackageChanges[])[] {
  const keyOf = (one: PackageChanges): string => JSON.stringify([one.from, one.to, 'markdown' in one ? one.markdown : one.problem]);
  return [...Map.groupBy(all, keyOf).values()];
}
