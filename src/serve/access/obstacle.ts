import { placeRefuses } from '../../access/cluster/give.ts';
import { unguarded } from '../../access/cluster/guards.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { explain, OutsideError, RefusedError, UsageError } from '../../domain/errors.ts';
import { withCluster } from '../cluster.ts';
import type { AccessEnvironment, AccessParts } from './environments.ts';

type Parts = Pick<AccessParts, 'settings' | 'log' | 'redact'>;

/**
 * Why nothing could be granted in the namespace now, whoever approved it: a whole sentence. A cluster that does not answer is no obstacle: it is asked again
 * before anything is given; nor is that there is none, which the gate says without it.
 */
export async function obstacleTo(
  { settings, log, redact }: Parts,
  { name, cluster }: Pick<AccessEnvironment, 'name' | 'cluster'>,
  namespace: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (cluster === undefined) return undefined;
  try {
    return await withCluster(cluster.place, (server) => inCluster(server, namespace, settings.guards, signal));
  } catch (error) {
    if (error instanceof RefusedError) return sentence(`the cluster of ${name} refuses to be looked at: ${redact(explain(error))}`, doctor);
    if (!(error instanceof OutsideError || error instanceof UsageError)) throw error;
    log.warn({ environment: name }, `whether anything can be granted in ${namespace} is not known: ${redact(explain(error))}`);
    return undefined;
  }
}

const doctor = '"lockkeeper access doctor" says what is missing';

const sentence = (clause: string, todo: string): string => `Nothing can be granted: ${clause}. ${todo}.`;

async function inCluster(
  server: ApiServer,
  namespace: string,
  guards: 'required' | 'optional',
  signal: AbortSignal,
): Promise<string | undefined> {
  const place = await placeRefuses(server, namespace, signal);
  if (place !== undefined) return sentence(place, 'Ask for a namespace of this environment');
  const lacking = guards === 'required' ? await unguarded(server, namespace, signal) : undefined;
  return lacking && sentence(lacking, `Install the policies of environments-template; ${doctor}`);
}
