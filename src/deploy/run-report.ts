import type { DeployFailure, DeployReport, KeptObject } from '../domain/deployment.ts';
import { idOf, type ObjectId } from '../domain/finding.ts';
import type { Rehearsed } from './apply/preflight.ts';
import type { WantedRun } from './ports.ts';

/** What a run came to. */
export interface Done {
  /** Why it did not begin; then nothing was written. */
  readonly refusals: readonly DeployFailure[];
  readonly applied: readonly Pick<Rehearsed, 'object' | 'effect'>[];
  readonly pruned: readonly ObjectId[];
  readonly kept: readonly KeptObject[];
  readonly failures: readonly DeployFailure[];
  readonly notes: readonly string[];
}

export const refused = (refusals: readonly DeployFailure[], notes: readonly string[] = []): Done => ({
  refusals,
  applied: [],
  pruned: [],
  kept: [],
  failures: [],
  notes,
});

/** `ms` is how long it took, with the wait for the lock. */
export function reportOf(
  { environment, commit }: Pick<WantedRun, 'environment' | 'commit'>,
  run: string,
  ms: number,
  { refusals, applied, pruned, kept, failures, notes }: Done,
): DeployReport {
  const of = (wanted: Rehearsed['effect']): readonly ObjectId[] =>
    applied.flatMap(({ object, effect }) => (effect === wanted ? [idOf(object)] : []));
  return {
    environment,
    run,
    outcome: refusals.length > 0 ? 'refused' : failures.length > 0 ? 'failed' : 'succeeded',
    ...(commit !== undefined && { commit }),
    created: of('created'),
    changed: of('changed'),
    unchanged: of('unchanged').length,
    pruned: pruned.map(idOf),
    kept,
    failures: [...refusals, ...failures],
    notes,
    seconds: Math.max(0, Math.round(ms / 100) / 10), // a clock may go backwards
  };
}
