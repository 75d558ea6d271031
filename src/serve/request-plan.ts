import type { Config } from '../config/schema.ts';
import { explain, OutsideError, UsageError } from '../domain/errors.ts';
import type { DesiredState } from '../manifests/desired-object.ts';
import { type Plan, planOf } from '../plan/plan.ts';
import { planRequest } from '../plan/plan-request.ts';
import { clusterOf, withCluster } from './cluster.ts';

/**
 * What merging a merge request changes in the cluster of its environment; by the files alone where there is no cluster, or none that answers: a
 * verdict does not wait for it.
 */
export async function requestPlan(
  { config, warn }: { readonly config: Config; readonly warn: (text: string) => void },
  environment: string,
  states: readonly [base: DesiredState, head: DesiredState],
  signal: AbortSignal,
): Promise<Plan> {
  const cluster = clusterOf(config, environment);
  if (cluster === undefined) return planOf(...states);
  try {
    return await withCluster(cluster, (server) => planRequest(server, environment, states, signal));
  } catch (error) {
    if (signal.aborted || !(error instanceof OutsideError || error instanceof UsageError)) throw error;
    warn(`the plan is made without the cluster of ${environment}: ${explain(error)}`);
    const plan = planOf(...states);
    return { ...plan, notes: [...plan.notes, 'The cluster could not be asked: what differs is told from the files alone.'] };
  }
}
