import { type Static, Type } from 'typebox';
import { inventoryStates } from '../../domain/fleet.ts';
import { isBehind } from '../../domain/version-behind.ts';
import { type Cell, hasFailed } from './cell.ts';
import type { FleetEnvironment } from './fleet.ts';
import type { Matrix } from './matrix.ts';

const instant = Type.String({ description: 'RFC 3339, UTC.' });

const problem = Type.Object({
  scope: Type.String({ description: "A registry's host, the environment, or its repository." }),
  message: Type.String(),
  since: instant,
  apps: Type.Array(Type.String(), { description: 'Which apps it holds up; none: the environment as a whole.' }),
});

export const environmentsReply = Type.Object({
  environments: Type.Array(
    Type.Object({
      name: Type.String(),
      repository: Type.String({ description: 'FORGE:PATH' }),
      url: Type.String({ description: "The repository's page; empty where none is known." }),
      commit: Type.Optional(Type.String({ description: 'Absent where no scan has read it yet.' })),
      lastScan: Type.Optional(instant),
      problems: Type.Array(problem),
      counts: Type.Object({
        apps: Type.Integer(),
        references: Type.Integer(),
        behind: Type.Integer(),
        waiting: Type.Integer(),
        failed: Type.Integer(),
      }),
      lastRun: Type.Optional(
        Type.Object({
          run: Type.String(),
          at: instant,
          outcome: Type.Union([Type.Literal('succeeded'), Type.Literal('failed'), Type.Literal('refused')]),
          commit: Type.String(),
        }),
      ),
    }),
  ),
});

/** Of the apps that are shown. */
export const environmentsReport = ({ environments, lines }: Matrix): Static<typeof environmentsReply> => ({
  environments: environments.map((one) =>
    environmentReport(
      one,
      lines.flatMap(({ cells }) => cells.get(one.environment) ?? []),
    ),
  ),
});

function environmentReport(
  { environment: name, repository, url, commit, at, problems, run }: FleetEnvironment,
  cells: readonly Cell[],
): Static<typeof environmentsReply>['environments'][number] {
  const count = (is: (cell: Cell) => boolean): number => cells.filter(is).length;
  return {
    name,
    repository,
    url,
    ...(commit !== undefined && { commit }),
    ...(at !== undefined && { lastScan: at }),
    problems: problems.map(({ apps, ...one }) => ({ ...one, apps: [...apps] })),
    counts: {
      apps: cells.length,
      references: cells.reduce((sum, { references }) => sum + references.length, 0),
      behind: count(({ behind }) => isBehind(behind)),
      waiting: count(({ waits }) => waits !== undefined),
      failed: count(hasFailed),
    },
    ...(run !== undefined && { lastRun: { run: run.run, at: run.at, outcome: run.outcome, commit: run.commit } }),
  };
}

export const inventoryReply = Type.Object({
  references: Type.Array(
    Type.Object({
      app: Type.String(),
      environment: Type.String(),
      file: Type.String(),
      line: Type.Integer(),
      package: Type.String(),
      version: Type.String(),
      owner: Type.Optional(Type.String()),
      newest: Type.Optional(Type.String({ description: 'The highest version known, taken or not; absent when nothing could be learned.' })),
      state: Type.Enum([...inventoryStates]),
      reason: Type.Optional(Type.String()),
      mergeRequest: Type.Optional(Type.String()),
      since: Type.Optional(instant),
    }),
  ),
});

export const inventoryReport = ({ environments, lines }: Matrix): Static<typeof inventoryReply> => ({
  references: environments.flatMap(({ environment }) => lines.flatMap(({ cells }) => [...(cells.get(environment)?.references ?? [])])),
});
