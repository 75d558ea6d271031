import type { Services } from '../services.ts';
import { createClusterRuns } from './cluster-runs.ts';
import { Deployment, type DeploymentParts } from './deployment.ts';
import { DriftWatch } from './drift-watch.ts';
import { createEnvironmentStates } from './environment-states.ts';

type Parts = Omit<DeploymentParts, 'states' | 'clusters' | 'services' | 'now'> & { readonly services: Services };

/** What the service does about clusters. */
export function createDeployments(parts: Parts): { readonly deployment: Deployment; readonly drift: DriftWatch } {
  const now = (): Date => new Date();
  const joined = { ...parts, now, states: createEnvironmentStates(parts.services), clusters: createClusterRuns(now) };
  const deployment = new Deployment(joined);
  return { deployment, drift: new DriftWatch({ ...joined, deployment }) };
}
