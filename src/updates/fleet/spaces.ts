/** Where the fleet is kept in the store. */
export const spaces = {
  /** By environment: what was seen of it last (`Kept`). Written when that has changed. */
  snapshots: 'fleet',
  /** By environment: when a scan last looked at all of it. */
  looks: 'fleet-look',
  /** By `historyKey`: the app's packages (`AppHistory[]`). Written when a version changes. */
  history: 'fleet-history',
  /** By `groupKey`: the paths of the projects that were found there last. */
  groups: 'fleet-group',
} as const;

export const historyKey = (environment: string, app: string): string => JSON.stringify([environment, app]);
