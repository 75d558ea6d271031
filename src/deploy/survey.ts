import type { ApiServer, ServedKind } from '../domain/cluster.ts';
import type { DeployFailure } from '../domain/deployment.ts';
import { identityOf } from '../manifests/identity.ts';
import { planPrune } from '../plan/contents.ts';
import { type IsSettled, type Live, listLive } from '../plan/live.ts';
import type { PruneDecision, PruneQuestion } from '../plan/prune.ts';
import { wantedOf } from '../plan/wanted.ts';
import { isSetByHand } from './apply/migrate.ts';
import { placedBy } from './apply/requests.ts';
import { isSettled } from './apply/settled.ts';
import type { WantedRun } from './ports.ts';
import type { Progress } from './progress.ts';
import { refusedByPlan } from './refusals.ts';
import { openTarget, type Target } from './target.ts';

/** The cluster as a run finds it, and what it will prune of it. */
export interface Survey {
  readonly target: Target;
  readonly live: Live;
  readonly question: PruneQuestion;
  readonly decision: PruneDecision;
  /** Why the run must not begin, by what it would prune. */
  readonly refusals: readonly DeployFailure[];
}

/** Looks at all that earlier deployments left: one list of each kind, and nothing is written. Throws OutsideError where nothing can be seen. */
export async function survey(server: ApiServer, wanted: WantedRun, run: string, progress: Progress, signal: AbortSignal): Promise<Survey> {
  const { environment, formerly, approvedPrune, approvedBy } = wanted;
  progress.phase('look', 2);
  const target = await openTarget({ server, environment, formerly }, signal);
  progress.done('what the cluster serves');
  const live = await listAll(target, settledAs(wanted, target), signal);
  const question = questionOf(wanted, run, target, live);
  const decision = await planPrune(target, question, signal);
  progress.done('what earlier deployments left');
  const [tooMuch, unapproved] = [decision.refusal, refusedByPlan(decision.prune, approvedPrune, approvedBy)];
  const refusals = [...(tooMuch === undefined ? [] : [{ message: tooMuch }]), ...(unapproved === undefined ? [] : [unapproved])];
  return { target, live, question, decision, refusals };
}

/** A kind whose definition went away between the two questions is none that cannot be seen. */
async function listAll(target: Target, isSettled: IsSettled, signal: AbortSignal): Promise<Live> {
  const live = await listLive(target, isSettled, signal);
  const before = target.served();
  if (live.unseen.length === before.unseen.length) return live;
  await target.refresh(signal);
  const after = new Set(target.served().kinds.map(nameOf));
  return before.kinds.every((kind) => after.has(nameOf(kind))) ? live : listLive(target, isSettled, signal);
}

const nameOf = ({ apiVersion, plural }: ServedKind): string => `${apiVersion}/${plural}`;

function settledAs({ state, environment, takeOver }: WantedRun, target: Target): IsSettled {
  const wanted = new Map(state.objects.map((object) => [identityOf(placedBy(object, target.kindOf(object))), object]));
  return (object, metadata) => {
    const one = wanted.get(identityOf(object));
    return one !== undefined && isSettled(one, metadata, environment) && !(takeOver && isSetByHand(metadata.managedFields ?? []));
  };
}

const questionOf = ({ environment, formerly, state, share }: WantedRun, run: string, target: Target, live: Live): PruneQuestion => ({
  wanted: wantedOf(state.objects, (object) => target.kindOf(object)),
  run,
  environments: [environment, ...formerly],
  protect: state.environment.prune.protect,
  live,
  share,
  complete: state.complete,
  failed: false,
});
