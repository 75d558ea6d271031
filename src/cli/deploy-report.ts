import type { DeployFailure, DeployReport } from '../domain/deployment.ts';
import { objectName } from '../domain/finding.ts';
import type { Output } from './output.ts';

const colors = { succeeded: 'green', failed: 'red', refused: 'red' } as const;

/** What a run did, for a terminal: what failed last, where it is seen. */
export function printReport(report: DeployReport, output: Output): void {
  const { environment, run, outcome, seconds, created, changed, pruned, kept, notes, failures } = report;
  output.styled([
    { text: `${environment}: ` },
    { text: outcome, style: colors[outcome] },
    { text: outcome === 'refused' ? ', nothing was written' : `, run ${run}, ${seconds} s: ${tally(report)}` },
  ]);
  const rows = [
    ...pruned.map((object) => ['pruned', objectName(object), '']),
    ...changed.map((object) => ['changed', objectName(object), '']),
    ...created.map((object) => ['created', objectName(object), '']),
    ...kept.map(({ object, reason }) => ['kept', objectName(object), reason]),
  ];
  if (rows.length > 0) {
    output.print('');
    output.table(['', 'object', ''], rows);
  }
  for (const note of notes) output.print(`\n${note}`);
  printFailures(failures, output);
}

export function printFailures(failures: readonly DeployFailure[], output: Output): void {
  for (const { object, message, help } of failures) {
    output.styled([{ text: `\n${object === undefined ? '' : `${objectName(object)}: `}`, style: 'bold' }, { text: message }]);
    if (help !== undefined) output.styled([{ text: `  ${help}`, style: 'dim' }]);
  }
}

function tally({ created, changed, pruned, unchanged }: DeployReport): string {
  const counts = [
    [created.length, 'created'],
    [changed.length, 'changed'],
    [pruned.length, 'pruned'],
    [unchanged, 'unchanged'],
  ] as const;
  const told = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return told.length === 0 ? 'nothing was done' : told.join(', ');
}

export const failuresJson = (failures: readonly DeployFailure[]): readonly object[] =>
  failures.map(({ object, message, help }) => ({
    ...(object !== undefined && { object: objectName(object) }),
    message,
    ...(help !== undefined && { help }),
  }));

/** What `deploy --json` prints: see design.md, section 3. */
export const reportJson = (report: DeployReport): object => {
  const { environment, run, outcome, commit, created, changed, unchanged, pruned, kept, failures, notes, seconds } = report;
  return {
    environment,
    run,
    outcome,
    ...(commit !== undefined && { commit }),
    created: created.map(objectName),
    changed: changed.map(objectName),
    unchanged,
    pruned: pruned.map(objectName),
    kept: kept.map(({ object, reason }) => ({ object: objectName(object), reason })),
    failures: failuresJson(failures),
    notes,
    seconds,
  };
};
