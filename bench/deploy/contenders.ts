import { join } from 'node:path';
import { program } from '../api-server.ts';
import { measure } from '../measure.ts';
import { timedKubectl } from '../peer/kubectl.ts';
import { applySet } from './reset.ts';
import { kinds, namespace, partOf } from './world.ts';

/** Applies a folder of manifests, and prunes what an earlier call had applied; gives the seconds. */
export type Contender = (folder: string) => Promise<number>;

/** `kubectl apply --prune`, told which kinds there are; without that it looks at none of RBAC, policies and autoscalers. */
export const pruneByLabel =
  (kubectl: string, kubeconfig: string, home: string): Contender =>
  (folder) =>
    timedKubectl(
      kubectl,
      [
        ...['--kubeconfig', kubeconfig, 'apply', '--namespace', namespace],
        ...['--prune', '--selector', partOf],
        ...kinds.map(({ apiVersion, kind }) => `--prune-allowlist=${apiVersion.includes('/') ? '' : 'core/'}${apiVersion}/${kind}`),
        ...['--recursive', '--filename', join(folder, 'manifests')],
      ],
      { HOME: home },
    );

export const pruneByApplySet =
  (kubectl: string, kubeconfig: string, home: string): Contender =>
  (folder) =>
    timedKubectl(
      kubectl,
      [
        ...['--kubeconfig', kubeconfig, 'apply', '--server-side', '--namespace', namespace],
        ...['--prune', `--applyset=${applySet}`],
        ...['--recursive', '--filename', join(folder, 'manifests')],
      ],
      { HOME: home, KUBECTL_APPLYSET: 'true' },
    );

/** The command, a new process each time; with its peak memory in bytes. */
export async function command(kubeconfig: string, folder: string): Promise<{ readonly seconds: number; readonly memory: number }> {
  const { wall, memory } = await measure([program, 'deploy', folder, '--kubeconfig', kubeconfig, '--no-wait', '--json']);
  return { seconds: wall, memory };
}
