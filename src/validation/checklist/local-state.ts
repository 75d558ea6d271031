import { Field } from '../set/field.ts';
import { type LocalStorage, localStorageOf } from './local-storage.ts';
import type { Point } from './point.ts';
import type { Survey } from './survey.ts';
import { shortened, type Workload } from './workload.ts';

/** A drain passes over the pods of DaemonSets: their state may be as local as it likes. */
export function localStatePoints({ set, workloads }: Survey): readonly Point[] {
  const storage = localStorageOf(set);
  return workloads
    .filter(({ role }) => role !== 'daemon')
    .flatMap((workload) =>
      [...refusals(workload), ...volumes(workload), ...claims(workload, storage)].map((found) => ({
        rule: 'local-state',
        object: workload.object,
        ...found,
      })),
    );
}

type Found = Omit<Point, 'rule' | 'object'>;

// https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#what-types-of-pods-can-prevent-ca-from-removing-a-node
const safeToEvict = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
const safeVolumes = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

/** A Job may well ask not to be interrupted: it comes to an end by itself. */
function refusals({ annotations, role }: Workload): readonly Found[] {
  if (annotations.at(safeToEvict).text !== 'false' || role === 'job') return [];
  return [
    {
      path: annotations.at(safeToEvict).path,
      message: `${safeToEvict} is false: the cluster autoscaler never removes the node that it runs on.`,
      help: 'Take the annotation away, and say with a PodDisruptionBudget how many may go at a time.',
    },
  ];
}

function volumes({ annotations, containers, role, pod }: Workload): readonly Found[] {
  if (annotations.at(safeToEvict).text === 'true') return [];
  const mounts = Map.groupBy(
    containers.flatMap(({ field }) => field.at('volumeMounts').items),
    (mount) => mount.at('name').text,
  );
  const safe = annotations
    .at(safeVolumes)
    .text.split(',')
    .map((name) => name.trim());
  return pod.at('volumes').items.flatMap((volume) => {
    const name = volume.at('name').text;
    if (safe.includes(name)) return [];
    if (volume.at('hostPath').isThere) return [hostPath(name, volume.at('hostPath'))];
    const mount = role === 'job' ? undefined : dataMount(volume, mounts.get(name) ?? []);
    return mount === undefined ? [] : [emptyDir(name, mount, volume.at('emptyDir'))];
  });
}

const hostPath = (name: string, field: Field): Found => ({
  path: field.path,
  message: `Volume ${shortened(name)} is ${shortened(field.at('path').text) || 'a path'} of the node: what it holds does not move along, and the cluster autoscaler keeps the node.`,
  help: 'Use a persistent volume, a ConfigMap or an emptyDir; an agent that reads its node belongs into a DaemonSet.',
});

const emptyDir = (name: string, mount: string, { path }: Field): Found => ({
  path,
  message: `Volume ${shortened(name)}, mounted at ${shortened(mount)}, is an emptyDir: a drain deletes what it holds, and the cluster autoscaler keeps the node.`,
  help: `Use a persistent volume; if its content may be lost, name it in the pod template's annotation ${safeVolumes}.`,
});

/** Where programs keep what they need again; what is scratch everywhere is none. */
const dataFolder = /^\/var\/lib\/|\/(?:data|db|databases?|storage|uploads?)(?:\/|$)/;
const scratch = /\/(?:te?mp|caches?|run|logs?|scratch|sockets?)(?:\/|$)/;

/** Where an emptyDir on disk is mounted as a folder for data. In memory it is scratch by nature, and the autoscaler passes over it. */
function dataMount(volume: Field, mounts: readonly Field[]): string | undefined {
  const directory = volume.at('emptyDir');
  if (!directory.isThere || directory.at('medium').text === 'Memory') return undefined;
  return mounts.map((mount) => mount.at('mountPath').text).find((path) => dataFolder.test(path) && !scratch.test(path));
}

function claims({ object, pod }: Workload, storage: LocalStorage): readonly Found[] {
  const ofPod = pod.at('volumes').items.flatMap((volume) => {
    const claim = volume.at('persistentVolumeClaim', 'claimName');
    if (storage.isLocalClaim(object.namespace, claim.text)) return [local(claim.text, claim)];
    const own = volume.at('ephemeral', 'volumeClaimTemplate');
    return storage.isLocalTemplate(own) ? [local(volume.at('name').text, own)] : [];
  });
  const templates = new Field(object.value)
    .at('spec', 'volumeClaimTemplates')
    .items.filter((template) => storage.isLocalTemplate(template))
    .map((template) => local(template.at('metadata', 'name').text, template.at('spec', 'storageClassName')));
  return [...ofPod, ...templates];
}

const local = (claim: string, { path }: Field): Found => ({
  path,
  message: `Claim ${shortened(claim)} is on a disk of one node: after a drain its pod can start nowhere else.`,
  help: 'Use a storage class whose volumes follow the pod, unless the program itself keeps copies on other nodes.',
});
