import { type ClusterClient, connectCluster } from '../adapters/cluster/client.ts';
import { type KubeconfigPlace, readKubeconfig } from '../adapters/cluster/kubeconfig.ts';
import type { Config } from '../config/schema.ts';

/** The cluster that an environment of app.yml describes; undefined where it names none. */
export function clusterOf(
  { environments, clusters }: Pick<Config, 'environments' | 'clusters'>,
  environment: string,
): KubeconfigPlace | undefined {
  const found = environments.find((one) => 'name' in one && one.name === environment);
  return found !== undefined && 'name' in found && found.cluster !== undefined ? clusters[found.cluster] : undefined;
}

/** Works with a cluster, and lets it go. Throws UsageError for a kubeconfig that leads nowhere. */
export async function withCluster<T>(place: KubeconfigPlace, work: (server: ClusterClient) => Promise<T>): Promise<T> {
  const server = connectCluster(await readKubeconfig(place), { throwAway: false });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}
