import type { Binaries } from '../../src/adapters/cluster/control-plane/binaries.ts';
import { findBinaries } from '../../src/adapters/cluster/control-plane/find.ts';
import { type ControlPlane, startControlPlane } from '../../src/adapters/cluster/control-plane/start.ts';

/** etcd and kube-apiserver of this machine: KUBEBUILDER_ASSETS, the PATH, the cache that `lockkeeper apiserver setup` fills. */
export async function controlPlaneBinaries(): Promise<Binaries> {
  const { found, missed } = await findBinaries(undefined, { env: process.env });
  if (found === undefined) throw new Error(missed.map(({ why }) => why).join('; '));
  return found.binaries;
}

/**
 * One server for a test file, started by the first test that asks, stopped after the last. Tests share it: let each use names of its own. To be
 * called once per file, inside `describeWith('control-plane', …)`.
 */
export function sharedControlPlane(): () => Promise<ControlPlane> {
  let running: Promise<ControlPlane> | undefined;
  afterAll(async () => (await running)?.stop());
  return () => {
    running ??= controlPlaneBinaries().then((binaries) => startControlPlane(binaries));
    return running;
  };
}
