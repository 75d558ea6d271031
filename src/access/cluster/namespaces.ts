import type { ApiServer } from '../../domain/cluster.ts';
import { guardLabel } from '../../domain/ownership.ts';
import { listAll, metadataOf } from './live.ts';
import { recordOf } from './values.ts';

export interface LiveNamespace {
  readonly name: string;
  /** False where its label says so; nothing is granted there. */
  readonly guarded: boolean;
}

/** Every namespace of the cluster. Throws OutsideError. */
export async function namespacesOf(server: ApiServer, signal: AbortSignal): Promise<readonly LiveNamespace[]> {
  const found = await listAll(server, '/api/v1/namespaces', '', signal);
  return found.map(({ name, value }) => ({ name, guarded: recordOf(metadataOf(value)['labels'])[guardLabel] !== 'disabled' }));
}
