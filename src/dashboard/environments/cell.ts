import type { InventoryRow, OpenRequest } from '../../domain/fleet.ts';
import { leadFirst } from '../../domain/lead-reference.ts';
import { type Behind, compareBehind, rowBehind, unknown } from '../../domain/version-behind.ts';
import type { FleetEnvironment } from './fleet.ts';

/** One app in one environment. */
export interface Cell {
  readonly references: readonly InventoryRow[];
  /** The one that the app goes by. */
  readonly lead: InventoryRow;
  /** Those at another version, each once. */
  readonly others: readonly InventoryRow[];
  /** Of all of them, the one that is furthest behind. */
  readonly behind: Behind;
  readonly waits?: OpenRequest;
  /** What the last deployment run did not bring to the cluster: it failed, or has not come yet. */
  readonly undeployed?: 'failed' | 'pending';
  /** A registry or the forge failed for it. */
  readonly trouble: boolean;
}

/** How far behind, for one page: most apps are at the same few versions. */
export type Judge = (row: InventoryRow) => Behind;

export function judging(): Judge {
  const known = new Map<string, Behind>();
  return (row) => {
    const key = `${row.version}\n${row.newest}\n${row.state}`;
    const found = known.get(key) ?? rowBehind(row);
    known.set(key, found);
    return found;
  };
}

export const hasFailed = ({ trouble, undeployed }: Pick<Cell, 'trouble' | 'undeployed'>): boolean => trouble || undeployed === 'failed';

/** The cells of an environment, by app. */
export function cellsOf(environment: FleetEnvironment, judge: Judge): ReadonlyMap<string, Cell> {
  const requests = Map.groupBy(environment.requests, ({ app }) => app);
  const troubled = new Set(environment.problems.flatMap(({ apps }) => apps));
  const cells = [...Map.groupBy(environment.rows, ({ app }) => app)].flatMap(([app, rows]): [string, Cell][] => {
    const [lead] = leadFirst(rows);
    if (lead === undefined) return [];
    const waits = requests.get(app)?.[0];
    const undeployed = rows.map((row) => undeployedIn(environment, row)).find((one) => one !== undefined);
    const cell = {
      references: rows,
      lead,
      others: distinct(rows).filter(({ version }) => version !== '' && version !== lead.version),
      behind: rows.map(judge).reduce((far, one) => (compareBehind(one, far) > 0 ? one : far), unknown),
      ...(waits !== undefined && { waits }),
      ...(undeployed !== undefined && { undeployed }),
      trouble: troubled.has(app),
    };
    return [[app, cell]];
  });
  return new Map(cells);
}

const keyOf = ({ package: name, version }: InventoryRow): string => `${name}\n${version}`;

const distinct = (rows: readonly InventoryRow[]): InventoryRow[] => [...new Map(rows.map((row) => [keyOf(row), row])).values()];

/** What came after the last good run is not in the cluster, as far as scans saw when it came. */
function undeployedIn({ run, commit }: FleetEnvironment, { since = '' }: InventoryRow): Cell['undeployed'] {
  if (run === undefined || commit === undefined || run.good?.commit === commit) return undefined;
  if (run.good !== undefined && since <= run.good.at) return undefined;
  return run.outcome === 'succeeded' ? 'pending' : 'failed';
}
