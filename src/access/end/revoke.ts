import { explain } from '../../domain/errors.ts';
import { clearAway } from './clear-away.ts';
import { endOne } from './end-one.ts';
import type { EndPlace, EndPorts } from './ports.ts';

export interface Revocation {
  readonly id: string;
  /** `FORGE:USERNAME` */
  readonly by: string;
  /** In the words of whoever revokes it. */
  readonly reason?: string;
}

/** Characters: a reason, and no essay. */
const longestReason = 500;

/**
 * Ends a grant now, whoever may do that having been found out: comes back when it is gone from the cluster; what the forge cannot be told now, the next pass tells it. `over`: it had ended
 * already; `unknown`: there is none of that id.
 */
export async function revokeGrant(
  ports: EndPorts,
  place: EndPlace,
  { id, by, reason = '' }: Revocation,
  signal: AbortSignal,
): Promise<'revoked' | 'over' | 'unknown'> {
  const find = async () => {
    const { grants, files } = await ports.known();
    return { record: grants.find(({ grant }) => grant.id === id), files };
  };
  const { record } = await find();
  if (record === undefined) return 'unknown';
  if (record.state === 'ended') return 'over';
  const why = reason.replaceAll(/\s+/g, ' ').trim().slice(0, longestReason);
  const revoked = why === '' ? 'revoked' : `revoked: ${why}`;
  await endOne(ports, record, { because: record.because ?? revoked, by: record.by ?? by }, signal);
  const { record: ended = record, files } = await find();
  try {
    await clearAway(ports, place, ended, files, signal);
  } catch (error) {
    signal.throwIfAborted();
    ports.news.problem(`the grant ${id} is gone, and the forge could not be told yet: ${explain(error)}`);
  }
  return 'revoked';
}
