import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { KubeconfigPlace } from '../adapters/cluster/kubeconfig.ts';
import { repositoryRef } from '../config/repository.ts';
import type { Config } from '../config/schema.ts';
import type { EnvironmentForge, RepositoryRef } from '../domain/forge.ts';
import { parseDuration } from '../domain/time.ts';

/** An environment that somebody brings its cluster to, as app.yml has it. */
export interface DeployedEnvironment {
  readonly name: string;
  readonly repository: RepositoryRef;
  /** Name of the cluster in app.yml, and how it is reached. */
  readonly cluster: string;
  readonly place: KubeconfigPlace;
  readonly by: 'service' | 'pipeline';
  readonly formerly: readonly string[];
  /** From 0 to 1. */
  readonly share: number;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly corrects: boolean;
}

/** Those with a cluster, that nobody has switched off. */
export function deployedEnvironments({ environments, clusters }: Pick<Config, 'environments' | 'clusters'>): DeployedEnvironment[] {
  return environments.flatMap((one): DeployedEnvironment[] => {
    if ('discover' in one || one.deploy === 'off' || one.cluster === undefined) return [];
    const [repository, place] = [repositoryRef(one.repository), clusters[one.cluster]];
    if (repository === undefined || place === undefined) return []; // app.yml was checked
    const { name, cluster, deploy: by, formerly, prune, rollout, drift } = one;
    return [
      {
        name,
        repository,
        cluster,
        place,
        by,
        formerly,
        share: prune.share,
        timeoutMs: parseDuration(rollout.timeout),
        corrects: drift.correct,
      },
    ];
  });
}

/** Another text where a run may end otherwise than one before. */
export const rulesOf = ({ formerly, share, timeoutMs }: DeployedEnvironment): string =>
  createHash('sha256')
    .update(canonicalize({ formerly, share, timeoutMs }) ?? '')
    .digest('hex')
    .slice(0, 16);

export const repositoryText = ({ forge, path }: RepositoryRef): string => `${forge}:${path}`;

/** The head of the default branch at this moment. A list of branches may be half a minute old where several processes ask for it; a branch alone is not. */
export async function headOf(forge: Pick<EnvironmentForge, 'state' | 'branchHead'>, path: string): Promise<string> {
  const { defaultBranch, commit } = await forge.state(path);
  return (await forge.branchHead(path, defaultBranch)) ?? commit;
}
