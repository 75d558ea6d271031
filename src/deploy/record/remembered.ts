import type { DeployOutcome, DeployReport } from '../../domain/deployment.ts';
import type { ObjectId } from '../../domain/finding.ts';
import type { RepositoryRef } from '../../domain/forge.ts';
import type { Store } from '../../domain/store.ts';
import { identityOf } from '../../manifests/identity.ts';
import type { LeasedRun } from '../lock/lease-record.ts';

/** What is known of the runs of one environment. Lost, it costs one run more. */
export interface Remembered {
  /** Environment and cluster, as `placeOf` names them: what ran elsewhere says nothing of here. */
  readonly place: string;
  readonly last: LastRun;
  /** The last commit that was deployed well, and by which run. */
  readonly good?: { readonly commit: string; readonly run: string };
  /** What merged plans let go, and no run has pruned yet. */
  readonly outstanding: readonly ObjectId[];
}

interface LastRun {
  readonly commit: string;
  readonly run: string;
  readonly outcome: DeployOutcome;
  /** By which settings it ran. */
  readonly rules: string;
}

const space = 'deployment';
const keyOf = ({ forge, path }: RepositoryRef): string => `${forge}:${path}`;

export const placeOf = (environment: string, cluster: string): string => `${environment} in ${cluster}`;

/** Undefined where nothing is known of runs in that place. */
export async function remembered(store: Pick<Store, 'get'>, repository: RepositoryRef, place: string): Promise<Remembered | undefined> {
  const known = await store.get<Remembered>(space, keyOf(repository));
  return known?.place === place ? known : undefined;
}

export const remember = (store: Pick<Store, 'put'>, repository: RepositoryRef, what: Remembered): Promise<void> =>
  store.put(space, keyOf(repository), what);

/** Where a cluster was lost with all that had been deployed to it. */
export const forgetRuns = (store: Pick<Store, 'delete'>, repository: RepositoryRef): Promise<void> =>
  store.delete(space, keyOf(repository));

/** What the cluster itself says counts where it knows better: the store was lost, or somebody else has deployed since. */
export function corrected(
  known: Remembered | undefined,
  seen: LeasedRun | undefined,
  of: { readonly place: string; readonly repository: string; readonly rules: string },
): Remembered | undefined {
  if (seen?.commit === undefined || !seen.succeeded || seen.repository !== of.repository) return known;
  const { run, commit } = seen;
  if (known !== undefined && known.last.run >= run) return known;
  const last = { commit, run, outcome: 'succeeded', rules: of.rules } as const;
  return { place: of.place, last, good: { commit, run }, outstanding: known?.outstanding ?? [] };
}

export type Decision = { readonly kind: 'run' } | { readonly kind: 'skip'; readonly why: string };

/** A failure is not repeated for the same commit and settings: somebody has to change something, or to ask for it. */
export function decide(commit: string, rules: string, known: Pick<Remembered, 'last'> | undefined): Decision {
  if (known === undefined || known.last.commit !== commit) return { kind: 'run' };
  const { outcome, run } = known.last;
  if (outcome === 'succeeded') return { kind: 'skip', why: `run ${run} has deployed it` };
  return known.last.rules === rules
    ? { kind: 'skip', why: `run ${run} of it has ${outcome}, and nothing has changed since` }
    : { kind: 'run' };
}

/** After a run; `allowed` is what it might prune, where that was compared with what was approved. */
export function memoryAfter(
  known: Remembered | undefined,
  { run, outcome, pruned }: Pick<DeployReport, 'run' | 'outcome' | 'pruned'>,
  of: { readonly place: string; readonly commit: string; readonly rules: string; readonly allowed?: readonly ObjectId[] | undefined },
): Remembered {
  const { place, commit, rules } = of;
  const isGood = outcome === 'succeeded';
  const gone = new Set(pruned.map(identityOf));
  const open = known?.outstanding ?? [];
  const good = isGood ? { commit, run } : known?.good;
  return {
    place,
    last: { commit, run, outcome, rules },
    ...(good !== undefined && { good }),
    // Of a run that did not go well the merge requests are looked at again.
    outstanding: isGood ? (of.allowed ?? open).filter((object) => !gone.has(identityOf(object))) : open,
  };
}

/** Which commit the cluster should be like: a refused run has written nothing. */
export function commitInCluster(known: Pick<Remembered, 'last' | 'good'> | undefined): string | undefined {
  return known?.last.outcome === 'refused' ? known.good?.commit : known?.last.commit;
}

/** When a run began, in UTC: its id says so. */
export const timeOf = (run: string): Date => new Date(run.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z'));
