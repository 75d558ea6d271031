import type { ObjectMetadata } from '../../domain/cluster.ts';
import type { Drift } from '../../domain/deployment.ts';
import { idOf, objectName } from '../../domain/finding.ts';
import type { DesiredObject, DesiredState } from '../../manifests/desired-object.ts';
import { identityOf } from '../../manifests/identity.ts';
import { record } from '../../manifests/objects.ts';
import { dryRun } from '../../plan/compare.ts';
import { planPrune } from '../../plan/contents.ts';
import { type Live, listLive } from '../../plan/live.ts';
import { wantedOf } from '../../plan/wanted.ts';
import { placedBy } from '../apply/requests.ts';
import { isSettled } from '../apply/settled.ts';
import type { Progress } from '../progress.ts';
import type { Target } from '../target.ts';
import { type Found, judgeObject } from './judge-object.ts';
import { mayHaveAdditions } from './touched.ts';

/** What of an environment's cluster is not as its repository says. */
export interface DriftReport {
  /** False where no deployment of the environment left anything in the cluster: nothing is compared then. */
  readonly deployed: boolean;
  /** What is wanted in the repository's order, then what is left over. */
  readonly drifts: readonly Drift[];
  /** Whole sentences that are no drift: what could not be seen, what an autoscaler has set. */
  readonly notes: readonly string[];
}

/**
 * Holds the cluster against what is wanted, and writes nothing: one list per kind, and two requests for each object that these lists do not show
 * to be as a deployment left it. Where it is known that the environment `wasDeployed`, a cluster without any of it has lost it. Throws OutsideError when the server cannot be asked; what it refuses is a drift of the kind `unknown`.
 */
export async function findDrift(
  target: Target,
  state: DesiredState,
  progress: Progress,
  signal: AbortSignal,
  wasDeployed = false,
): Promise<DriftReport> {
  const objects = state.objects.map((object) => placedBy(object, target.kindOf(object)));
  const wanted = new Map(objects.map((object) => [identityOf(object), object]));
  const live = await listLive(target, (object, metadata) => isAsLeft(wanted.get(identityOf(object)), metadata, target), signal);
  const unread = [...live.unseen.map((what) => `${what}: what is left over there is not known.`), ...(state.complete ? [] : [incomplete])];
  if (!wasDeployed && live.objects.length === 0 && live.unseen.length === 0 && objects.length > 0)
    return { deployed: false, drifts: [], notes: [neverDeployed(target), ...unread] };
  const going = new Set(live.objects.filter(({ deleting }) => deleting).map(identityOf));
  const settled = new Set(live.objects.filter((object) => object.settled && !object.deleting).map(identityOf));
  const open = objects.filter((object) => !settled.has(identityOf(object)));
  progress.phase('look', open.length);
  const found = await target.turns.map(open, async (object) => {
    const one = going.has(identityOf(object)) ? deleting(object) : await lookAt(target, object, signal);
    progress.done(objectName(object));
    return one;
  });
  const left = await leftOver(target, state, live, signal);
  return {
    deployed: true,
    drifts: [...found.flatMap(({ drift }) => drift ?? []), ...left.drifts],
    notes: [...found.flatMap(({ notes }) => notes), ...left.kept, ...(unread.length > 0 ? unread : left.notes)],
  };
}

function isAsLeft(object: DesiredObject | undefined, metadata: ObjectMetadata, { environment }: Target): boolean {
  return object !== undefined && isSettled(object, metadata, environment) && !mayHaveAdditions(metadata.managedFields ?? []);
}

async function lookAt(target: Target, object: DesiredObject, signal: AbortSignal): Promise<Found> {
  const { server } = target;
  const found = await dryRun({ server, kindOf: (of) => target.kindOf(of), mayShow: () => true, signal }, object);
  if (found.kind === 'absent') return missing(object, target);
  if (found.kind === 'both') return judgeObject(object, found, [target.environment, ...target.formerly]);
  const summary = found.kind === 'refused' ? found.why : '';
  return { drift: { object: idOf(object), kind: 'unknown', summary }, notes: [] };
}

function missing(object: DesiredObject, target: Target): Found {
  const lives = record(object.value['spec'])['ttlSecondsAfterFinished'];
  if (object.kind === 'Job' && lives !== undefined)
    return { notes: [`${objectName(object)} is gone, as its ttlSecondsAfterFinished wants; the next deployment makes it again.`] };
  const summary =
    target.kindOf(object) === undefined
      ? `the cluster does not serve ${object.kind} of ${object.apiVersion}`
      : 'not in the cluster: deleted, or not deployed yet';
  return { drift: { object: idOf(object), kind: 'missing', summary }, notes: [] };
}

const deleting = (object: DesiredObject): Found => ({
  drift: { object: idOf(object), kind: 'missing', summary: 'being deleted' },
  notes: [],
});

/** What the next deployment would prune, whatever share of all that is; what it would keep is said. */
async function leftOver(
  target: Target,
  { objects, environment, complete }: DesiredState,
  live: Live,
  signal: AbortSignal,
): Promise<Pick<DriftReport, 'drifts' | 'notes'> & { readonly kept: readonly string[] }> {
  const wanted = wantedOf(objects, (object) => target.kindOf(object));
  const names = [target.environment, ...target.formerly];
  const rules = { wanted, run: endOfTime, environments: names, protect: environment.prune.protect };
  const { prune, kept, notes } = await planPrune(target, { ...rules, live, share: 1, complete, failed: false }, signal);
  return {
    drifts: prune.map((object) => ({
      object: idOf(object),
      kind: 'left-over',
      summary: `no longer in the repository${object.environment === target.environment ? '' : `; ${object.environment} left it`}`,
    })),
    kept: kept.map(({ object, reason }) => `${objectName(object)} is not in the repository, and stays: ${reason}.`),
    notes,
  };
}

/** Later than any run: what was deployed in this very second is left over, too. */
const endOfTime = '99991231235959';

const incomplete = 'Not all of the repository could be read: what is missing or left over is not known for sure.';

const neverDeployed = ({ environment, formerly }: Target): string =>
  `${environment} was never deployed to this cluster: nothing in it carries the label of ${[environment, ...formerly].join(' or ')}.`;
