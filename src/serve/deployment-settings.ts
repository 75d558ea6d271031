import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../config/schema.ts';
import type { WantedRun } from '../deploy/ports.ts';
import { parseDuration } from '../domain/time.ts';

/** What app.yml says of the deployments of an environment. */
export type DeploymentSettings = Pick<WantedRun, 'repository' | 'formerly' | 'share' | 'timeoutMs' | 'takeOver'>;

/** Of one that app.yml does not have, or that has none: what it says of none, as the schema has it. */
const unsaid: DeploymentSettings = { formerly: [], share: 0.5, timeoutMs: parseDuration('10m'), takeOver: false };

export function deploymentSettings(config: Pick<Config, 'environments'> | undefined, environment: string): DeploymentSettings {
  const found = config?.environments.find((one) => 'name' in one && one.name === environment);
  if (found === undefined || !('name' in found)) return unsaid;
  const { repository, formerly, prune, rollout, drift } = found;
  return { repository, formerly, share: prune.share, timeoutMs: parseDuration(rollout.timeout), takeOver: drift.correct };
}

/** Who runs it, for those who wait for the lock: unique to a run, as client-go has it. */
export const holderName = (): string => `${hostname()}_${randomUUID()}`;
