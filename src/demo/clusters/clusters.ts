import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubeconfigText } from '../../adapters/cluster/control-plane/kubeconfig.ts';
import { makeFolder } from '../../adapters/make-folder.ts';
import { environments } from '../environments.ts';
import { kubeconfigOf } from '../places.ts';
import { type DemoCluster, startDemoCluster } from './cluster.ts';
import { playWorkloads } from './workloads.ts';

/** A cluster for each environment, empty at each start. */
export interface DemoClusters {
  /** Whether Kubernetes itself ends grants there. */
  readonly controllers: boolean;
  close(): Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Undefined where this machine has no API server. `started` is called for each. Throws OutsideError when one does not start. */
export async function startDemoClusters(directory: string, env: Env, started: () => void): Promise<DemoClusters | undefined> {
  const tried = await Promise.allSettled(environments.map(({ name }) => startFor(name, directory, env, started)));
  const running = tried.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
  const close = async () => void (await Promise.all(running.map((one) => one.close())));
  const failed = tried.find((one) => one.status === 'rejected');
  if (failed === undefined)
    return running.length === 0 ? undefined : { controllers: running.every(({ controllers }) => controllers), close };
  await close();
  throw failed.reason;
}

async function startFor(environment: string, directory: string, env: Env, started: () => void): Promise<DemoCluster | undefined> {
  const cluster = await startDemoCluster(env, []); // its namespaces come with what is deployed
  if (cluster === undefined) return undefined;
  started();
  const played = playWorkloads(cluster.admin);
  const close = async (): Promise<void> => {
    await played.stop();
    await cluster.close();
  };
  try {
    const file = join(directory, kubeconfigOf(environment));
    makeFolder(join(file, '..'));
    await writeFile(file, kubeconfigText(cluster.address), { mode: 0o600 });
    return { ...cluster, close };
  } catch (error) {
    await close();
    throw error;
  }
}
