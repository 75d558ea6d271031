import { type Behind, compareBehind, isBehind, unknown } from '../../domain/version-behind.ts';
import { type Cell, cellsOf, hasFailed, judging } from './cell.ts';
import { type Filter, nobody, type Sort, type State } from './filter.ts';
import type { FleetEnvironment } from './fleet.ts';

/** One app in all environments that have it. */
export interface AppLine {
  readonly app: string;
  readonly owners: readonly string[];
  /** By environment. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** Where it is furthest behind. */
  readonly behind: Behind;
}

export interface Matrix {
  readonly environments: readonly FleetEnvironment[];
  /** Those that are shown, in order. */
  readonly lines: readonly AppLine[];
  /** Of the apps with that owner and name, whatever their state. */
  readonly counts: Readonly<Record<State, number>>;
  /** Of all apps, by name. */
  readonly owners: readonly string[];
}

export function matrixOf(environments: readonly FleetEnvironment[], filter: Filter): Matrix {
  const all = linesOf(environments);
  const named = all.filter((line) => isNamed(line, filter));
  const count = (state: State): number => named.filter((line) => isIn(line, state)).length;
  return {
    environments,
    lines: named.filter((line) => isIn(line, filter.state)).sort(orders[filter.sort]),
    counts: { any: named.length, behind: count('behind'), current: count('current'), waiting: count('waiting'), failed: count('failed') },
    owners: [...new Set(all.flatMap(({ owners }) => owners))].sort(),
  };
}

function linesOf(environments: readonly FleetEnvironment[]): AppLine[] {
  const judge = judging();
  const columns = environments.map((one) => [one.environment, cellsOf(one, judge)] as const);
  const apps = new Set(columns.flatMap(([, cells]) => [...cells.keys()]));
  return [...apps].map((app) => {
    const cells = new Map(columns.flatMap(([name, column]) => (column.has(app) ? [[name, column.get(app) as Cell] as const] : [])));
    const all = [...cells.values()];
    return {
      app,
      owners: [...new Set(all.flatMap(({ references }) => references.flatMap(({ owner }) => owner ?? [])))],
      cells,
      behind: all.map((cell) => cell.behind).reduce((far, one) => (compareBehind(one, far) > 0 ? one : far), unknown),
    };
  });
}

function isNamed({ app, owners }: AppLine, filter: Filter): boolean {
  const isOwned = filter.owner === undefined || (filter.owner === nobody ? owners.length === 0 : owners.includes(filter.owner));
  return isOwned && app.toLowerCase().includes(filter.app.toLowerCase());
}

function isIn({ cells, behind }: AppLine, state: State): boolean {
  const all = [...cells.values()];
  switch (state) {
    case 'any':
      return true;
    case 'behind':
      return isBehind(behind);
    case 'current':
      return all.every((cell) => cell.behind.kind === 'current');
    case 'waiting':
      return all.some(({ waits }) => waits !== undefined);
    case 'failed':
      return all.some(hasFailed);
  }
}

const byName = (a: AppLine, b: AppLine): number => (a.app < b.app ? -1 : Number(a.app > b.app));

/** Who has no owner comes last. */
const ownerOf = ({ owners: [first = '\uffff'] }: AppLine): string => first;

const orders: Readonly<Record<Sort, (a: AppLine, b: AppLine) => number>> = {
  app: byName,
  owner: (a, b) => (ownerOf(a) < ownerOf(b) ? -1 : Number(ownerOf(a) > ownerOf(b))) || byName(a, b),
  behind: (a, b) => compareBehind(b.behind, a.behind) || byName(a, b),
};
