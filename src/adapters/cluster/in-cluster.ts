import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterAddress } from '../../domain/cluster.ts';
import { UsageError } from '../../domain/errors.ts';

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api */
const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';

type Env = Readonly<Record<string, string | undefined>>;

/** The program runs in a pod. */
export const isInCluster = (env: Env): boolean => (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';

/** The API server of the cluster in which the program runs, as the pod's service account; read anew each time, because its token runs out. */
export async function inClusterAddress(env: Env, folder = mounted): Promise<ClusterAddress> {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (host === '') throw new UsageError('KUBERNETES_SERVICE_HOST is not set: this runs in no pod');
  const token = (await textOf(join(folder, 'token'))).trim();
  const ca = await textOf(join(folder, 'ca.crt'));
  return { url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`, token, ca };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = Error.isError(cause) && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new UsageError(`${path} cannot be read (${code}): does the pod mount the token of its service account?`);
  }
}
