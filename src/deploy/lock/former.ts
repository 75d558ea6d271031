import type { ApiServer } from '../../domain/cluster.ts';
import type { DeployFailure } from '../../domain/deployment.ts';
import { record } from '../../manifests/objects.ts';
import { usualDuration } from './lease.ts';
import { holderOf, type LeaseObject, leasedRun, leaseName, lockNamespace, silenceOf } from './lease-record.ts';
import { LeaseRequests } from './lease-requests.ts';

interface Renamed {
  /** As `FORGE:PATH`, where it is known. */
  readonly repository?: string | undefined;
  /** The names that it had before. */
  readonly formerly: readonly string[];
}

/**
 * Why a run must not take over what carries a former name: an environment of that name lives, and its objects would be adopted or pruned. Throws
 * OutsideError where its lock cannot be read.
 */
export async function refusedByFormer(server: ApiServer, of: Renamed, now: Date, signal: AbortSignal): Promise<readonly DeployFailure[]> {
  const judged = of.formerly.map(async (name) => {
    const lease = await new LeaseRequests(server, name).read(signal);
    return lease === undefined ? [] : aliveBecause(name, lease, of.repository, now);
  });
  return (await Promise.all(judged)).flat();
}

/** Pure. A holder that died without a word counts for as long as clocks may be apart. */
export function aliveBecause(name: string, lease: LeaseObject, repository: string | undefined, now: Date): readonly DeployFailure[] {
  const other = leasedRun(lease)?.repository;
  const lockName = leaseName(name);
  if (repository !== undefined && other !== undefined && other !== repository)
    return [
      {
        message: `${name} is no former name: the last run of ${name} in this cluster came from ${other}, and its objects would be taken over`,
        help: `take ${name} out of formerly; if that repository was the former one of this environment, delete the lock that it left: kubectl delete lease --namespace ${lockNamespace} ${lockName}`,
      },
    ];
  const holder = holderOf(lease).name;
  const silent = Math.abs(now.getTime() - Date.parse(String(record(lease['spec'])['renewTime'])));
  if (holder === '' || !(silent < silenceOf(lease, usualDuration) * apart)) return [];
  return [
    {
      message: `${name} is deployed at this moment, by ${holder}, so that it is no former name yet`,
      help: `run it again when nothing deploys ${name} any more`,
      outside: true,
    },
  ];
}

const apart = 4;
