import type { InventoryRow } from './fleet.ts';

/** A digest alone, or nothing, is no version. */
const hasVersion = ({ version }: InventoryRow): boolean => version !== '' && !version.startsWith('sha256:');

/** `shop/billing` of the app billing. */
const isNamesake = ({ app, package: name }: InventoryRow): boolean => name.slice(name.lastIndexOf('/') + 1) === app;

/** Of an app's references in one environment, the one that it goes by comes first: it has a version and, better still, is called like the app. */
export function leadFirst(rows: readonly InventoryRow[]): readonly InventoryRow[] {
  const rank = (row: InventoryRow): number => Number(!hasVersion(row)) * 2 + Number(!isNamesake(row));
  return rows.toSorted((one, other) => rank(one) - rank(other));
}
