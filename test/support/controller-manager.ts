import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../src/adapters/cluster/control-plane/server-process.ts';
import type { ControlPlane } from '../../src/adapters/cluster/control-plane/start.ts';
import { startWatchdog } from '../../src/adapters/cluster/control-plane/watchdog.ts';
import { sharedControlPlane } from './control-plane.ts';
import { controllerManagerFile } from './controller-manager-program.ts';

/** What tests need of it: workloads get pods (which nothing runs), namespaces end, what is owned goes with its owner, quotas are counted. */
const controllers = [
  'namespace-controller',
  'garbage-collector-controller',
  'deployment-controller',
  'replicaset-controller',
  'replicationcontroller-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'cronjob-controller',
  'disruption-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'resourcequota-controller',
  'ttl-after-finished-controller',
  'persistentvolumeclaim-protection-controller',
  'serviceaccount-controller',
  'validatingadmissionpolicy-status-controller',
];

/** Each controller asks with the rights of its own account, as in a cluster; else all of them as somebody who may do everything. */
interface ControllerOptions {
  readonly asThemselves?: boolean;
}

export interface ControllerManager {
  stop(): Promise<void>;
}

/** The real kube-controller-manager against that API server, on no port. It ends with this process, however that ends. */
export async function startControllerManager(
  plane: ControlPlane,
  { asThemselves = false }: ControllerOptions = {},
): Promise<ControllerManager> {
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-controller-manager-'));
  const args = [
    `--kubeconfig=${plane.kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--controllers=${controllers.join(',')}`,
    '--resource-quota-sync-period=1s',
    `--use-service-account-credentials=${asThemselves}`,
  ];
  const running = startProcess({
    name: 'kube-controller-manager',
    file: controllerManagerFile(plane.version),
    args,
    folder,
    log: () => {},
  });
  const callOff = startWatchdog(
    folder,
    [running.pid].flatMap((pid) => pid ?? []),
  );
  const stop = async (): Promise<void> => {
    callOff();
    await running.kill();
    await rm(folder, { recursive: true, force: true });
  };
  return { stop };
}

/** As sharedControlPlane, with controllers; to be called once per file, inside `describeWith('controller-manager', …)`. */
export function sharedControllers(options: ControllerOptions = {}): () => Promise<ControlPlane> {
  const shared = sharedControlPlane();
  let running: Promise<ControllerManager> | undefined;
  afterAll(async () => (await running)?.stop());
  return async () => {
    const plane = await shared();
    running ??= startControllerManager(plane, options);
    await running;
    return plane;
  };
}
