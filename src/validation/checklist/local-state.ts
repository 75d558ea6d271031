import type { FieldPath } from '../../manifests/desired-object.ts';
import { type LocalStorage, localStorageOf } from './local-storage.ts';
import type { Point } from './point.ts';
import type { Survey } from './survey.ts';
import { listAt, textAt, valueAt } from './values.ts';
import type { Workload } from './workload.ts';

/** A drain passes over the pods of DaemonSets: their state may be as local as it likes. */
export function localStatePoints({ objects, workloads }: Survey): readonly Point[] {
  const storage = localStorageOf(objects);
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
function refusals({ annotations, role, specPath }: Workload): readonly Found[] {
  if (annotations.get(safeToEvict) !== 'false' || role === 'job') return [];
  return [
    {
      path: [...specPath.slice(0, -1), 'metadata', 'annotations', safeToEvict],
      message: `${safeToEvict} is false: the cluster autoscaler never removes the node that it runs on.`,
      help: 'Take the annotation away, and say with a PodDisruptionBudget how many may go at a time.',
    },
  ];
}

function volumes(workload: Workload): readonly Found[] {
  const { annotations, role, spec, specPath } = workload;
  if (annotations.get(safeToEvict) === 'true') return [];
  const safe = (annotations.get(safeVolumes) ?? '').split(',').map((name) => name.trim());
  return listAt(spec, 'volumes').flatMap((volume, index) => {
    const [name, path] = [textAt(volume, 'name'), [...specPath, 'volumes', index]];
    if (safe.includes(name)) return [];
    const onHost = valueAt(volume, 'hostPath');
    if (onHost !== undefined && onHost !== null) return [hostPath(name, textAt(onHost, 'path'), path)];
    const mount = role === 'job' ? undefined : dataMount(volume, workload);
    return mount === undefined ? [] : [emptyDir(name, mount, path)];
  });
}

const hostPath = (name: string, on: string, path: FieldPath): Found => ({
  path: [...path, 'hostPath'],
  message: `Volume ${name} is ${on || 'a path'} of the node: what it holds does not move along, and the cluster autoscaler keeps the node.`,
  help: 'Use a persistent volume, a ConfigMap or an emptyDir; an agent that reads its node belongs into a DaemonSet.',
});

const emptyDir = (name: string, mount: string, path: FieldPath): Found => ({
  path: [...path, 'emptyDir'],
  message: `Volume ${name}, mounted at ${mount}, is an emptyDir: a drain deletes what it holds, and the cluster autoscaler keeps the node.`,
  help: `Use a persistent volume; if its content may be lost, name it in the pod template's annotation ${safeVolumes}.`,
});

/** Where programs keep what they need again; what is scratch everywhere is none. */
const dataFolder = /^\/var\/lib\/|\/(?:data|db|databases?|storage|uploads?)(?:\/|$)/;
const scratch = /\/(?:te?mp|caches?|run|logs?|scratch|sockets?)(?:\/|$)/;

/** Where an emptyDir on disk is mounted as a folder for data. In memory it is scratch by nature, and the autoscaler passes over it. */
function dataMount(volume: unknown, { containers }: Workload): string | undefined {
  const directory = valueAt(volume, 'emptyDir') ?? undefined;
  if (directory === undefined || textAt(directory, 'medium') === 'Memory') return undefined;
  return containers
    .flatMap(({ value }) => listAt(value, 'volumeMounts'))
    .filter((mount) => textAt(mount, 'name') === textAt(volume, 'name'))
    .map((mount) => textAt(mount, 'mountPath'))
    .find((path) => dataFolder.test(path) && !scratch.test(path));
}

function claims(workload: Workload, storage: LocalStorage): readonly Found[] {
  const { namespace, object, spec, specPath } = workload;
  const ofPod = listAt(spec, 'volumes').flatMap((volume, index) => {
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
    const own = valueAt(volume, 'ephemeral', 'volumeClaimTemplate');
    const path = [...specPath, 'volumes', index];
    if (claim !== '' && storage.isLocalClaim(namespace, claim)) return [local(claim, [...path, 'persistentVolumeClaim', 'claimName'])];
    return storage.isLocalTemplate(own) ? [local(textAt(volume, 'name'), [...path, 'ephemeral'])] : [];
  });
  const templates = listAt(object.value, 'spec', 'volumeClaimTemplates').flatMap((template, index) =>
    storage.isLocalTemplate(template)
      ? [local(textAt(template, 'metadata', 'name'), ['spec', 'volumeClaimTemplates', index, 'spec', 'storageClassName'])]
      : [],
  );
  return [...ofPod, ...templates];
}

const local = (claim: string, path: FieldPath): Found => ({
  path,
  message: `Claim ${claim} is on a disk of one node: after a drain its pod can start nowhere else.`,
  help: 'Use a storage class whose volumes follow the pod, unless the program itself keeps copies on other nodes.',
});
