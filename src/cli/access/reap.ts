import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Reaped, reapExpired } from '../../access/end/reap.ts';
import { connectCluster } from '../../adapters/cluster/client.ts';
import { inClusterAddress, isInCluster } from '../../adapters/cluster/in-cluster.ts';
import { readKubeconfig } from '../../adapters/cluster/kubeconfig.ts';
import type { ClusterAddress } from '../../domain/cluster.ts';
import { explain, OutsideError, UsageError } from '../../domain/errors.ts';
import { count } from '../../domain/wording.ts';
import { clusterOf } from '../../serve/cluster.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../io.ts';
import type { ClusterChoice } from '../target-cluster.ts';

export interface AccessReapCommand extends ClusterChoice {
  readonly env?: readonly string[];
  readonly json?: boolean;
  /** app.yml was named. */
  readonly needsConfig: boolean;
}

/** A cluster by the name that it is told by. */
interface Chosen {
  readonly name: string;
  readonly address: () => Promise<ClusterAddress>;
}

/** `lockkeeper access reap`: asks neither store nor forge. 0 when nothing that expired is left, 3 where something is, or a cluster cannot be asked. */
export async function runAccessReap(command: AccessReapCommand, context: Context): Promise<ExitCode> {
  const { output, log } = context;
  const [reaped, errors]: [(Reaped & { cluster: string })[], { scope: string; message: string }[]] = [[], []];
  for (const { name, address } of chosen(command, context)) {
    try {
      for (const one of await reapAt(await address())) reaped.push({ cluster: name, ...one });
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      errors.push({ scope: name, message: explain(error) });
    }
  }
  const gone = reaped.filter(({ problem }) => problem === undefined);
  for (const { cluster, namespace, id, reason, problem } of reaped)
    if (problem !== undefined) errors.push({ scope: cluster, message: `${namespace}: the grant ${id} stays (${reason}): ${problem}` });
  if (command.json === true) output.json({ reaped: gone, errors });
  else for (const { cluster, namespace, id, reason } of gone) output.print(`${cluster}: took the grant ${id} from ${namespace}: ${reason}`);
  if (command.json !== true && (gone.length > 0 || errors.length === 0))
    output.print(gone.length === 0 ? 'Nothing has expired.' : `${count(gone.length, 'grant')} taken`);
  for (const { scope, message } of errors) log.error(`${scope}: ${message}`);
  return errors.length === 0 ? 0 : 3;
}

async function reapAt(address: ClusterAddress): Promise<readonly Reaped[]> {
  const server = connectCluster(address, { throwAway: false });
  try {
    return await reapExpired(server, new Date(), new AbortController().signal);
  } finally {
    await server.close();
  }
}

/** What the options name; else the clusters of app.yml; else KUBECONFIG; else the cluster in which this runs. Throws UsageError where there is none. */
function chosen({ env: names, kubeconfig, context: of, needsConfig }: AccessReapCommand, context: Context): readonly Chosen[] {
  const named = kubeconfig ?? (of === undefined ? undefined : context.env['KUBECONFIG']);
  if (named === undefined && of !== undefined) throw new UsageError('--context is one of a kubeconfig: name --kubeconfig FILE');
  if (named !== undefined && names !== undefined) throw new UsageError('name --env, or --kubeconfig and --context, and not both');
  if (named === undefined && (needsConfig || names !== undefined || existsSync(context.configFile))) return ofConfig(names, context);
  const file = named ?? context.env['KUBECONFIG'] ?? '';
  if (file !== '') {
    const place = { kubeconfig: resolve(file), ...(of !== undefined && { context: of }) };
    return [{ name: of ?? file, address: () => readKubeconfig(place) }];
  }
  if (isInCluster(context.env)) return [{ name: 'this cluster', address: () => inClusterAddress(context.env) }];
  throw new UsageError('no cluster is named: name --env NAME of app.yml or --kubeconfig FILE, or set KUBECONFIG');
}

/** Each cluster once, however many environments are in it. */
function ofConfig(names: readonly string[] | undefined, { loadConfig }: Context): readonly Chosen[] {
  const { config } = loadConfig();
  const all = config.environments.flatMap((one) => ('name' in one && clusterOf(config, one.name) !== undefined ? [one] : []));
  const unknown = names?.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) throw new UsageError(`app.yml has no environment "${unknown}" with a cluster`);
  const clusters = new Set(all.filter(({ name }) => names?.includes(name) ?? true).flatMap(({ cluster }) => cluster ?? []));
  if (clusters.size === 0) throw new UsageError('app.yml names no cluster: name --kubeconfig FILE');
  return [...clusters].flatMap((name) => {
    const place = config.clusters[name];
    return place === undefined ? [] : [{ name, address: () => readKubeconfig(place) }];
  });
}
