import type { ObjectMetadata } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';
import { groupKind } from '../../manifests/identity.ts';
import { record } from '../../manifests/objects.ts';
import { listMetadata } from '../../plan/listing.ts';
import type { Target } from '../target.ts';
import { type ClusterEvent, eventWords } from './health/events.ts';
import type { Value } from './health/health.ts';
import { podTrouble, type Trouble } from './health/pod-trouble.ts';
import { eachListed } from './list.ts';
import type { Looked } from './look.ts';

/** Why an object does not come up. */
export interface Why {
  /** Without a full stop; may hold text from outside. */
  readonly message: string;
  readonly help?: string;
  /** Waiting longer changes nothing. */
  readonly forGood: boolean;
}

/** Whose pods are found by an owner reference to itself. */
const owners: readonly string[] = ['apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', 'ReplicationController', 'batch/Job'];

/** Up to so many workloads of a namespace have their pods listed one by one; of more, all pods of the namespace are. */
const few = 3;
const page = 200;

/** Why those are not ready, by uid; as far as their pods say it, or, where asked for, events. What cannot be read is left out. Throws the signal's reason when it fires. */
export async function whyNot(
  target: Target,
  unready: readonly Looked[],
  { withEvents }: { readonly withEvents: boolean },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Why>> {
  const inquiry = new Inquiry(target, signal);
  const namespaces = Map.groupBy(unready.filter(hasPods), ({ object }) => object.namespace || 'default');
  const tallies = await Promise.all([...namespaces].map(([namespace, group]) => inquiry.troubles(namespace, group)));
  const found = new Map(tallies.flatMap((one) => [...one]));
  const whys = unready.map(async (one): Promise<readonly [string, Why][]> => {
    const tally = found.get(one.uid) ?? [];
    const [worst] = tally;
    const event = withEvents && worst?.trouble.vague !== false ? await inquiry.event(one, worst) : undefined;
    return worst === undefined && event === undefined ? [] : [[one.uid, whyOf(tally, event)]];
  });
  return new Map((await Promise.all(whys)).flat());
}

const hasPods = ({ object, uid }: Looked): boolean => uid !== '' && ['Pod', 'apps/Deployment', ...owners].includes(groupKind(object));

/** Pods of one workload that have the same trouble. */
interface Alike {
  readonly trouble: Trouble & { readonly vague: boolean };
  /** The first of them. */
  readonly pod: { readonly name: string; readonly uid: string };
  count: number;
}

function whyOf(tally: readonly Alike[], event: string | undefined): Why {
  const parts = tally.slice(0, 2).map(({ pod, trouble, count }, index) => {
    const more = count === 1 ? '' : `, and ${count - 1} more likewise`;
    return `pod ${pod.name}${more}: ${trouble.message}${index === 0 && event !== undefined ? ` (${event})` : ''}`;
  });
  const help = tally[0]?.trouble.help;
  return {
    message: parts.length === 0 ? (event ?? '') : parts.join('; '),
    ...(help === undefined ? {} : { help }),
    forGood: tally.some(({ trouble }) => trouble.forGood === true),
  };
}

class Inquiry {
  readonly #target: Target;
  readonly #signal: AbortSignal;

  constructor(target: Target, signal: AbortSignal) {
    this.#target = target;
    this.#signal = signal;
  }

  /** By the workload's uid, what tells most first. */
  async troubles(namespace: string, workloads: readonly Looked[]): Promise<ReadonlyMap<string, readonly Alike[]>> {
    const tallies = new Map(workloads.map(({ uid }) => [uid, new Map<string, Alike>()]));
    const singly = workloads.length <= few && workloads.every(({ selector }) => selector !== '');
    for (const group of singly ? workloads.map((one) => [one]) : [workloads]) {
      const labelSelector = singly ? (group[0]?.selector ?? '') : '';
      const workloadOf = await this.#ownership(namespace, group, labelSelector);
      await this.#each(`/api/v1/namespaces/${namespace}/pods`, { labelSelector }, (pod) => {
        const workload = workloadOf(pod);
        if (workload !== undefined) count(tallies.get(workload.uid), workload, pod);
      });
    }
    return new Map([...tallies].map(([uid, tally]) => [uid, [...tally.values()].toSorted((a, b) => weight(b) - weight(a))]));
  }

  /** Says whose pod it is: of a Deployment only the newest ReplicaSet's count, as the others' end anyway. */
  async #ownership(namespace: string, workloads: readonly Looked[], labelSelector: string): Promise<(pod: Value) => Looked | undefined> {
    const ownerOf = new Map(workloads.map((one) => [one.uid, one]));
    if (workloads.some(({ object }) => groupKind(object) === 'apps/Deployment')) {
      const newest = new Map<string, ReplicaSet>();
      for (const set of await this.#replicaSets(namespace, labelSelector)) {
        if (set.revision >= (newest.get(set.owner)?.revision ?? 0)) newest.set(set.owner, set);
      }
      for (const one of workloads) ownerOf.set(newest.get(one.uid)?.uid ?? one.uid, one);
    }
    return (pod) => ownerOf.get(controllerOf(metadataOf(pod))) ?? ownerOf.get(metadataOf(pod).uid ?? '');
  }

  async #replicaSets(namespace: string, labelSelector: string): Promise<readonly ReplicaSet[]> {
    const kind = { apiVersion: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets', namespaced: true };
    const listing = { kind, namespace, ...(labelSelector === '' ? {} : { labelSelector }) };
    const { server, turns } = this.#target;
    const list = await turns(() => listMetadata(server, listing, replicaSet, this.#signal));
    return 'found' in list ? list.found : [];
  }

  /** What the cluster says of its trouble: of the pod that stands for it, else of the object itself. */
  async event({ object, uid }: Looked, alike: Alike | undefined): Promise<string | undefined> {
    const ofPod = alike === undefined ? undefined : await this.#events(object.namespace, alike.pod.uid);
    return ofPod ?? (uid === '' ? undefined : this.#events(object.namespace, uid));
  }

  async #events(namespace: string, uid: string): Promise<string | undefined> {
    const events: ClusterEvent[] = [];
    const fieldSelector = `involvedObject.uid=${uid},type=Warning`;
    await this.#each(`/api/v1/namespaces/${namespace || 'default'}/events`, { fieldSelector }, (event) => void events.push(event));
    return eventWords(events);
  }

  async #each(path: string, query: Readonly<Record<string, string>>, take: (value: Value) => void): Promise<void> {
    const said = Object.fromEntries(Object.entries(query).filter(([, text]) => text !== ''));
    await eachListed(this.#target, { path, query: said, page }, take, this.#signal).catch((error: unknown) => {
      this.#signal.throwIfAborted();
      if (!(error instanceof OutsideError)) throw error;
    });
  }
}

function count(tally: Map<string, Alike> | undefined, workload: Looked, pod: Value): void {
  const { name = '', uid = '', deletionTimestamp } = metadataOf(pod);
  const trouble = deletionTimestamp === undefined ? troubleOf(workload, pod) : undefined;
  if (trouble === undefined) return;
  const alike = tally?.get(trouble.message);
  if (alike === undefined) tally?.set(trouble.message, { trouble: { vague: false, ...trouble }, pod: { name, uid }, count: 1 });
  else alike.count += 1;
}

/** Whose pods are not replaced when they fail. */
const lasting: readonly string[] = ['Pod', 'batch/Job'];

/** A StatefulSet waits for an earlier version's pod that never came up; a DaemonSet does not. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback */
function troubleOf({ object, revision }: Looked, pod: Value): Trouble | undefined {
  if (record(pod['status'])['phase'] === 'Failed' && !lasting.includes(groupKind(object))) return undefined; // evicted once, say
  const trouble = podTrouble(pod);
  const label = { 'apps/StatefulSet': 'controller-revision-hash', 'apps/DaemonSet': 'pod-template-generation' }[groupKind(object)];
  if (trouble === undefined || label === undefined || revision === '' || metadataOf(pod).labels?.[label] === revision) return trouble;
  if (groupKind(object) === 'apps/DaemonSet') return undefined;
  const { vague = false } = trouble;
  return {
    message: `of an earlier version, and not replaced: ${trouble.message}`,
    vague,
    help: 'delete the pod: the next one is of the new version',
  };
}

const weight = ({ trouble, count }: Alike): number => (trouble.forGood === true ? 2e9 : trouble.vague ? 0 : 1e9) + count;

interface ReplicaSet {
  readonly owner: string;
  readonly uid: string;
  readonly revision: number;
}

const replicaSet = (metadata: ObjectMetadata): ReplicaSet => {
  const revision = Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  return { owner: controllerOf(metadata), uid: metadata.uid, revision };
};

const metadataOf = (value: Value): Partial<ObjectMetadata> => record(value['metadata']);

const controllerOf = ({ ownerReferences = [] }: Partial<ObjectMetadata>): string =>
  ownerReferences.find(({ controller }) => controller === true)?.uid ?? '';
