import { type ControllerManager, startControllerManager as start } from '../../src/adapters/cluster/control-plane/controller-manager.ts';
import type { ControlPlane } from '../../src/adapters/cluster/control-plane/start.ts';
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

/** The one of this machine against that API server, with what tests need. */
export const startControllerManager = (plane: ControlPlane, { asThemselves = false }: ControllerOptions = {}): Promise<ControllerManager> =>
  start(controllerManagerFile(plane.version), plane, controllers, [
    '--resource-quota-sync-period=1s',
    `--use-service-account-credentials=${asThemselves}`,
  ]);

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
