import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from './server-process.ts';
import type { ControlPlane } from './start.ts';
import { startWatchdog } from './watchdog.ts';

export interface ControllerManager {
  stop(): Promise<void>;
}

/** The kube-controller-manager of that file against the API server, with these controllers and on no port. It ends with this process, however that ends. */
export async function startControllerManager(
  file: string,
  { kubeconfig }: Pick<ControlPlane, 'kubeconfig'>,
  controllers: readonly string[],
  more: readonly string[] = [],
): Promise<ControllerManager> {
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-controller-manager-'));
  const args = [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', `--controllers=${controllers.join(',')}`, ...more];
  const running = startProcess({ name: 'kube-controller-manager', file, args, folder, log: () => {} });
  const callOff = startWatchdog(
    folder,
    [running.pid].flatMap((pid) => pid ?? []),
  );
  return {
    async stop() {
      callOff();
      await running.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
