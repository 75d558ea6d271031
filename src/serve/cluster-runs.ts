import type { KubeconfigPlace } from '../adapters/cluster/kubeconfig.ts';
import { deployEnvironment } from '../deploy/deploy.ts';
import { findDrift } from '../deploy/drift/drift.ts';
import type { LeasedRun } from '../deploy/lock/lease-record.ts';
import { holderNow, lastRun } from '../deploy/lock/release-lease.ts';
import type { RunRecorder, WantedRun } from '../deploy/ports.ts';
import type { Progress } from '../deploy/progress.ts';
import { openTarget } from '../deploy/target.ts';
import type { DeployReport, Drift } from '../domain/deployment.ts';
import { withCluster } from './cluster.ts';
import { holderName } from './deployment-settings.ts';

/** What a run of the service shall do; it is always at a commit. */
export type ServiceRun = Omit<WantedRun, 'wait' | 'patienceMs'> & Required<Pick<WantedRun, 'repository' | 'commit'>>;

/** Hears of a run while it goes. */
export interface RunHooks extends RunRecorder {
  readonly progress: Progress;
  readonly warn: (text: string) => void;
}

/** What is done in clusters; the same that the commands do. Throws OutsideError, and UsageError for a kubeconfig that leads nowhere. */
export interface ClusterRuns {
  deploy(place: KubeconfigPlace, wanted: ServiceRun, hooks: RunHooks, signal: AbortSignal): Promise<DeployReport>;
  /** Whose run the cluster has seen last, the service's or anybody's; undefined for none. */
  last(place: KubeconfigPlace, environment: string, signal: AbortSignal): Promise<LeasedRun | undefined>;
  /** Undefined where no deployment of the environment is there to compare with, or a run is under way. */
  drift(
    place: KubeconfigPlace,
    wanted: Pick<WantedRun, 'environment' | 'formerly' | 'state'> & {
      /** It is known that it was deployed there: where nothing of it is left, all is missing. */
      readonly wasDeployed: boolean;
    },
    signal: AbortSignal,
  ): Promise<{ readonly drifts: readonly Drift[]; readonly notes: readonly string[] } | undefined>;
}

/** How long is waited for somebody else's run before the queue tries again. Milliseconds. */
const patienceMs = 10 * 60_000;

export function createClusterRuns(now: () => Date): ClusterRuns {
  return {
    deploy: (place, wanted, { progress, warn, ...record }, signal) =>
      withCluster(place, (server) => {
        const ports = { server, now, warn, progress, record, holder: holderName() };
        return deployEnvironment(ports, { ...wanted, wait: true, patienceMs }, signal);
      }),
    last: (place, environment, signal) => withCluster(place, (server) => lastRun(server, environment, signal)),
    drift: (place, { environment, formerly, state, wasDeployed }, signal) =>
      withCluster(place, async (server) => {
        const busy = async (): Promise<boolean> => (await holderNow(server, environment, signal)) !== undefined;
        if (await busy()) return undefined;
        const target = await openTarget({ server, environment, formerly }, signal);
        const found = await findDrift(target, state, { phase: () => {}, done: () => {} }, signal, wasDeployed);
        return found.deployed && !(await busy()) ? found : undefined;
      }),
  };
}
