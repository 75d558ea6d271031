import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiServer } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';

/** Somebody who writes what controllers and kubelets would. */
export interface PlayedWorkloads {
  stop(): Promise<void>;
}

interface Workload {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly generation: number };
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly observedGeneration?: number };
}

/** Milliseconds between two looks. */
const pause = 700;

/** Says of every Deployment and StatefulSet that its pods are up, though nothing runs: a cluster without nodes has nobody else to say so. */
export function playWorkloads(server: ApiServer): PlayedWorkloads {
  const stopped = new AbortController();
  const { signal } = stopped;
  const going = (async () => {
    while (!signal.aborted) {
      await look(server, signal).catch((error: unknown) => {
        if (!signal.aborted && !(error instanceof OutsideError)) throw error; // it is asked again
      });
      await sleep(pause, undefined, { signal }).catch(() => {}); // stopped
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await going;
    },
  };
}

async function look(server: ApiServer, signal: AbortSignal): Promise<void> {
  for (const [plural, statusOf] of [
    ['deployments', deploymentStatus],
    ['statefulsets', statefulSetStatus],
  ] as const) {
    const { status, body } = await server.ask({ method: 'GET', path: `/apis/apps/v1/${plural}` }, signal);
    if (status !== 200) continue;
    const { items } = JSON.parse(body) as { readonly items: readonly Workload[] };
    for (const workload of items.filter((one) => one.status?.observedGeneration !== one.metadata.generation)) {
      const { namespace, name } = workload.metadata;
      const path = `/apis/apps/v1/namespaces/${namespace}/${plural}/${name}/status`;
      const said = JSON.stringify({ status: statusOf(workload) });
      await server.ask({ method: 'PATCH', path, body: said, type: 'application/merge-patch+json' }, signal);
    }
  }
}

const counts = ({ metadata: { generation }, spec: { replicas = 1 } }: Workload) => ({
  observedGeneration: generation,
  replicas,
  updatedReplicas: replicas,
  readyReplicas: replicas,
  availableReplicas: replicas,
});

function deploymentStatus(workload: Workload): object {
  const conditions = [
    { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
    { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
  ];
  return { ...counts(workload), conditions };
}

function statefulSetStatus(workload: Workload): object {
  const revision = `${workload.metadata.name}-${workload.metadata.generation}`;
  const same = { currentReplicas: workload.spec.replicas ?? 1, currentRevision: revision, updateRevision: revision };
  return { ...counts(workload), ...same };
}
