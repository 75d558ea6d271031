import { setTimeout as sleep } from 'node:timers/promises';
import { collection, pathOf } from '../../domain/api-path.ts';
import { isFine, statusOf } from '../../domain/api-status.ts';
import type { ApiReply, ServedKind } from '../../domain/cluster.ts';
import type { DeployFailure } from '../../domain/deployment.ts';
import { fieldManager, pruneAnnotation, recreateAnnotation } from '../../domain/ownership.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { groupKind } from '../../manifests/identity.ts';
import { record } from '../../manifests/objects.ts';
import { refusal, refusalsOf } from '../refusal.ts';
import type { Target } from '../target.ts';
import { type LiveValue, liveIn } from './requests.ts';

/** Their data, or everything in them, goes with them. */
const neverRecreated: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: 'the data of its volume',
  PersistentVolume: 'the way to its data',
  Namespace: 'everything in it',
  'apiextensions.k8s.io/CustomResourceDefinition': 'every object of its kind',
};

/** How servers say that a field stays as it was made. */
const immutable = /immutable|may not change|updates to |may not be (?:changed|updated)|cannot change roleRef/i;

/** Why the change of an object that is there was refused because of what is there; undefined where it is about the new state alone. */
export async function unchangeable(
  target: Target,
  of: { readonly kind: ServedKind; readonly object: DesiredObject; readonly live: LiveValue; readonly body: string },
  refused: ApiReply,
  signal?: AbortSignal,
): Promise<'recreate' | readonly DeployFailure[] | undefined> {
  const { kind, object, live, body } = of;
  if (refused.status !== 422 && refused.status !== 403) return undefined;
  const said = immutable.test(statusOf(refused).message);
  if (!said && !isAllowed(object)) return undefined;
  const path = `${collection(kind, object.namespace)}?dryRun=All&fieldManager=${fieldManager}&fieldValidation=Strict`;
  const anew = await target.server.ask({ method: 'POST', path, body, type: 'application/yaml', verdictOnly: true }, signal);
  // Wrong in itself, whatever stands there; where only what stands there was complained of, that is what keeps it from being made anew.
  if (!isFine(anew)) return said && isAllowed(object) && anew.status === 422 ? refusalsOf(object, anew) : undefined;
  const why = keeps(object, live);
  if (isAllowed(object) && why === undefined) return 'recreate';
  const help = why ?? `${anewHelp}; or give it another name`;
  return refusalsOf(object, refused).map((one) => ({ ...one, help }));
}

const anewHelp = `this cannot change once the object exists: annotate it with ${recreateAnnotation}: enabled to have it deleted and made anew (what runs by it stops meanwhile)`;

const isAllowed = ({ value }: DesiredObject): boolean => record(record(value['metadata'])['annotations'])[recreateAnnotation] === 'enabled';

/** Why it is not deleted, whatever its annotation allows. */
function keeps(object: DesiredObject, live: LiveValue): string | undefined {
  const lost = neverRecreated[groupKind(object)] ?? claimsLost(live);
  if (lost !== undefined)
    return `a ${object.kind} is not made anew, because ${lost} would be lost: give it another name, or change it by hand`;
  if (live.metadata.annotations?.[pruneAnnotation] !== 'disabled') return undefined;
  return `it is not deleted, because the object in the cluster is annotated ${pruneAnnotation}: disabled`;
}

function claimsLost({ spec }: LiveValue): string | undefined {
  const deleted = record(record(spec)['persistentVolumeClaimRetentionPolicy'])['whenDeleted'] === 'Delete';
  return deleted ? 'the data of its volume claims (persistentVolumeClaimRetentionPolicy.whenDeleted: Delete)' : undefined;
}

/** Finalizers may take their time; one that hangs is named. Milliseconds. */
const patienceMs = 120_000;

/** Deletes the very object that was looked at, and waits until it is gone. Empty where it is. */
export async function remove(
  target: Target,
  kind: ServedKind,
  object: DesiredObject,
  uid: string,
  signal?: AbortSignal,
): Promise<readonly DeployFailure[]> {
  const path = pathOf(kind, object);
  const until = performance.now() + patienceMs;
  for (let pause = 50; ; pause = Math.min(pause * 2, 2000)) {
    const live = liveIn(await target.server.ask({ method: 'GET', path }, signal));
    if (live === undefined || live.metadata.uid !== uid) return [];
    const { deletionTimestamp, finalizers = [], resourceVersion } = live.metadata;
    if (performance.now() > until) {
      const held = finalizers.length === 0 ? 'it is still there' : `its finalizers hold it: ${finalizers.join(', ')}`;
      return [
        refusal(
          object,
          `was deleted to be made anew, and is not gone: ${held}`,
          'see to what its finalizers wait for, then run the deployment again',
        ),
      ];
    }
    if (deletionTimestamp === undefined) {
      const body = JSON.stringify({ propagationPolicy: 'Background', preconditions: { uid, resourceVersion } });
      const reply = await target.server.ask({ method: 'DELETE', path, body, verdictOnly: true }, signal);
      // 409: it has changed since it was read, and is read again.
      if (reply.status >= 400 && reply.status !== 404 && reply.status !== 409) return refusalsOf(object, reply);
    }
    await sleep(pause, undefined, { signal });
  }
}
