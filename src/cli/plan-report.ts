import { objectName } from '../domain/finding.ts';
import { type Plan, tally } from '../plan/plan.ts';
import type { Output } from './output.ts';

/** What a change would do, for a terminal: what goes first, since that cannot be taken back. */
export function printPlan(environment: string, plan: Plan, output: Output): void {
  const { create, change, prune, kept, notes } = plan;
  output.print(`${environment}: ${tally(plan)}`);
  const rows = [
    ...prune.map(({ object, lost }) => ['prune', objectName(object), `loses ${lost}`]),
    ...change.map(({ object, summary }) => ['change', objectName(object), summary]),
    ...create.map((object) => ['create', objectName(object), `${object.place.file}:${object.place.line}`]),
    ...kept.map(({ object, reason }) => ['keep', objectName(object), reason]),
  ];
  if (rows.length > 0) {
    output.print('');
    output.table(['', 'object', ''], rows);
  }
  for (const { object, diff } of change) {
    output.print(`\n${objectName(object)}`);
    output.diff(diff);
  }
  for (const note of notes) output.print(`\n${note}`);
}
