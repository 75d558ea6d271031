import type { DeployFailure } from '../domain/deployment.ts';
import { identityOf } from '../manifests/identity.ts';
import type { Change } from '../plan/change.ts';
import type { Plan } from '../plan/plan.ts';
import { planAgainst, planOfSeen } from '../plan/plan-against.ts';
import { type Preflight, type Rehearsed, rehearse } from './apply/preflight.ts';
import { refusedByFormer } from './lock/former.ts';
import { upcomingRun } from './lock/upcoming-run.ts';
import type { DeployPorts, WantedRun } from './ports.ts';
import { refusedByState } from './refusals.ts';
import { survey } from './survey.ts';

export interface Preview {
  readonly plan: Plan;
  /** Why a run would not begin. */
  readonly refusals: readonly DeployFailure[];
}

/** What a run would do now, without the lock and without a write. Throws OutsideError where the cluster cannot be asked. */
export async function previewDeployment(
  { server, now, progress }: Pick<DeployPorts, 'server' | 'now' | 'progress'>,
  wanted: WantedRun,
  signal: AbortSignal,
): Promise<Preview> {
  const { environment, formerly, share, state, takeOver } = wanted;
  const run = await upcomingRun(server, environment, now(), signal);
  const byState = refusedByState(environment, formerly, state);
  const byFormer = byState.length > 0 ? [] : await refusedByFormer(server, wanted, now(), signal);
  if (byState.length > 0)
    return { plan: await planAgainst(server, { environment, formerly, share, run }, state, signal), refusals: byState };
  const { target, live, decision, refusals } = await survey(server, wanted, run, progress, signal);
  const { turns } = target;
  const plan = await planOfSeen({ server, kindOf: (of) => target.kindOf(of), turns }, decision, state, signal);
  const rehearsal = await rehearse(target, state.objects, live, { takeOver }, progress, signal);
  return { plan: withRehearsed(plan, rehearsal), refusals: [...byFormer, ...refusals, ...rehearsal.refusals] };
}

/** What one dry run of an object does not show: that it is made anew, and that what kubectl applied leaves it. */
function withRehearsed(plan: Plan, { rehearsed, notes }: Preflight): Plan {
  const shown = new Set(plan.change.map(({ object }) => identityOf(object)));
  const more = rehearsed.flatMap((one) => (shown.has(identityOf(one.object)) ? [] : hiddenChange(one)));
  // Those that are made anew could not be compared, and were not counted.
  const counted = more.filter(({ madeAnew }) => !madeAnew).length;
  return {
    ...plan,
    change: [...plan.change, ...more.map(({ change }) => change)],
    unchanged: plan.unchanged - counted,
    notes: [...plan.notes, ...notes],
  };
}

function hiddenChange({ object, effect, way }: Rehearsed): { readonly change: Change; readonly madeAnew: boolean }[] {
  const madeAnew = way.kind === 'recreate';
  if (effect !== 'changed' || (!madeAnew && (way.kind !== 'apply' || way.from === undefined))) return [];
  const summary = madeAnew ? 'deleted and made anew' : 'what kubectl applied, and the manifest does not have, leaves';
  const { apiVersion, kind, namespace, name } = object;
  return [{ change: { object: { apiVersion, kind, namespace, name }, diff: `(${summary})`, summary }, madeAnew }];
}
