import type { AppHistory, InventoryRow } from '../../domain/fleet.ts';

/** Of one package in one environment; older ones go. */
const mostPoints = 200;

export type Rows = readonly Pick<InventoryRow, 'app' | 'package' | 'version' | 'since'>[];

interface Moment {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly commit: string;
}

/** Apps whose packages or versions are not what they were. */
export function changedApps(before: Rows, after: Rows): string[] {
  const [old, fresh] = [Map.groupBy(before, ({ app }) => app), Map.groupBy(after, ({ app }) => app)];
  return [...new Set([...old.keys(), ...fresh.keys()])].filter((app) => stand(old.get(app)) !== stand(fresh.get(app)));
}

const stand = (rows: Rows = []): string => JSON.stringify(rows.map((row) => JSON.stringify([row.package, row.version])).sort());

/** One app's history once its rows are other ones. */
export function historyAfter(known: readonly AppHistory[], before: Rows, after: Rows, moment: Moment): AppHistory[] {
  const names = [...new Set([...known.map((one) => one.package), ...after.map((row) => row.package)])];
  return names.map((name) => {
    const of = (rows: Rows): Rows => rows.filter((row) => row.package === name);
    return ofPackage(known.find((one) => one.package === name) ?? { package: name, points: [] }, of(before), of(after), moment);
  });
}

function ofPackage(known: AppHistory, before: Rows, after: Rows, { at, commit }: Moment): AppHistory {
  const { package: name, points, leftAt } = known;
  if (after.length === 0) return { package: name, points, leftAt: leftAt ?? at };
  const isNew = ({ version }: Rows[number]): boolean =>
    !before.some((row) => row.version === version) && !points.some((point) => point.version === version && point.commit === commit);
  const fresh = new Map(after.filter(isNew).map(({ version, since = at }) => [version, { version, at: since, commit }]));
  return { package: name, points: [...points, ...fresh.values()].slice(-mostPoints) };
}
