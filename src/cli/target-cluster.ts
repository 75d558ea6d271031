import { resolve } from 'node:path';
import type { KubeconfigPlace } from '../adapters/cluster/kubeconfig.ts';
import type { Config } from '../config/schema.ts';
import { UsageError } from '../domain/errors.ts';
import { clusterOf } from '../serve/cluster.ts';
import type { ChosenState } from './chosen-states.ts';
import type { Context } from './context.ts';

/** Which cluster a command is about, where app.yml does not say it. */
export interface ClusterChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** As which environment what was chosen is deployed. A folder is known by what its environment.yml says, and by nothing else: objects are labelled so. */
export function environmentName({ name, state }: ChosenState, directory: string | undefined): string {
  if (directory === undefined) return name;
  if (state.environment.name !== undefined) return state.environment.name;
  throw new UsageError(`${directory}/environment.yml has no name: as which environment it is deployed is not known`);
}

/** The environment's cluster in app.yml; else what the options say; else KUBECONFIG, as in a pipeline. Throws UsageError where there is none, or two. */
export function clusterFor(
  environment: string,
  { kubeconfig, context }: ClusterChoice,
  config: Config | undefined,
  env: Context['env'],
): KubeconfigPlace {
  const described = config && clusterOf(config, environment);
  if (described !== undefined) {
    if (kubeconfig === undefined && context === undefined) return described;
    throw new UsageError(`app.yml names the cluster of ${environment}: leave --kubeconfig and --context out, or take its cluster out`);
  }
  const file = kubeconfig ?? env['KUBECONFIG'] ?? '';
  if (file === '')
    throw new UsageError(`${environment}: no cluster is named: give it one in app.yml, name --kubeconfig FILE, or set KUBECONFIG`);
  if (kubeconfig === undefined && file.includes(':'))
    throw new UsageError('KUBECONFIG names several files, and which one is meant is not known: name one, --kubeconfig FILE');
  return { kubeconfig: resolve(file), ...(context !== undefined && { context }) };
}
